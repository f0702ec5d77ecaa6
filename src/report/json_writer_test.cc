#include "report/json_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

namespace mogura::report {
namespace {

using Layout = JsonWriter::Layout;

template <class Value>
std::string written(const Value& value) {
  std::string out;
  JsonWriter(out, Layout::kLine).value(value);
  return out;
}

TEST(JsonWriter, EscapesText) {
  const struct {
    std::string text;
    const char* json;
    const char* why;
  } rows[] = {
      {"plain", R"("plain")", "nothing to do"},
      {"", R"("")", "empty"},
      {"a\"b\\c", R"("a\"b\\c")", "the two of the grammar"},
      {"\n\r\t", R"("\n\r\t")", "short forms"},
      {std::string("\0\x01\x1b\x1f", 4), R"("\u0000\u0001\u001b\u001f")", "controls"},
      {"\x7f", R"("\u007f")", "DEL"},
      {"\u0080\u009b\u009f", R"("\u0080\u009b\u009f")", "C1 controls"},
      {"\u2028\u2029", R"("\u2028\u2029")", "line separators of JavaScript"},
      {"\u061c\u200e\u202e\u2069", R"("\u061c\u200e\u202e\u2069")", "bidirectional controls"},
      {"\u200b\ufeff", R"("\u200b\ufeff")", "zero width"},
      {"\U000e0041", R"("\udb40\udc41")", "tags, as a surrogate pair"},
      {"ä日😀", R"("ä日😀")", "ordinary characters as they are"},
      {"\xff", "\"\uFFFD\"", "no UTF-8"},
      {"a\xe6\x97", "\"a\uFFFD\"", "cut inside a character"},
      {"\xed\xa0\x80", "\"\uFFFD\uFFFD\uFFFD\"", "a surrogate"},
      {"\xc0\xaf", "\"\uFFFD\uFFFD\"", "an overlong slash"},
      {"\xf4\x90\x80\x80", "\"\uFFFD\uFFFD\uFFFD\uFFFD\"", "above U+10FFFF"},
  };
  for (const auto& row : rows) EXPECT_EQ(written(row.text), row.json) << row.why;
}

TEST(JsonWriter, WritesNumbersThatReadBackTheSame) {
  EXPECT_EQ(written(std::uint64_t{18446744073709551615u}), "18446744073709551615");
  EXPECT_EQ(written(std::uint16_t{443}), "443");
  EXPECT_EQ(written(0.1), "0.1");
  EXPECT_EQ(written(0.0), "0");
  EXPECT_EQ(written(-0.3), "-0.3");
  EXPECT_EQ(written(true), "true");
  EXPECT_EQ(written(false), "false");
}

TEST(JsonWriter, WritesNullForNumbersThatAreNone) {
  EXPECT_EQ(written(std::nan("")), "null");
  EXPECT_EQ(written(std::numeric_limits<double>::infinity()), "null");
}

TEST(JsonWriter, PlacesCommasInBothLayouts) {
  const auto write = [](Layout layout) {
    std::string out;
    JsonWriter json(out, layout);
    json.begin_object();
    json.field("a", 1u);
    json.key("empty");
    json.begin_array();
    json.end_array();
    json.key("list");
    json.begin_array();
    json.value(1u);
    json.begin_object(JsonWriter::Open::kOneLine);
    json.field("x", "y");
    json.key("deep");
    json.begin_array();
    json.value(1u);
    json.value(2u);
    json.end_array();
    json.end_object();
    json.end_array();
    json.field_if("absent", "");
    json.field("last", true);
    json.end_object();
    return out;
  };
  EXPECT_EQ(write(Layout::kLine), R"({"a":1,"empty":[],"list":[1,{"x":"y","deep":[1,2]}],"last":true})");
  EXPECT_EQ(write(Layout::kIndented), R"({
  "a": 1,
  "empty": [],
  "list": [
    1,
    {"x": "y", "deep": [1, 2]}
  ],
  "last": true
})");
}

TEST(JsonWriter, WritesWhatAnotherParserReadsWhateverTheBytes) {
  std::mt19937 random(3);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t left = random() % 12; left > 0; --left) {
      const std::string pieces[] = {"\xe2\x80\xae", "\xf0\x9f\x98\x80", "\xc3", "\"", "\\", "a"};
      text += random() % 2 == 0 ? pieces[random() % 6] : std::string(1, static_cast<char>(random()));
    }
    const std::string json = written(text);
    for (const char c : json) ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != '\x7f');
    const auto parsed = nlohmann::json::parse(json, nullptr, false);
    ASSERT_TRUE(parsed.is_string());
    const auto ignore = nlohmann::json::error_handler_t::ignore;
    const bool was_utf8 = nlohmann::json(text).dump(-1, ' ', false, ignore) ==
                          nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    if (was_utf8) {
      ASSERT_EQ(parsed.get<std::string>(), text);
    }
  }
}

TEST(AppendRfc3339, AgreesWithTheSlowOne) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 20'000; ++round) {
    const Timestamp time{Duration(static_cast<std::int64_t>(random()))};
    std::string text;
    append_rfc3339(text, time);
    ASSERT_EQ(text, to_rfc3339(time));
  }
}

TEST(AppendRfc3339, TakesTheEarliestAndTheLatest) {
  std::string out;
  append_rfc3339(out, Timestamp::min());
  append_rfc3339(out, Timestamp::max());
  EXPECT_EQ(out, "1677-09-21T00:12:43.145224Z2262-04-11T23:47:16.854775Z");
}

TEST(JsonWriter, PutsWrittenJsonBetweenCommasAsItIs) {
  std::string out;
  JsonWriter json(out, Layout::kLine);
  json.begin_object();
  json.key("a");
  json.raw(R"({"x":[1,"\u202e"]})");
  json.field("b", std::uint64_t{2});
  json.key("c");
  json.begin_array();
  json.raw("1");
  json.raw("{}");
  json.end_array();
  json.end_object();
  EXPECT_EQ(out, R"({"a":{"x":[1,"\u202e"]},"b":2,"c":[1,{}]})");
}

}  // namespace
}  // namespace mogura::report
