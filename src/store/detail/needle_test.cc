#include "store/detail/needle.h"

#include <gtest/gtest.h>

namespace mogura::store::detail {
namespace {

TEST(Needle, IsFoundWithoutRegardToAsciiCaseAndWithoutWildcards) {
  const struct {
    std::string needle, text;
    bool is_in;
    const char* why;
  } rows[] = {
      {"", "", true, "nothing is in everything"},
      {"", "x", true, "nothing is in everything"},
      {"EDGE", "www.edge.example", true, "case"},
      {"edge", "WWW.EDGE.EXAMPLE", true, "case"},
      {"%", "edge", false, "no wildcard"},
      {"%", "50% off", true, "itself"},
      {"_", "edge", false, "no wildcard"},
      {"e*e", "edge", false, "no wildcard"},
      {"edge", "edg", false, "longer than the text"},
      {"\xC3\x84", "\xC3\xA4", false, "other letters have their case"},
      {std::string("a\0b", 3), std::string("xa\0bx", 5), true, "NUL is a byte"},
      {std::string("a\0c", 3), std::string("xa\0bx", 5), false, "the text does not end there"},
      {"\xff", "a\xff", true, "no UTF-8"},
      {"'; DROP", "x'; drop table", true, "SQL is text"},
  };
  for (const auto& row : rows) {
    Needle needle(row.needle);
    EXPECT_EQ(needle.is_in(row.text), row.is_in) << row.why;
    EXPECT_EQ(needle.is_empty(), row.needle.empty()) << row.why;
  }
}

TEST(Needle, TakesLinearTimeOverAMegabyteMadeAgainstIt) {
  Needle needle(std::string(1 << 19, 'a') + "b");
  EXPECT_FALSE(needle.is_in(std::string(1 << 20, 'A')));
}

}  // namespace
}  // namespace mogura::store::detail
