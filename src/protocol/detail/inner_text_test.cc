#include "protocol/detail/inner_text.h"

#include <gtest/gtest.h>

#include <array>

namespace mogura::protocol::inner {
namespace {

TEST(InnerText, LinesEndWithLineFeedWithOrWithoutCarriageReturn) {
  std::string_view rest = "one\r\ntwo\nthree\r";
  EXPECT_EQ(next_line(rest).text, "one");
  const Line two = next_line(rest);
  EXPECT_EQ(two.text, "two");
  EXPECT_TRUE(two.is_complete);
  const Line three = next_line(rest);
  EXPECT_EQ(three.text, "three\r");
  EXPECT_FALSE(three.is_complete);
  EXPECT_TRUE(rest.empty());
}

TEST(InnerText, CommandNeedsAnEndAfterTheWord) {
  constexpr std::array<std::string_view, 2> kWords{"EHLO", "HELO"};
  struct Row {
    std::string_view text;
    Match expected;
    const char* why;
  };
  constexpr Row kRows[] = {
      {"", Match::kNeedMore, "anything could come"},
      {"eh", Match::kNeedMore, "either case"},
      {"EHLO", Match::kNeedMore, "could go on as EHLOX"},
      {"EHLO x", Match::kYes, "a space ends the word"},
      {"helo\r", Match::kYes, "the line's end ends the word"},
      {"EHLOX", Match::kNo, "another word"},
      {"QUIT", Match::kNo, "another word"},
  };
  for (const Row& row : kRows)
    EXPECT_EQ(match_command(row.text, kWords), row.expected) << row.text << ": " << row.why;
}

TEST(InnerText, WordHasNoLetterOrDigitBeside) {
  EXPECT_TRUE(has_word("220 x ESMTP Postfix", "ESMTP"));
  EXPECT_TRUE(has_word("FTP", "FTP"));
  EXPECT_TRUE(has_word("(FTP)", "FTP"));
  EXPECT_TRUE(has_word("xFTP FTP", "FTP"));
  EXPECT_FALSE(has_word("220 x ESMTP", "SMTP"));
  EXPECT_FALSE(has_word("TFTP2", "FTP"));
  EXPECT_FALSE(has_word("", "FTP"));
}

TEST(InnerText, TabAndHighBytesArePrintableControlsAreNot) {
  EXPECT_TRUE(is_printable("Gr\xC3\xBC\xC3\x9F\tGott"));
  EXPECT_FALSE(is_printable(std::string_view("a\0b", 3)));
  EXPECT_FALSE(is_printable("\x1B[0m"));
  EXPECT_FALSE(is_printable("\x7F"));
}

TEST(InnerText, AnyCaseIsForAsciiLettersOnly) {
  EXPECT_EQ(match_any_case("nIcK ", "NICK "), Match::kYes);
  EXPECT_EQ(match_any_case("@ick", "`ICK"), Match::kNo);
}

}  // namespace
}  // namespace mogura::protocol::inner
