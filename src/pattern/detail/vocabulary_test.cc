#include "pattern/detail/vocabulary.h"

#include <gtest/gtest.h>

namespace mogura::pattern::detail {
namespace {

TEST(PatternVocabulary, EveryNameLeadsBackToItsValue) {
  for (int i = 0; i <= static_cast<int>(Condition::On::kAny); ++i) {
    const auto on = static_cast<Condition::On>(i);
    EXPECT_EQ(condition_named(pattern::name_of(on)), on);
  }
  for (std::size_t i = 0; i < session::kKinds; ++i) {
    const auto kind = static_cast<session::Kind>(i);
    EXPECT_EQ(kind_named(session::name_of(kind)), kind);
  }
  for (int i = 0; i <= static_cast<int>(protocol::Inner::kUnknown); ++i) {
    const auto inner = static_cast<protocol::Inner>(i);
    EXPECT_EQ(inner_named(protocol::name_of(inner)), inner);
  }
  EXPECT_EQ(direction_named("up"), session::Direction::kUp);
  EXPECT_EQ(direction_named("down"), session::Direction::kDown);
}

TEST(PatternVocabulary, OtherNamesAreNone) {
  EXPECT_FALSE(condition_named("Kind"));
  EXPECT_FALSE(kind_named(""));
  EXPECT_FALSE(inner_named("SSH"));
  EXPECT_FALSE(direction_named("upwards"));
}

}  // namespace
}  // namespace mogura::pattern::detail
