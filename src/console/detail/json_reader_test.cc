#include "console/detail/json_reader.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>

namespace mogura::console::detail {
namespace {

std::string rewritten(std::string_view text) {
  JsonReader reader;
  std::string out;
  report::JsonWriter json(out, report::JsonWriter::Layout::kLine);
  const bool is_written = reader.rewrite(text, json);
  EXPECT_EQ(is_written, !out.empty());
  return out;
}

TEST(JsonReaderTexts, GivesMembersInOrder) {
  JsonReader reader;
  const auto members = reader.texts(R"( {"b":"1","a":"\u00e4\n","":""} )");
  ASSERT_TRUE(members);
  EXPECT_EQ(*members, (JsonReader::Members{{"b", "1"}, {"a", "ä\n"}, {"", ""}}));
  EXPECT_TRUE(reader.texts("{}")->empty());
}

TEST(JsonReaderTexts, RefusesWhatIsNoObjectOfTexts) {
  std::string many = "{\"k\":\"\"";
  for (int i = 0; i < 40; ++i) many += ",\"k" + std::to_string(i) + "\":\"\"";
  const struct {
    std::string body;
    const char* message;
    const char* why;
  } rows[] = {
      {"", "the body is no JSON object", "empty"},
      {"[]", "the body is no JSON object", "a list"},
      {"\"a\"", "the body is no JSON object", "a text"},
      {"{\"a\":\"b\"", "the body is no JSON object", "no end"},
      {"{\"a\":\"b\"}{}", "the body is no JSON object", "something behind"},
      {"{\"a\":\"b\",}", "the body is no JSON object", "a comma too many"},
      {"{'a':'b'}", "the body is no JSON object", "wrong quotes"},
      {"{\"a\":\"\xff\"}", "the body is no JSON object", "no UTF-8"},
      {"{\"a\":\"\x01\"}", "the body is no JSON object", "a bare control"},
      {"{\"a\":\"\\ud800\"}", "the body is no JSON object", "half a character"},
      {"{\"a\":\"1\",\"a\":\"2\"}", "a: is there twice", "one of two would be lost"},
      {"{\"a\":\"1\",\"\\u0061\":\"2\"}", "a: is there twice", "the same, escaped"},
      {"{\"a\":1}", "a: must be a text", "number"},
      {"{\"a\":null}", "a: must be a text", "null"},
      {"{\"a\":[\"b\"]}", "a: must be a text", "list"},
      {"{\"a\":{}}", "a: must be a text", "object"},
      {many + "}", "the body has too many members", "more than anything takes"},
  };
  JsonReader reader;
  for (const auto& row : rows) {
    const auto members = reader.texts(row.body);
    ASSERT_FALSE(members) << row.why;
    EXPECT_EQ(members.error().message(), row.message) << row.why;
    EXPECT_EQ(members.error().code, ErrorCode::kFormat);
  }
}

TEST(JsonReaderTexts, RefusesEveryTruncation) {
  const std::string body = R"({"status":"sanctioned","owner":"\ud83d\ude00 \"x\"","reason":""})";
  JsonReader reader;
  ASSERT_TRUE(reader.texts(body));
  for (std::size_t size = 0; size < body.size(); ++size) {
    const auto exact = std::make_unique<char[]>(size);
    body.copy(exact.get(), size);
    EXPECT_FALSE(reader.texts({exact.get(), size})) << size;
  }
}

TEST(JsonReaderRewrite, KeepsWhatItSays) {
  const std::string line =
      R"({"a":[1,-2,0.5,true,false,null,"x",[],{}],"b":{"c":18446744073709551615},"d":-9223372036854775807})";
  EXPECT_EQ(rewritten(line).substr(0, 70), line.substr(0, 70));
  EXPECT_EQ(rewritten(R"({"n":-3})"), R"({"n":-3})");
  EXPECT_EQ(rewritten(R"({"n":1.5e300})"), R"({"n":1.5e+300})");
}

TEST(JsonReaderRewrite, MakesHarmlessWhatStoodRaw) {
  EXPECT_EQ(rewritten("{\n \"a\" : \"\u202e\x7f\u2028\" , \"\u200b\":1}"),
            R"({"a":"\u202e\u007f\u2028","\u200b":1})");
}

TEST(JsonReaderRewrite, LeavesNothingOfWhatIsBroken) {
  const std::string deep(kJsonDepth, '[');
  const std::string deep_end(kJsonDepth, ']');
  EXPECT_EQ(rewritten("{\"a\":" + deep.substr(2) + deep_end.substr(2) + "}").empty(), false);
  EXPECT_EQ(rewritten("{\"a\":" + deep + deep_end + "}"), "") << "too deep";
  EXPECT_EQ(rewritten("{\"a\":1"), "") << "cut off";
  EXPECT_EQ(rewritten("[1]"), "") << "no object";
  EXPECT_EQ(rewritten("{\"a\":123456789012345678901}"), "") << "no number that fits";
  EXPECT_EQ(rewritten("{\"a\":\"" + std::string(kJsonLineBytes, 'x') + "\"}"), "") << "too long";
}

TEST(JsonReaderRewrite, PutsMembersIntoAnotherObject) {
  JsonReader reader;
  std::string out;
  report::JsonWriter json(out, report::JsonWriter::Layout::kLine);
  json.begin_object();
  json.field("id", std::uint64_t{7});
  EXPECT_TRUE(reader.rewrite_members(R"({"a":1,"id":"forged","b":{"id":2}})", json, "id"));
  EXPECT_FALSE(reader.rewrite_members("{", json, "id"));
  json.end_object();
  EXPECT_EQ(out, R"({"id":7,"a":1,"b":{"id":2}})");
}

TEST(JsonReaderValues, GivesThemAsText) {
  JsonReader reader;
  std::vector<std::string> values;
  constexpr std::array<std::string_view, 6> kKeys{"s", "n", "l", "o", "no", "t"};
  EXPECT_TRUE(reader.values(R"({"s":"x","n":0.25,"l":["a",1,["b"]],"o":{"p":1},"t":true})", kKeys, values));
  EXPECT_EQ(values, (std::vector<std::string>{"x", "0.25", "a; 1; ", "", "", "true"}));
  EXPECT_FALSE(reader.values("nonsense", kKeys, values));
  EXPECT_EQ(values, std::vector<std::string>(6));
}

TEST(JsonReaderList, GivesTextsAlone) {
  JsonReader reader;
  const std::string line = R"({"l":["a",1,"b"],"t":"c","n":1})";
  EXPECT_EQ(reader.list(line, "l"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(reader.list(line, "t"), std::vector<std::string>{"c"});
  EXPECT_TRUE(reader.list(line, "n").empty());
  EXPECT_TRUE(reader.list(line, "x").empty());
  EXPECT_TRUE(reader.list("{", "l").empty());
}

TEST(JsonReader, GrowsWithLinesAndTakesShortOnesAfterwards) {
  JsonReader reader;
  for (const std::size_t size : {10u, 5000u, 3u, 200'000u, 0u}) {
    const std::string line = "{\"a\":\"" + std::string(size, 'x') + "\"}";
    std::string out;
    report::JsonWriter json(out, report::JsonWriter::Layout::kLine);
    EXPECT_TRUE(reader.rewrite(line, json)) << size;
    EXPECT_EQ(out, line);
  }
}

}  // namespace
}  // namespace mogura::console::detail
