#include "pattern/exporters.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "pattern/testing/golden_test.h"

namespace mogura::pattern {
namespace {

using testing::sample_patterns;

constexpr Format kFormats[] = {Format::kSuricata, Format::kSnort, Format::kZeek, Format::kSigma,
                               Format::kJson};

TEST(PatternExport, EveryPatternIsNamedInEveryFormat) {
  for (const Format format : kFormats) {
    const std::string text = export_patterns(sample_patterns(), format).text;
    for (const Pattern& pattern : sample_patterns())
      EXPECT_NE(text.find(pattern.id), std::string::npos) << pattern.id;
  }
}

TEST(PatternExport, LossesNameTheirPatternAndStandInTheText) {
  for (const Format format : {Format::kSuricata, Format::kSnort, Format::kZeek, Format::kSigma}) {
    const Exported exported = export_patterns(sample_patterns(), format);
    EXPECT_FALSE(exported.losses.empty());
    for (const std::string& loss : exported.losses) {
      const std::size_t colon = loss.find(": ");
      EXPECT_TRUE(is_pattern_id(loss.substr(0, colon))) << loss;
      EXPECT_NE(exported.text.find("not expressed" + loss.substr(colon)), std::string::npos) << loss;
    }
  }
}

TEST(PatternExport, JsonLosesNothing) {
  EXPECT_TRUE(export_patterns(sample_patterns(), Format::kJson).losses.empty());
}

TEST(PatternExport, NothingIsStillAValidFile) {
  EXPECT_EQ(export_patterns({}, Format::kSuricata).text, "");
  EXPECT_EQ(nlohmann::json::parse(export_patterns({}, Format::kJson).text)["patterns"].size(), 0u);
}

}  // namespace
}  // namespace mogura::pattern
