#include "challenge/detail/exemption_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace mogura::challenge::detail {
namespace {

using ::testing::UnorderedElementsAre;

std::vector<std::uint32_t> candidates(const ExemptionIndex& index, std::string_view host,
                                      std::string_view client) {
  std::vector<std::uint32_t> all;
  index.visit(host, *Address::parse(client), [&](const ExemptionIndex::Numbers& numbers) {
    EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
    all.insert(all.end(), numbers.begin(), numbers.end());
  });
  return all;
}

ExemptionIndex small_index() {
  ExemptionIndex index;
  index.add_host("a.example", 0);
  index.add_suffix("example", 1);
  index.add_client(*Network::parse("10.0.0.0/8"), 2);
  index.add_other(3);
  index.add_host("a.example", 4);
  index.add_client(*Network::parse("10.1.2.3"), 5);
  index.add_client(*Network::parse("::/0"), 6);
  index.add_suffix("a.example", 7);
  return index;
}

TEST(ExemptionIndex, GivesWhatMayCoverAndLittleElse) {
  const ExemptionIndex index = small_index();
  EXPECT_THAT(candidates(index, "a.example", "192.0.2.1"), UnorderedElementsAre(0, 1, 3, 4, 7));
  EXPECT_THAT(candidates(index, "b.a.example", "192.0.2.1"), UnorderedElementsAre(1, 3, 7));
  EXPECT_THAT(candidates(index, "example", "192.0.2.1"), UnorderedElementsAre(1, 3));
  EXPECT_THAT(candidates(index, "other", "10.1.2.3"), UnorderedElementsAre(2, 3, 5));
  EXPECT_THAT(candidates(index, "other", "10.1.2.4"), UnorderedElementsAre(2, 3));
  EXPECT_THAT(candidates(index, "", "2001:db8::1"), UnorderedElementsAre(3, 6));
}

TEST(ExemptionIndex, LooksForNoSuffixBeyondTheLongestName) {
  ExemptionIndex index;
  const std::string longest(kHostBytes, 'a');
  index.add_suffix(longest, 0);
  index.add_host(longest, 1);
  EXPECT_THAT(candidates(index, longest, "10.0.0.1"), UnorderedElementsAre(0, 1));
  EXPECT_THAT(candidates(index, "b." + longest, "10.0.0.1"), UnorderedElementsAre(0));
  EXPECT_THAT(candidates(index, "b" + longest, "10.0.0.1"), UnorderedElementsAre());
  EXPECT_THAT(candidates(index, std::string(20'000, '.'), "10.0.0.1"), UnorderedElementsAre());
}

TEST(ExemptionIndex, MasksAnyNumberOfBits) {
  for (unsigned prefix = 0; prefix <= 128; ++prefix) {
    ExemptionIndex index;
    Network network = *Network::parse("2001:db8:aaaa:5555:aaaa:5555:aaaa:5555");
    network.prefix = prefix;
    index.add_client(network, 0);
    for (const char* client :
         {"2001:db8:aaaa:5555:aaaa:5555:aaaa:5555", "2001:db8:aaaa:5555:aaaa:5555:aaaa:5554",
          "2001:db8:aaaa:5554::", "2001:db8:aaaa:5555::", "2001:db9::", "a::"}) {
      EXPECT_EQ(candidates(index, "", client).size(), network.contains(*Address::parse(client)) ? 1u : 0u)
          << prefix << ' ' << client;
    }
  }
}

}  // namespace
}  // namespace mogura::challenge::detail
