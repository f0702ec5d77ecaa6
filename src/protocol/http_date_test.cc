#include "protocol/http_date.h"

#include <gtest/gtest.h>

namespace mogura::protocol {
namespace {

TEST(HttpDate, IsThatOfTheRfc) {
  const struct {
    std::int64_t seconds;
    const char* date;
  } rows[] = {
      {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
      {784'111'777, "Sun, 06 Nov 1994 08:49:37 GMT"},  // RFC 9110 §5.6.7
      {1'709'164'799, "Wed, 28 Feb 2024 23:59:59 GMT"},
      {1'709'164'800, "Thu, 29 Feb 2024 00:00:00 GMT"},
  };
  for (const auto& row : rows) {
    const Timestamp time{std::chrono::seconds(row.seconds)};
    EXPECT_EQ(http_date(time), row.date);
    EXPECT_EQ(http_date(time + std::chrono::milliseconds(999)), row.date);
  }
}

}  // namespace
}  // namespace mogura::protocol
