#include "identity/detail/rules.h"

#include <gtest/gtest.h>

#include <set>

namespace mogura::identity::detail {
namespace {

TEST(IdentityRules, EverySourceHasAKeyOfItsOwnAndAWeightBelowCertainty) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kSources; ++i) {
    const auto source = static_cast<Source>(i);
    names.insert(name_of(source));
    EXPECT_GT(default_weight(source), 0) << name_of(source);
    EXPECT_LT(default_weight(source), 1) << name_of(source);
  }
  EXPECT_EQ(names.size(), kSources);
}

TEST(IdentityRules, PortsAndShapesNeverNameAnythingByThemselves) {
  EXPECT_TRUE(is_weak(Source::kPort));
  EXPECT_TRUE(is_weak(Source::kShape));
  EXPECT_TRUE(is_weak(Source::kAbsent));
  EXPECT_FALSE(is_weak(Source::kInner));
  EXPECT_FALSE(is_weak(Source::kCombination));
}

}  // namespace
}  // namespace mogura::identity::detail
