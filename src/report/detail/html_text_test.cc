#include "report/detail/html_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace mogura::report::detail {
namespace {

TEST(EscapeHtml, LeavesNothingThatMarkupOrAReaderCouldTakeWrong) {
  struct Row {
    const char* text;
    const char* expected;
    const char* why;
  };
  for (const Row& row : {
           Row{"plain é 日本", "plain é 日本", "what can be read stays"},
           Row{"</noscript><script>x()</script>", "&lt;/noscript&gt;&lt;script&gt;x()&lt;/script&gt;",
               "tags"},
           Row{"\" onload='x' &lt;", "&quot; onload=&#39;x&#39; &amp;lt;",
               "quotes, and what is escaped already"},
           Row{"a\xE2\x80\xAEgnp.exe", "a\\u202egnp.exe", "turns the line around"},
           Row{"a\nb\x1b[31m", "a\\x0ab\\x1b[31m", "controls"},
           Row{"\xff<", "\\xff&lt;", "bytes that are not UTF-8"},
           Row{"", "", "nothing"},
       }) {
    EXPECT_EQ(escape_html(row.text), row.expected) << row.why;
  }
}

TEST(JsonForHtml, HasNoCharacterThatHtmlKnowsAndMeansTheSame) {
  const std::string json = R"({"a":"</script><!--<script>&amp;]]>","b":[1,"x"]})";
  std::string out = "kept ";
  append_json_for_html(out, json);
  EXPECT_EQ(out.substr(0, 5), "kept ");
  EXPECT_EQ(out.find_first_of("<>&"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(out.substr(5)), nlohmann::json::parse(json));
}

TEST(CutText, CutsBetweenCharactersAndSaysSo) {
  struct Row {
    const char* text;
    std::size_t bytes;
    const char* expected;
    const char* why;
  };
  for (const Row& row : {
           Row{"abcdef", 6, "abcdef", "fits exactly"},
           Row{"abcdef", 5, "ab…", "one byte too long; the ellipsis takes three"},
           Row{"ab日本語", 9, "ab日…", "only whole characters"},
           Row{"ab日本語", 8, "ab日…", "only whole characters"},
           Row{"ab日本語", 7, "ab…", "only whole characters"},
           Row{"abcdef", 3, "…", "no room but for the ellipsis"},
           Row{"abcdef", 2, "", "not even for that"},
           Row{"\xff\xff\xff\xff", 4, "\xff\xff\xff\xff", "fits, whatever it is"},
           Row{"\xff\xff\xff\xff\xff", 4, "\xff…", "bytes that are not UTF-8 count one each"},
       }) {
    EXPECT_EQ(cut_text(row.text, row.bytes), row.expected) << row.why;
  }
}

}  // namespace
}  // namespace mogura::report::detail
