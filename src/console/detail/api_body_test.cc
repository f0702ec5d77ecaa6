#include "console/detail/api_body.h"

#include <gtest/gtest.h>

namespace mogura::console::detail {
namespace {

std::string wrong_of(const Body& body) {
  const auto wrong = body.wrong();
  return wrong ? wrong->body.substr(wrong->body.find("message") + 10) : "";
}

TEST(Body, GivesTexts) {
  JsonReader json;
  Body body(json, {.body = R"({"a":"x","note":"one\ntwo"})"});
  EXPECT_EQ(body.needed("a", 1), "x");
  EXPECT_EQ(body.text("note", 7, Body::Lines::kMany), "one\ntwo");
  EXPECT_EQ(body.text("absent", 1), "");
  EXPECT_FALSE(body.wrong());
}

TEST(Body, NamesWhatIsWrong) {
  const struct {
    std::string body;
    const char* message;
    const char* why;
  } rows[] = {
      {"[", "the body is no JSON object", "no JSON"},
      {R"({"a":1})", "a: must be a text", "type"},
      {R"({"a":"x","b":"y"})", "b: is not known here", "unknown key"},
      {R"({"a":"12345"})", "a: is longer than 4 bytes", "too long"},
      {R"({"a":"\u0000"})", "a: must not hold control characters", "NUL"},
      {R"({"a":"\n"})", "a: must not hold control characters", "line feed in one line"},
      {R"({"a":"\u007f"})", "a: must not hold control characters", "DEL"},
      {R"({"a":"\u009b"})", "a: must not hold control characters", "C1"},
      {R"({"a":"\u2028"})", "a: must not hold control characters", "line separator"},
      {R"({})", "a: is needed", "absent"},
      {R"({"a":"  "})", "a: is needed", "blank"},
      {R"({"a":"1","a":"1"})", "a: is there twice", "duplicate"},
  };
  JsonReader json;
  for (const auto& row : rows) {
    Body body(json, {.body = row.body});
    (void)body.needed("a", 4);
    EXPECT_EQ(wrong_of(body), std::string(row.message) + "\"}}") << row.why;
    EXPECT_EQ(body.wrong()->status, 400u) << row.why;
  }
}

TEST(Body, TellsEmptyFromNotGiven) {
  JsonReader json;
  Body body(json, {.body = R"({"a":""})"});
  EXPECT_EQ(body.given("a", 4), "");
  EXPECT_FALSE(body.wrong());
  (void)body.given("b", 4);
  EXPECT_EQ(wrong_of(body), "b: is needed\"}}");
}

TEST(Body, TakesNoParametersBesideIt) {
  JsonReader json;
  const Body body(json, {.query = {{"x", "1"}}, .body = "{}"});
  EXPECT_EQ(wrong_of(body), "x: is not known here\"}}");
}

TEST(Body, HasAnEnd) {
  JsonReader json;
  const auto body_of = [](std::size_t size) { return R"({"a":")" + std::string(size - 8, 'x') + "\"}"; };
  Body whole(json, {.body = body_of(Request::kBodyBytes)});
  EXPECT_EQ(whole.text("a", Request::kBodyBytes).size(), Request::kBodyBytes - 8);
  EXPECT_FALSE(whole.wrong());
  const Body more(json, {.body = body_of(Request::kBodyBytes + 1)});
  EXPECT_EQ(more.wrong()->status, 413u);
}

TEST(FaultIn, LetsThroughWhatTheLinesAllow) {
  EXPECT_EQ(fault_in("a\tb\r\n", Body::Lines::kAny), "");
  EXPECT_NE(fault_in("a\tb", Body::Lines::kMany), "");
  EXPECT_NE(fault_in("\r", Body::Lines::kMany), "");
  EXPECT_EQ(fault_in("日本語 é", Body::Lines::kOne), "");
  EXPECT_NE(fault_in("\xc3", Body::Lines::kAny), "");
}

TEST(BeginningOf, KeepsCharactersWhole) {
  EXPECT_EQ(beginning_of("abc", 3), "abc");
  EXPECT_EQ(beginning_of("abc", 2), "ab");
  EXPECT_EQ(beginning_of("aé", 2), "a");
  EXPECT_EQ(beginning_of("é", 1), "");
  EXPECT_EQ(beginning_of("日本", 5), "日");
}

}  // namespace
}  // namespace mogura::console::detail
