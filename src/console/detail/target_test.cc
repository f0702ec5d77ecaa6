#include "console/detail/target.h"

#include <gtest/gtest.h>

#include <string>

namespace mogura::console::detail {
namespace {

TEST(Target, DecodesPathAndQuery) {
  const auto target = parse_target("/findings/a%20b/%C3%A9?q=x%26y+z&q=&empty&%C3%A9=1");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/findings/a b/é");
  EXPECT_EQ(target->query, (std::vector<Field>{{"q", "x&y z"}, {"q", ""}, {"empty", ""}, {"é", "1"}}));
}

TEST(Target, DecodesOnceOnly) {
  EXPECT_EQ(parse_target("/%2541")->path, "/%41");
  EXPECT_EQ(parse_target("/?a=%2541")->query.front().second, "%41");
}

TEST(Target, TakesPathsAsTheyAre) {
  for (const char* path : {"/", "/a", "/a/", "/a.b", "/...", "/a..b", "/..a"})
    EXPECT_EQ(parse_target(path)->path, path);
}

struct Case {
  std::string text;
  const char* why;
};

TEST(Target, RefusesWhatIsNotWrittenPlainly) {
  const Case cases[] = {
      {"", "no path"},
      {"a", "does not begin with a slash"},
      {"*", "of OPTIONS"},
      {"/..", "parent"},
      {"/../etc", "parent in front"},
      {"/a/../b", "parent inside"},
      {"/a/..", "parent at the end"},
      {"/.", "itself"},
      {"/a/./b", "itself inside"},
      {"/%2e%2e/etc", "encoded dots"},
      {"/%2E./etc", "one of them encoded"},
      {"/a%2Fb", "encoded slash"},
      {"/..%2f..", "both"},
      {"/a%5Cb", "encoded backslash"},
      {"/a\\b", "backslash"},
      {"//host/a", "empty segment in front"},
      {"/a//b", "empty segment inside"},
      {"/%00", "NUL"},
      {"/%0d%0aSet-Cookie:x", "line end"},
      {"/%7f", "DEL"},
      {"/%c2%85", "a control character of C1"},
      {"/%ff", "no UTF-8"},
      {"/%c0%af", "an overlong slash"},
      {"/%ed%a0%80", "half a surrogate pair"},
      {"/%e3%81", "the beginning of a character"},
      {"/%", "no digits"},
      {"/%4", "one digit"},
      {"/%zz", "other letters"},
      {"/%4G", "one other letter"},
      {"/é", "bytes that should be encoded"},
      {"/a b", "space"},
      {"/a#b", "fragment"},
      {"/?a=%", "no digits in the query"},
      {"/?a=%00", "NUL in the query"},
      {"/?a%0a=1", "control character in a name"},
      {"/?a=%ff", "no UTF-8 in the query"},
      {"/?=1", "no name"},
  };
  for (const Case& each : cases) EXPECT_FALSE(parse_target(each.text)) << each.why << ": " << each.text;
}

TEST(Target, ValuesMayHaveControlCharacters) {
  const auto target = parse_target("/?user_agent=a%0ab%1b%5B");
  ASSERT_TRUE(target) << "User-Agents have them";
  EXPECT_EQ(target->query.front().second, "a\nb\x1b[");
}

TEST(Target, RefusesMoreParametersThanKQueryFields) {
  std::string text = "/?";
  for (std::size_t i = 0; i < Request::kQueryFields; ++i) text += "a=1&";
  EXPECT_TRUE(parse_target(text));
  const auto beyond = parse_target(text + "a=1");
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, ErrorCode::kLimit);
}

TEST(Target, EveryBeginningIsTakenOrRefusedWhole) {
  const std::string text = "/a%20b/c?d=%C3%A9&f=g";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const std::string exact(text.data(), size);
    const auto target = parse_target(exact);
    EXPECT_TRUE(!target || target->path[0] == '/');
  }
}

}  // namespace
}  // namespace mogura::console::detail
