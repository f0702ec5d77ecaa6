#include "identity/detail/verdict.h"

#include <gtest/gtest.h>

#include "identity/detail/catalogue_reader.h"

namespace mogura::identity::detail {
namespace {

constexpr std::string_view kCatalogue = R"(
format = 1
[[product]]
name = "protocol"
class = "remote-access"
level = 2
inner = "ssh"
port = 22
[[product]]
name = "product of the class"
class = "remote-access"
domain = "same.example"
[[product]]
name = "product of another"
class = "messaging"
domain = "other.example"
[[product]]
name = "doubtful"
class = "vpn"
ja4 = "t13d000000_*"
port = 22
weights = { ja4 = 0.39 }
[[product]]
name = "pair"
class = "vpn"
all = [{ weight = 0.5, shape = "beacon", absent = "alpn" }]
)";

std::string chosen(std::vector<Clue> clues) {
  Result<Tables> tables = read_catalogue(kCatalogue, "c");
  if (!tables) return tables.error().message();
  const Index index(std::move(*tables));
  Hits hits;
  for (const Clue& clue : clues) index.meet(clue, hits);
  const std::vector<Candidate> found = candidates(index, hits, false);
  const Candidate* best = choose(index, found);
  return best == nullptr ? "" : index.products()[best->product].name;
}

TEST(CatalogueVerdict, ChoosesTheNameThatSaysMost) {
  struct Case {
    std::vector<Clue> clues;
    std::string_view name, why;
  };
  for (const Case& c : {
           Case{{{"inner-protocol", "ssh"}}, "protocol", "nothing else fits"},
           {{{"inner-protocol", "ssh"}, {"sni", "same.example"}}, "product of the class", "it says which"},
           {{{"inner-protocol", "ssh"}, {"sni", "other.example"}}, "protocol", "bytes before names"},
           {{{"port", "22"}}, "", "a port is weak"},
           {{{"ja4", "t13d000000_1"}}, "", "too unsure"},
           {{{"ja4", "t13d000000_1"}, {"port", "22"}}, "doubtful", "the port makes it sure enough"},
           {{{"shape", "beacon"}}, "", "half of a pair"},
           {{{"shape", "beacon"}, {"absent", "alpn"}}, "pair", "two weak clues that belong together"},
           {{}, "", "nothing"},
       }) {
    EXPECT_EQ(chosen(c.clues), c.name) << c.why;
  }
}

TEST(CatalogueVerdict, ConfidenceIsOneMinusTheDoubts) {
  Candidate candidate;
  EXPECT_DOUBLE_EQ(candidate.confidence(), 0);
  candidate.weights[0] = 0.5;
  candidate.weights[1] = 0.5;
  EXPECT_DOUBLE_EQ(candidate.confidence(), 0.75);
  candidate.weights.fill(0.9);
  EXPECT_DOUBLE_EQ(candidate.confidence(), kSurest);
}

}  // namespace
}  // namespace mogura::identity::detail
