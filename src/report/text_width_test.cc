#include "report/text_width.h"

#include <gtest/gtest.h>

#include <string>

namespace mogura::report {
namespace {

TEST(EscapeForTerminal, ShowsWhatCouldHarm) {
  const struct {
    std::string text;
    const char* shown;
    const char* why;
  } rows[] = {
      {"plain text", "plain text", "nothing to do"},
      {"\x1b[31mred", "\\x1b[31mred", "ESC sequence"},
      {"a\nb\r\t", "a\\x0ab\\x0d\\x09", "would break the table"},
      {std::string("\0", 1), "\\x00", "NUL"},
      {"\x7f", "\\x7f", "DEL"},
      {"\u009b31m", "\\u009b31m", "C1 CSI"},
      {"\u202Egpj.exe", "\\u202egpj.exe", "right-to-left override"},
      {"\u2066x\u2069", "\\u2066x\\u2069", "isolates"},
      {"a\u200Bb\uFEFF", "a\\u200bb\\ufeff", "zero width"},
      {"\u2028\u2029", "\\u2028\\u2029", "line separators"},
      {"\U000E0041", "\\U000e0041", "tag"},
      {"\xff\xc3(", "\\xff\\xc3(", "not UTF-8"},
      {"\xed\xa0\x80", "\\xed\\xa0\\x80", "surrogate"},
      {"\\x1b", "\\\\x1b", "cannot be mistaken for an escape"},
      {"e\u0301", "e\u0301", "a combining mark on its letter"},
      {"\u0301e", "\\u0301e", "a mark with nothing to stand on"},
      {"e\u0300\u0301\u0302\u0303", "e\u0300\u0301\u0302\\u0303", "marks piling up"},
      {"ä日😀", "ä日😀", "ordinary characters"},
      {"❤\uFE0F", "❤\\ufe0f", "a selector would change the width"},
      {"", "", "empty"},
  };
  for (const auto& row : rows) EXPECT_EQ(escape_for_terminal(row.text), row.shown) << row.why;
}

TEST(EscapeForTerminal, LeavesOnlyAsciiWhereAskedFor) {
  EXPECT_EQ(escape_for_terminal("ä日😀\xff", Charset::kAscii), "\\u00e4\\u65e5\\U0001f600\\xff");
}

TEST(DisplayWidth, CountsCells) {
  const struct {
    const char* text;
    std::size_t width;
    const char* why;
  } rows[] = {
      {"abc", 3, "ASCII"},
      {"äöü", 3, "Latin"},
      {"日本", 4, "CJK"},
      {"ｱ", 1, "halfwidth kana"},
      {"Ａ", 2, "fullwidth letter"},
      {"😀", 2, "emoji"},
      {"e\u0301", 1, "combining"},
      {"한", 2, "Hangul syllable"},
      {"\u1112\u1161\u11ab", 2, "Hangul letters"},
      {"…─█", 3, "our own marks"},
      {"אב", 2, "Hebrew"},
      {"", 0, "empty"},
      {"\U00020000", 2, "plane 2"},
      {"\u0e01\u0e34", 1, "Thai"},
  };
  for (const auto& row : rows) EXPECT_EQ(display_width(row.text), row.width) << row.why;
}

TEST(CutToWidth, KeepsWithinTheWidth) {
  const struct {
    const char* text;
    std::size_t width;
    CutAt where;
    const char* cut;
    const char* why;
  } rows[] = {
      {"abcdef", 6, CutAt::kEnd, "abcdef", "fits"},
      {"abcdef", 5, CutAt::kEnd, "abcd…", "one too wide"},
      {"abcdef", 5, CutAt::kMiddle, "ab…ef", "both ends stay"},
      {"abcdef", 4, CutAt::kMiddle, "ab…f", "the beginning is favoured"},
      {"abcdef", 1, CutAt::kEnd, "a", "no room for an ellipsis"},
      {"abcdef", 0, CutAt::kMiddle, "", "no room"},
      {"日本語", 4, CutAt::kEnd, "日…", "half a character does not fit"},
      {"日本語日本語", 6, CutAt::kMiddle, "日…語", "nor in the middle"},
      {"abcde\u0301f", 5, CutAt::kMiddle, "ab…e\u0301f", "a mark goes with its letter"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(cut_to_width(row.text, row.width, row.where, "…"), row.cut) << row.why;
  }
}

TEST(CutToWidth, NeverExceedsTheWidthWhateverTheText) {
  const std::string text = "ab日本e\u0301\u0302語\U0001F600cdef한ghi日";
  for (std::size_t width = 0; width < 30; ++width) {
    for (const CutAt where : {CutAt::kEnd, CutAt::kMiddle}) {
      for (const char* ellipsis : {"…", "..."}) {
        ASSERT_LE(display_width(cut_to_width(text, width, where, ellipsis)), width);
      }
    }
  }
}

}  // namespace
}  // namespace mogura::report
