#include "base/time.h"

#include <gtest/gtest.h>

namespace mogura {
namespace {

TEST(Time, WritesRfc3339WithMicroseconds) {
  EXPECT_EQ(to_rfc3339(Timestamp{}), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(to_rfc3339(Timestamp{std::chrono::seconds(1795325759)} + std::chrono::nanoseconds(564'123'999)),
            "2026-11-22T05:35:59.564123Z");
  EXPECT_EQ(to_rfc3339(Timestamp{std::chrono::nanoseconds(-1)}), "1969-12-31T23:59:59.999999Z");
}

TEST(Time, WritesTheEndsOfItsRange) {
  EXPECT_EQ(to_rfc3339(Timestamp::max()), "2262-04-11T23:47:16.854775Z");
  EXPECT_EQ(to_rfc3339(Timestamp::min()), "1677-09-21T00:12:43.145224Z");
}

}  // namespace
}  // namespace mogura
