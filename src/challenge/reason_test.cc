#include "challenge/reason.h"

#include <gtest/gtest.h>

namespace mogura::challenge {
namespace {

TEST(Reasons, HaveNames) {
  for (std::size_t i = 1; i < kReasons; ++i) EXPECT_NE(name_of(static_cast<Reason>(i)), "");
  EXPECT_EQ(name_of(Reason::kNone), "");
  EXPECT_EQ(name_of(Reason::kStoreUnavailable), "store-unavailable");
  EXPECT_EQ(name_of(Reason::kMaybeFramed), "maybe-framed");
}

}  // namespace
}  // namespace mogura::challenge
