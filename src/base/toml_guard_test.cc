#include "base/toml_guard.h"

#include <gtest/gtest.h>

namespace mogura {
namespace {

TEST(UnsafeTomlLine, IsOneThatTomlPlusPlusMustNotSee) {
  const struct {
    std::string_view toml;
    std::size_t line;  // 0: all is well
    std::string_view why;
  } cases[] = {
      {"", 0, "nothing"},
      {"format = 1\n[[product]]\nname = \"x\"\n", 0, "the usual"},
      {"[a]\n  [ 'b' ]\n[[ \"c\" ]]\n", 0, "blanks and quotes"},
      {"a = [\n  \"x\",\n]\n", 0, "a list over several lines"},
      {"format = 1\n[[{ at = 0 }]]\n", 2, "toml++ 3.3 asserts"},
      {"[", 1, "the end"},
      {"[]", 1, "an empty key"},
      {"a = 1\r\n[[", 2, "CR LF"},
      {"a = 1\v[{", 1, "another end of a line"},
      {"\t[ =", 1, "blanks"},
      {"a = [}", 1, "toml++ 3.3 asserts"},
      {"a = [ 1, # x\n }", 2, "the same behind a comment"},
      {"a = 2030-01-31 1\n", 1, "toml++ 3.3 asserts"},
      {"a=4060-01-3= 2\n", 1, "what it takes for one"},
      {"a = 2030-01-31 1 # x", 1, "the same before a comment"},
      {"a = [\n20_30-01-31 1,\n]", 2, "underscores, in a list"},
      {"'''\n''', 2030-01-31 1\n", 2, "behind a text of several lines"},
      {"a = 2030-01-31 10:20:30\nb = 2030-01-31 # 1\nc = 1979-05-27", 0, "dates and times"},
      {"a = \"seen 2030-01-31 1 \\\" time\" # 2030-01-31 1", 0, "in a text, in a comment"},
      {"a = {}\nb = { c = [ 1 ] }\n", 0, "braces where they belong"},
      {"a = \"\xE6\xA0\xAA\"", 0, "UTF-8"},
      {"a = \"\xE6\xA0\"", 1, "cut"},
      {"a = \"\xC0\x80\"", 1, "overlong"},
      {"a = \"\xED\xA0\x80\"", 1, "a surrogate"},
      {"a = \"\xF4\x90\x80\x80\"", 1, "beyond Unicode"},
      {"a = \"\xF0\x9F\x8E\x89\"", 0, "four bytes"},
  };
  for (const auto& c : cases) EXPECT_EQ(unsafe_toml_line(c.toml).value_or(0), c.line) << c.why;
}

TEST(AsciiToml, HasNothingBeyondAsciiAndComesBack) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  for (const std::string& text :
       {all, std::string("\xE6\xA0\xAA ~7e ~~ ~e6"), std::string("~"), std::string()}) {
    const std::string ascii = ascii_toml(text);
    for (const char c : ascii) EXPECT_LT(static_cast<unsigned char>(c), 0x80);
    EXPECT_EQ(text_of_ascii_toml(ascii), text);
  }
  EXPECT_EQ(ascii_toml("a = \"\xE6\xA0\xAA\""), "a = \"~e6~a0~aa\"");
}

TEST(TextOfAsciiToml, LeavesWhatNoMarkIsAsItStands) {
  for (const std::string_view text : {"~", "~e", "~zz", "~41", "a~"}) {
    EXPECT_EQ(text_of_ascii_toml(text), text);
  }
}

}  // namespace
}  // namespace mogura
