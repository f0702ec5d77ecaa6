#include "base/toml_guard.h"

#include <gtest/gtest.h>

namespace mogura {
namespace {

TEST(TomlGuard, WantsKeysInHeadersAndAsciiOutsideOfTexts) {
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
      {"[[product]]\nx\xCF\x9E = 1\n", 2, "toml++ 3.3 runs into what it calls unreachable"},
      {"a = \"\xE6\xA0\xAA\"\n", 0, "in a text"},
      {"a = '\xE6\xA0\xAA' # \xE6\xA0\xAA\n", 0, "in a literal text and a comment"},
      {"a = \"x\\\"\xE6\xA0\xAA\"\n", 0, "behind an escaped quote"},
      {"a = \"x\n\xE6\xA0\xAA = 1\n", 2, "a text ends with its line"},
      {"a = \"\"\"x\n\xE6\xA0\xAA[\n[[{\n\"\"\"\n", 0, "a long text does not"},
      {"a = '''x\n[[{\n'''\n[[{", 4, "behind a long text"},
      {"a = '\\'\n\xE6\xA0\xAA = 1", 2, "no escapes in literal texts"},
      {"[", 1, "the end"},
      {"[]", 1, "an empty key"},
      {"a = 1\r\n[[", 2, "CR LF"},
      {"a = 1\v[{", 1, "another end of a line"},
      {"\t[ =", 1, "blanks"},
      {"\"", 0, "an open quote at the end"},
      {"\"\\", 0, "an open escape at the end"},
  };
  for (const auto& c : cases) EXPECT_EQ(unsafe_toml_line(c.toml).value_or(0), c.line) << c.why;
}

}  // namespace
}  // namespace mogura
