#include "finding/finding.h"

#include <gtest/gtest.h>

namespace mogura::finding {
namespace {

TEST(Severity, HasItsBoundsAtHalfAndFourFifths) {
  EXPECT_EQ(name_of(severity_of(0.0)), "low");
  EXPECT_EQ(name_of(severity_of(0.49)), "low");
  EXPECT_EQ(name_of(severity_of(0.5)), "medium");
  EXPECT_EQ(name_of(severity_of(0.79)), "medium");
  EXPECT_EQ(name_of(severity_of(0.8)), "high");
  EXPECT_EQ(name_of(severity_of(1.0)), "high");
}

TEST(FindingId, IsTheBeginningOfSha256OverKindAndDestination) {
  // printf 'connect-not-tls\0edge.example:443' | sha256sum
  EXPECT_EQ(finding_id_of("connect-not-tls", "edge.example:443"), "6cc5a9984c357fc0");
  EXPECT_NE(finding_id_of("a", "bc"), finding_id_of("ab", "c"));
}

TEST(Settle, AddsUpWeightsWithinZeroAndOneAndPutsTheHeaviestFirst) {
  const struct {
    std::vector<double> weights;
    double score;
    const char* why;
  } rows[] = {
      {{0.6, 0.2}, 0.8, "a sum"},
      {{0.1, 0.1, 0.1}, 0.3, "no digits from binary fractions"},
      {{0.6, -0.9}, 0.0, "not below zero"},
      {{0.6, 0.6}, 1.0, "not above one"},
      {{}, 0.0, "no evidence"},
  };
  for (const auto& row : rows) {
    Finding finding;
    for (const double weight : row.weights) finding.evidence.push_back({"", "", weight, {}, {}});
    settle(finding);
    EXPECT_EQ(finding.score, row.score) << row.why;
  }
  Finding finding;
  finding.evidence = {{"light", "", 0.1, {}, {}}, {"heavy", "", -0.3, {}, {}}};
  settle(finding);
  EXPECT_EQ(finding.evidence[0].code, "heavy");
}

}  // namespace
}  // namespace mogura::finding
