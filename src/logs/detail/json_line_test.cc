#include "logs/detail/json_line.h"

#include <gtest/gtest.h>

#include <map>

namespace mogura::logs::detail {
namespace {

using Fields = std::map<std::string, std::string>;

// Every field as text, or nothing where the line is bad.
std::optional<Fields> read(std::string_view line) {
  JsonLine json;
  Fields fields;
  const bool ok = json.read(line, [&fields](std::string_view name, ondemand::value value) {
    std::string text;
    if (read_as_text(value, text)) fields.emplace(name, text);
    return true;
  });
  if (!ok) return std::nullopt;
  return fields;
}

TEST(JsonLine, ReadsScalarsAndListsAsText) {
  EXPECT_EQ(read(R"({"a":"x","b":12,"c":-1.5e3 ,"d":true,"e":[1,"two",3.0],"f":null,"g":{"h":1},"i":[]})"),
            (Fields{{"a", "x"}, {"b", "12"}, {"c", "-1.5e3"}, {"d", "true"}, {"e", "1,two,3.0"}, {"i", ""}}));
  EXPECT_EQ(read("{}"), Fields{});
}

TEST(JsonLine, UndoesEscapes) {
  EXPECT_EQ(read(R"({"a":"x\u0041\n\"\u20ac"})"), (Fields{{"a", "xA\n\"\u20ac"}}));
}

TEST(JsonLine, KeepsATextWhoseEscapesMeanNothingAsItStands) {
  EXPECT_EQ(read(R"({"a":"x\ud800y","b":1})"), (Fields{{"a", R"(x\ud800y)"}, {"b", "1"}}));
}

TEST(JsonLine, IsNotLostForWhatIsNotUtf8) {
  EXPECT_EQ(read("{\"a\":\"x\xff\xfey\",\"b\":1}"), (Fields{{"a", "x\uFFFD\uFFFDy"}, {"b", "1"}}));
  EXPECT_EQ(read("{\"a\":\"x\x01\ty\"}"), (Fields{{"a", "x  y"}}));
}

TEST(JsonLine, RefusesWhatIsNotOneObject) {
  for (const char* line :
       {"", " ", "1", "[]", "\"a\"", "{", "}", "{\"a\"}", "{\"a\":}", "{\"a\":1", "{\"a\":1}}",
        "{\"a\":1}{\"b\":2}", "{\"a\":1} x", "{\"a\":\"x}", "{a:1}", "{\"a\":1 \"b\":2}"}) {
    EXPECT_FALSE(read(line)) << line;
  }
}

TEST(JsonLine, RefusesEveryTruncation) {
  const std::string line = R"({"a":"x","b":[1,2,{"c":"d"}],"e":{"f":{"g":true}},"h":1.5})";
  ASSERT_TRUE(read(line));
  for (std::size_t size = 0; size < line.size(); ++size) {
    const auto exact = std::make_unique<char[]>(size);
    std::copy_n(line.begin(), size, exact.get());
    EXPECT_FALSE(read({exact.get(), size})) << size;
  }
}

TEST(JsonLine, SurvivesDepth) {
  EXPECT_FALSE(read("{\"a\":" + std::string(100'000, '[')));
  const std::string deep = "{\"a\":" + std::string(500, '[') + std::string(500, ']') + ",\"b\":1}";
  EXPECT_EQ(read(deep).value_or(Fields{}).count("b"), 1u);
}

TEST(ReadNumber, RefusesWhatDoesNotFit) {
  JsonLine json;
  const auto number_in = [&json](std::string_view text) {
    std::optional<std::uint16_t> number = 0;
    json.read("{\"a\":" + std::string(text) + "}", [&number](std::string_view, ondemand::value value) {
      if (!read_number(value, *number)) number.reset();
      return true;
    });
    return number;
  };
  EXPECT_EQ(number_in("65535"), 65535);
  for (const char* text : {"65536", "-1", "1.5", "\"1\"", "true", "18446744073709551616"}) {
    EXPECT_FALSE(number_in(text)) << text;
  }
}

}  // namespace
}  // namespace mogura::logs::detail
