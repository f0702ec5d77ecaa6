#include <gtest/gtest.h>

#include <set>
#include <string>

#include "protocol/strict_head.h"

namespace mogura::protocol {
namespace {

TEST(HeadRefusal, HasANameOfItsOwnEach) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(HeadRefusal::kParser); ++i) {
    const auto name = name_of(static_cast<HeadRefusal>(i));
    EXPECT_FALSE(name.empty());
    EXPECT_TRUE(names.insert(name).second) << name;
  }
}

TEST(HeadRefusal, HasTheStatusThatFits) {
  EXPECT_EQ(status_for(HeadRefusal::kBareCr), 400u);
  EXPECT_EQ(status_for(HeadRefusal::kVersion), 505u);
  EXPECT_EQ(status_for(HeadRefusal::kTargetTooLong), 414u);
  EXPECT_EQ(status_for(HeadRefusal::kHeadTooLarge), 431u);
  EXPECT_EQ(status_for(HeadRefusal::kTooManyFields), 431u);
}

}  // namespace
}  // namespace mogura::protocol
