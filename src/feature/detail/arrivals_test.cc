#include "feature/detail/arrivals.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "feature/detail/make_test.h"

namespace mogura::feature::detail {
namespace {

Client client(std::uint32_t number) {
  return {Address::v4(0x0A000000 + number), {}};
}

TEST(Client, IsTheForwardedAddressWhereThereIsOne) {
  struct Case {
    std::string forwarded;
    std::string expected;
    std::string why;
  };
  const Case cases[] = {
      {"", "10.0.0.1", "nothing forwarded"},
      {"192.0.2.7", "192.0.2.7", "an address"},
      {"2001:DB8:0::1", "2001:db8::1", "an address, in whatever spelling"},
      {"unknown", "unknown", "a text that is none stands for itself"},
  };
  for (const Case& c : cases) {
    session::Session s = make_session();
    s.client_forwarded = c.forwarded;
    EXPECT_EQ(Client::of(s).to_string(), c.expected) << c.why;
  }
}

TEST(Client, RankIsTheSameForEver) {
  EXPECT_EQ(client(1).rank(), client(1).rank());
  EXPECT_NE(client(1).rank(), client(2).rank());
  const Client named = {{}, "unknown"};
  EXPECT_NE(named.rank(), Client{}.rank());
  std::set<std::uint64_t> ranks;
  for (std::uint32_t i = 0; i < 10'000; ++i) ranks.insert(client(i).rank());
  EXPECT_EQ(ranks.size(), 10'000u);
}

TEST(Arrivals, WhichClientsStayDoesNotDependOnTheOrder) {
  Arrivals forwards;
  Arrivals backwards;
  constexpr std::uint32_t kMany = 3 * Service::kClients;
  for (std::uint32_t i = 0; i < kMany * 20; ++i) {
    forwards.add(client(i % kMany), std::int64_t{i / kMany} * (10'000 + 100 * (i % kMany)), true);
    const std::uint32_t k = kMany * 20 - 1 - i;
    backwards.add(client(k % kMany), std::int64_t{k / kMany} * (10'000 + 100 * (k % kMany)), true);
  }
  ASSERT_TRUE(forwards.best());
  EXPECT_EQ(forwards.best()->client, backwards.best()->client);
  EXPECT_EQ(forwards.best()->rhythm, backwards.best()->rhythm);
  EXPECT_EQ(forwards.best()->rhythm.intervals, 19u) << "a client that stays, stays from its first session on";
}

TEST(Arrivals, LimitOfClientsIsReachedAtSoManyAndOne) {
  Arrivals arrivals;
  const auto bytes_with = [&arrivals](std::uint32_t number) {
    arrivals.add(client(number), 0, true);
    return arrivals.memory_bytes();
  };
  for (std::uint32_t i = 0; i + 1 < Service::kClients; ++i) bytes_with(i);
  const std::size_t full = bytes_with(Service::kClients - 1);
  for (std::uint32_t i = 0; i < 1000; ++i) EXPECT_EQ(bytes_with(Service::kClients + i), full);
}

TEST(Arrivals, NoClientNoRhythm) {
  EXPECT_FALSE(Arrivals().best());
}

}  // namespace
}  // namespace mogura::feature::detail
