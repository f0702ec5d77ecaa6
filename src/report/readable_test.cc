#include "report/readable.h"

#include <gtest/gtest.h>

namespace mogura::report {
namespace {

using namespace std::string_view_literals;

TEST(ReadableText, IsTheLongestPrintableRun) {
  const struct {
    std::string_view bytes, text;
    const char* why;
  } cases[] = {
      {"SSH-2.0-x\r\n"sv, "SSH-2.0-x", "ends at the line's end"},
      {"\0\x01hello\0hello world\xff"sv, "hello world", "the longest of two"},
      {"abc"sv, "", "three letters happen by chance"},
      {"abcd"sv, "abcd", "four are shown"},
      {""sv, "", "nothing in nothing"},
      {"caf\xc3\xa9!"sv, "", "bytes beyond ASCII end a run"},
  };
  for (const auto& c : cases) EXPECT_EQ(readable_text(c.bytes), c.text) << c.why;
}

}  // namespace
}  // namespace mogura::report
