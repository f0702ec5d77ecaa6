#include "pattern/detail/text_escape.h"

#include <gtest/gtest.h>

namespace mogura::pattern::detail {
namespace {

TEST(PatternText, IsPlainWhereItCanBeShown) {
  const struct {
    std::string text;
    bool is_plain;
    const char* why;
  } cases[] = {
      {"SSH-2.0-", true, "ASCII"},
      {"", true, "nothing"},
      {"\xe6\x97\xa5", true, "a letter of three bytes"},
      {"\xf0\x9f\x98\x80", true, "one of four"},
      {"a\tb", false, "a control"},
      {"\x7f", false, "delete"},
      {"\xc2\x85", false, "a control of the second set"},
      {"\xe2\x80\x8b", false, "zero width"},
      {"\xe2\x80\xae", false, "turns the writing round"},
      {"\xe2\x80\xa8", false, "a line separator"},
      {"\xef\xbb\xbf", false, "a byte order mark"},
      {"\xff", false, "no UTF-8"},
      {"\xc0\xaf", false, "overlong"},
      {"\xe0\x80\x80", false, "overlong, three bytes"},
      {"\xed\xa0\x80", false, "a surrogate"},
      {"\xf4\x90\x80\x80", false, "beyond Unicode"},
      {"\xe6\x97", false, "cut"},
      {"\x80", false, "the middle of a character"},
  };
  for (const auto& one : cases) EXPECT_EQ(is_plain_text(one.text), one.is_plain) << one.why;
}

TEST(PatternText, IsEscapedForQuotes) {
  EXPECT_EQ(escape_toml("a\"b\\c"), "a\\\"b\\\\c");
  EXPECT_EQ(escape_toml(std::string("\0\n\x1b", 3)), "\\u0000\\u000a\\u001b");
  EXPECT_EQ(escape_toml("\xe2\x80\xae"), "\\u202e");
  EXPECT_EQ(escape_toml("\xff\xe6\x97"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(escape_toml("\xe6\x97\xa5"), "\xe6\x97\xa5");
}

TEST(PatternText, HexHasWildcards) {
  BytesCondition bytes;
  bytes.bytes = std::string("\x53\x00\x2e", 3);
  bytes.mask = std::string("\xff\x00\xff", 3);
  EXPECT_EQ(hex_of(bytes), "53??2e");
}

}  // namespace
}  // namespace mogura::pattern::detail
