#include "challenge/passive_evidence.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "challenge/detail/passive_weights.h"

namespace mogura::challenge {
namespace {

Evidence item(std::string code, double weight) {
  return {std::move(code), "", weight};
}

TEST(Combine, AddsUp) {
  std::vector<Evidence> evidence = {item("cookie-a", 0.1), item("regular-requests", 0.5),
                                    item("declared-program", -0.2)};
  EXPECT_DOUBLE_EQ(combine(evidence), 0.4);
  EXPECT_EQ(evidence.front().code, "regular-requests");
  EXPECT_EQ(evidence.back().code, "declared-program");
}

TEST(Combine, CutsEachSide) {
  std::vector<Evidence> evidence = {item("cookie-a", 0.25), item("cookie-b", 0.15)};
  EXPECT_DOUBLE_EQ(combine(evidence), 0.29);  // 0.18 and 0.11: rounded down
  evidence = {item("header-a", 0.35), item("hello-b", 0.2)};
  EXPECT_DOUBLE_EQ(combine(evidence), 0.39);
}

TEST(Combine, StaysWithinItsRange) {
  std::vector<Evidence> evidence = {item("a", 0.9), item("b", 0.9), item("c", 0)};
  EXPECT_DOUBLE_EQ(combine(evidence), 1);
  EXPECT_EQ(evidence.size(), 2u);
  evidence = {item("a", -0.9)};
  EXPECT_DOUBLE_EQ(combine(evidence), 0);
  evidence.clear();
  EXPECT_DOUBLE_EQ(combine(evidence), 0);
}

// docs/guides/scores.md says the same.
TEST(PassiveWeights, AreThoseOfTheGuide) {
  using namespace detail::weights;
  std::ifstream file(std::string(MOGURA_SOURCE_DIR) + "/docs/guides/scores.md");
  std::ostringstream page;
  page << file.rdbuf();
  const std::string text = page.str();
  const auto row = [&](const std::string& code) {
    const std::size_t at = text.find("| `" + code + "` |");
    return at == std::string::npos ? std::string() : text.substr(at, text.find('\n', at) - at);
  };
  const auto in = [](double weight) {
    char written[16];
    std::snprintf(written, sizeof written, "%+.2f", weight);
    std::string said = written;
    if (said.front() == '-') said.replace(0, 1, "−");
    return said;
  };
  const std::vector<std::pair<std::string, std::vector<double>>> kRows = {
      {"header-order-of-another-program", {kAnotherProgram, kAnotherOfOld, kAnotherClaimed}},
      {"header-order-unknown", {kUnknownOrder, kUnknownOfOld}},
      {"header-names-in-small-letters", {kLowerCase}},
      {"header-fetch-data-missing", {kNoFetchData}},
      {"hello-not-of-claimed-engine", {kForeignHello}},
      {"cookie-from-nowhere", {kCookieFromNowhere, kCookieNewlyFromNowhere}},
      {"cookie-at-first-contact", {kCookieAtFirstContact}},
      {"regular-requests", {kRegular, kRegularPage}},
  };
  for (const auto& [code, weights] : kRows) {
    ASSERT_FALSE(row(code).empty()) << code;
    for (const double weight : weights)
      EXPECT_NE(row(code).find(in(weight)), std::string::npos) << code << in(weight);
  }
  EXPECT_NE(text.find("`header-…` or `hello-…` is cut at 0.40, that of `cookie-…` at 0.30"),
            std::string::npos);
}

}  // namespace
}  // namespace mogura::challenge
