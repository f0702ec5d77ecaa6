#include "pattern/detail/stream_rules.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "pattern/testing/golden_test.h"

namespace mogura::pattern::detail {
namespace {

using testing::expect_golden;
using testing::sample_patterns;

std::string rules_for(Format format) {
  Exported out;
  export_stream_rules(sample_patterns(), format, out);
  return out.text;
}

TEST(StreamRules, OfSuricataAreTheGolden) {
  expect_golden("rules.suricata", rules_for(Format::kSuricata));
}

TEST(StreamRules, OfSnortAreTheGolden) {
  expect_golden("rules.snort", rules_for(Format::kSnort));
}

TEST(StreamRules, EachLineIsACommentOrOneWholeRuleWithANumberOfItsOwn) {
  for (const Format format : {Format::kSuricata, Format::kSnort}) {
    std::istringstream lines(rules_for(format));
    std::set<std::string> numbers;
    for (std::string line; std::getline(lines, line);) {
      if (line.empty() || line[0] == '#') continue;
      EXPECT_EQ(line.substr(0, 6), "alert ") << line;
      EXPECT_EQ(line.substr(line.size() - 8), " rev:1;)") << line;
      const std::size_t number = line.find("sid:");
      EXPECT_EQ(line.find("sid:", number + 1), std::string::npos) << line;
      EXPECT_TRUE(numbers.insert(line.substr(number, 12)).second) << line;
      EXPECT_EQ(std::count(line.begin(), line.end(), '"') % 2, 0) << line;
      EXPECT_EQ(std::count(line.begin(), line.end(), '|') % 2, 0) << line;
    }
    EXPECT_FALSE(numbers.empty());
  }
}

}  // namespace
}  // namespace mogura::pattern::detail
