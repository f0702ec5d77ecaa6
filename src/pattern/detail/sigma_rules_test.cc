#include "pattern/detail/sigma_rules.h"

#include <gtest/gtest.h>

#include "pattern/testing/golden_test.h"

namespace mogura::pattern::detail {
namespace {

TEST(SigmaRules, AreTheGolden) {
  Exported out;
  export_sigma_rules(testing::sample_patterns(), out);
  testing::expect_golden("rules.sigma.yml", out.text);
}

TEST(SigmaRules, TextCannotAddLines) {
  Exported out;
  export_sigma_rules(testing::sample_patterns(), out);
  EXPECT_EQ(out.text.find("\nlevel: low"), std::string::npos);
}

}  // namespace
}  // namespace mogura::pattern::detail
