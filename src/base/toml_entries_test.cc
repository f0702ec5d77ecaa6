#include "base/toml_entries.h"

#include <gtest/gtest.h>

namespace mogura {
namespace {

Result<std::vector<TomlEntry>> parse(std::string_view toml, std::size_t limit = 10) {
  return parse_toml_entries(toml, "x.toml", "allow", limit);
}

TEST(TomlEntries, AreTextsAndDatesWithTheirLines) {
  const auto entries = parse(
      "format = 1\n\n[[allow]]\nhost = \"a\"\nexpires = 2027-01-31\n[[allow]]\nhost = \"株 ~7e\"\nport = "
      "5\n");
  ASSERT_TRUE(entries) << entries.error().message();
  ASSERT_EQ(entries->size(), 2u);
  const TomlEntry& first = entries->front();
  EXPECT_EQ(first.line, 3u);
  ASSERT_EQ(first.values.size(), 2u);
  EXPECT_EQ(first.values[0].key, "expires");
  EXPECT_EQ(first.values[0].line, 5u);
  EXPECT_EQ(to_rfc3339(date_of(first.values[0], "x.toml").value()), "2027-01-31T23:59:59.999999Z");
  EXPECT_EQ(text_of(first.values[1], "x.toml").value(), "a");
  const TomlEntry& second = entries->back();
  EXPECT_EQ(second.values[0].text, "株 ~7e");
  EXPECT_TRUE(second.values[1].text.empty()) << "a number is no text";
}

TEST(TomlEntries, MayBeNone) {
  for (const std::string_view text : {"", "format = 1", "# nothing\n"}) {
    ASSERT_TRUE(parse(text)) << text;
    EXPECT_TRUE(parse(text)->empty());
  }
}

TEST(TomlEntries, RefuseWhatIsNoSuchListAndNameThePlace) {
  const struct {
    std::string_view toml;
    std::string_view message;
  } cases[] = {
      {"format = 2\n", "x.toml line 1: format must be 1"},
      {"format = \"1\"\n", "x.toml line 1: format must be 1"},
      {"\ndeny = 1\n", "x.toml line 2: there is no key \"deny\"; entries begin with [[allow]]"},
      {"allow = 1\n", "x.toml line 1: there is no key \"allow\"; entries begin with [[allow]]"},
      {"[allow]\nhost = \"a\"\n", "x.toml line 1: there is no key \"allow\"; entries begin with [[allow]]"},
      {"\n[[{\n", "x.toml line 2: a bracket without a key, a misplaced brace, or bytes that are not UTF-8"},
  };
  for (const auto& c : cases) {
    const auto entries = parse(c.toml);
    ASSERT_FALSE(entries) << c.toml;
    EXPECT_EQ(entries.error().message(), c.message);
    EXPECT_EQ(entries.error().code, ErrorCode::kFormat);
  }
  EXPECT_FALSE(parse("[[allow]\n"));
}

TEST(TomlEntries, AreNoMoreThanTheLimit) {
  std::string toml;
  for (std::size_t count = 1; count <= 4; ++count) {
    toml += "[[allow]]\nhost = \"a\"\n";
    const auto entries = parse(toml, 3);
    ASSERT_EQ(entries.has_value(), count <= 3) << count;
    if (count > 3) {
      EXPECT_EQ(entries.error().code, ErrorCode::kLimit);
      EXPECT_EQ(entries.error().message(), "x.toml line 1: more than 3 entries");
    }
  }
}

TEST(TomlValue, IsRefusedWhereItIsNotWhatItMustBe) {
  const auto value_of = [](const std::string& text) {
    return parse("[[allow]]\nk = " + text).value().front().values.front();
  };
  for (const char* text : {"5", "\"\"", "2027-01-31", "[\"a\"]", "true"}) {
    const auto taken = text_of(value_of(text), "x.toml");
    ASSERT_FALSE(taken) << text;
    EXPECT_EQ(taken.error().message(), "x.toml line 2: k must be a text that is not empty");
  }
  for (const char* text : {"5", "\"2027-01-31\"", "1969-12-31", "2201-01-01", "2027-01-31T00:00:00Z"}) {
    const auto taken = date_of(value_of(text), "x.toml");
    ASSERT_FALSE(taken) << text;
    EXPECT_EQ(taken.error().message(), "x.toml line 2: k must be a date: 2027-01-31");
  }
  EXPECT_TRUE(date_of(value_of("1970-01-01"), "x.toml"));
  EXPECT_TRUE(date_of(value_of("2200-12-31"), "x.toml"));
}

TEST(TomlEntries, SurviveEveryTruncation) {
  const std::string toml =
      "format = 1\n[[allow]]\nhost = \"a~é\"\nexpires = 2027-01-31\nlist = [{ a = 1 }]\n";
  for (std::size_t size = 0; size <= toml.size(); ++size) {
    const std::vector<char> exact(toml.begin(), toml.begin() + static_cast<std::ptrdiff_t>(size));
    const auto entries = parse({exact.data(), exact.size()});
    EXPECT_TRUE(entries || entries.error().place.starts_with("x.toml line ")) << size;
  }
}

}  // namespace
}  // namespace mogura
