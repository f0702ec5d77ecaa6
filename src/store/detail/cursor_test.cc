#include "store/detail/cursor.h"

#include <gtest/gtest.h>

namespace mogura::store::detail {
namespace {

TEST(Cursor, ReadsWhatItWrote) {
  for (const std::int64_t order :
       {INT64_MIN, std::int64_t{-1}, std::int64_t{0}, std::int64_t{7}, INT64_MAX}) {
    for (const std::int64_t id : {INT64_MIN, std::int64_t{0}, INT64_MAX}) {
      const auto read = read_place('s', write_place('s', {order, id}));
      ASSERT_TRUE(read);
      EXPECT_EQ(*read, (Place{order, id}));
    }
  }
  EXPECT_EQ(read_place('s', ""), kBeforeAll);
}

TEST(Cursor, RefusesEverythingElse) {
  const struct {
    std::string text;
    const char* why;
  } rows[] = {
      {"s", "nothing in it"},
      {"s1", "one number"},
      {"s1.", "no id"},
      {"s.1", "no order"},
      {"c1.2", "another list's"},
      {"s1.2.3", "too many"},
      {"s01.2", "leading zero"},
      {"s+1.2", "plus"},
      {"s1.2 ", "a space behind"},
      {"s1.99999999999999999999", "beyond the range"},
      {"s-0.1", "minus zero"},
      {std::string("s1.2\0", 5), "NUL"},
      {"s1,2", "no dot"},
      {std::string(1 << 20, 's'), "a megabyte"},
      {"' OR 1=1 --", "SQL"},
  };
  for (const auto& row : rows) {
    const auto read = read_place('s', row.text);
    ASSERT_FALSE(read) << row.why;
    EXPECT_EQ(read.error().code, ErrorCode::kUsage) << row.why;
  }
}

TEST(Cursor, TextsAsHexadecimalDigits) {
  const std::string all("a\0\xff.", 4);
  EXPECT_EQ(read_hex(write_hex(all)), all);
  EXPECT_EQ(read_hex(""), "");
  for (const char* bad : {"a", "0g", "AA", "a ", "..", "-1"}) EXPECT_FALSE(read_hex(bad)) << bad;
}

TEST(Cursor, PagesHaveOneToKMostRows) {
  EXPECT_EQ(limit_of({0, ""}), 1u);
  EXPECT_EQ(limit_of({500, ""}), 500u);
  EXPECT_EQ(limit_of({501, ""}), 500u);
  EXPECT_EQ(limit_of({SIZE_MAX, ""}), 500u);
}

}  // namespace
}  // namespace mogura::store::detail
