#include <gtest/gtest.h>

#include "pattern/pattern.h"
#include "pattern/testing/sessions.h"

namespace mogura::pattern {
namespace {

using On = Condition::On;

constexpr std::string_view kExample = R"(# ssh-in-connect-3f2a.toml
format = 1
name = "SSH through the proxy"
application = "OpenSSH"
author = "m.sato"
date = 2026-11-22
source_finding = "b1946ac92492"
note = "The administrators' way out; see the ticket."

all = [
  { kind = "connect" },
  { bytes = { dir = "up", message = 0, offset = 0, text = "SSH-2.0-" } },
  { any = [
    { length = { dir = "up", length = 36, at_least = 10 } },
    { exchanges = { up = 100, down = 100 } },
  ] },
]

[rates]
service_sessions = 3
service_hits = 3
ordinary_sessions = 1200
ordinary_hits = 0
)";

Result<Pattern> parse_all(const std::string& conditions) {
  return parse("format = 1\nall = [ " + conditions + " ]\n", "folder/x.toml");
}

TEST(PatternParse, ReadsTheExampleOfTheDocument) {
  const Result<Pattern> pattern = parse(kExample, "patterns/ssh-in-connect-3f2a.toml");
  ASSERT_TRUE(pattern) << pattern.error().message();
  EXPECT_EQ(pattern->id, "ssh-in-connect-3f2a");
  EXPECT_EQ(pattern->name, "SSH through the proxy");
  EXPECT_EQ(pattern->application, "OpenSSH");
  EXPECT_EQ(pattern->author, "m.sato");
  EXPECT_EQ(pattern->date, "2026-11-22");
  EXPECT_EQ(pattern->source_finding, "b1946ac92492");
  EXPECT_FALSE(pattern->is_candidate);
  ASSERT_TRUE(pattern->rates);
  EXPECT_EQ(pattern->rates->ordinary_sessions, 1200u);
  ASSERT_EQ(pattern->condition.parts.size(), 3u);
  EXPECT_EQ(pattern->condition.on, On::kAll);
  EXPECT_EQ(pattern->condition.parts[1].bytes.bytes, "SSH-2.0-");
  EXPECT_EQ(pattern->condition.parts[1].bytes.message, 0u);
  EXPECT_EQ(pattern->condition.parts[2].on, On::kAny);
  EXPECT_EQ(pattern->condition.parts[2].parts[0].length.at_least, 10u);
  EXPECT_EQ(pattern->condition.parts[2].parts[1].exchanges.down, 100u);
}

TEST(PatternParse, ReadsEachCondition) {
  const struct {
    const char* text;
    On on;
  } cases[] = {
      {R"({ kind = "ssl" })", On::kKind},
      {R"({ inner_protocol = "openvpn" })", On::kInner},
      {R"({ destination = "*.example.net:443" })", On::kDestination},
      {R"({ user_agent = "" })", On::kUserAgent},
      {R"({ no_user_agent = true })", On::kNoUserAgent},
      {R"({ cipher_suites = "1301-1302" })", On::kCipherSuites},
      {R"({ ja4 = "t13d1516h2_8daaf6152771_02713d6af862" })", On::kJa4},
      {R"({ sni = "*.example" })", On::kSni},
      {R"({ no_sni = true })", On::kNoSni},
      {R"({ method = "RDG_OUT_DATA" })", On::kMethod},
      {R"({ upgrade = "websocket" })", On::kUpgrade},
      {R"({ length = { dir = "down", message = 2, length = 9 } })", On::kLength},
      {R"({ bytes = { dir = "down", hex = "38????00" } })", On::kBytes},
      {R"({ rhythm = { min_s = 9, max_s = 11.5 } })", On::kRhythm},
      {R"({ exchanges = { up = 3 } })", On::kExchanges},
      {R"({ duration_s = 60 })", On::kDuration},
      {R"({ long_body = { dir = "up", at_least_s = 0.5 } })", On::kLongBody},
      {R"({ any = [ { kind = "ssl" } ] })", On::kAny},
  };
  for (const auto& one : cases) {
    const Result<Pattern> pattern = parse_all(one.text);
    ASSERT_TRUE(pattern) << one.text << ": " << pattern.error().message();
    EXPECT_EQ(pattern->condition.parts[0].on, one.on) << one.text;
  }
}

TEST(PatternParse, ReadsWildcards) {
  const Result<Pattern> pattern = parse_all(R"({ bytes = { dir = "up", hex = "5A??00" } })");
  ASSERT_TRUE(pattern);
  const BytesCondition& bytes = pattern->condition.parts[0].bytes;
  EXPECT_EQ(bytes.bytes, std::string("\x5a\x00\x00", 3));
  EXPECT_EQ(bytes.mask, std::string("\xff\x00\xff", 3));
  EXPECT_FALSE(bytes.message);
  EXPECT_FALSE(bytes.offset);
}

TEST(PatternParse, NamesFileLineAndKeyOfAnError) {
  const Result<Pattern> pattern = parse("format = 1\n\nall = [\n  { knid = \"connect\" },\n]\n", "d/x.toml");
  ASSERT_FALSE(pattern);
  EXPECT_EQ(pattern.error().message(), "d/x.toml:4: knid: there is no such condition");
}

TEST(PatternParse, RefusesWhatTheDocumentDoesNotKnow) {
  const struct {
    const char* conditions;
    const char* why;
  } cases[] = {
      {R"({ kind = "conect" })", "no such kind"},
      {R"({ inner_protocol = "none" })", "absence is never certain"},
      {R"({ kind = "ssl", ja4 = "x" })", "two keys"},
      {R"({ })", "no key"},
      {R"("ssl")", "no table"},
      {R"({ all = [ ] })", "an empty list"},
      {R"({ no_sni = false })", "a condition that is none"},
      {R"({ ja4 = "" })", "empty means not seen"},
      {R"({ ja4 = 7 })", "not text"},
      {R"({ bytes = { dir = "up" } })", "no bytes"},
      {R"({ bytes = { dir = "up", hex = "00", text = "a" } })", "both"},
      {R"({ bytes = { dir = "up", hex = "0" } })", "half a byte"},
      {R"({ bytes = { dir = "up", hex = "0?" } })", "half a wildcard"},
      {R"({ bytes = { dir = "up", hex = "zz" } })", "no digits"},
      {R"({ bytes = { dir = "up", hex = "????" } })", "no byte counts"},
      {R"({ bytes = { dir = "up", text = "" } })", "no byte"},
      {R"({ bytes = { hex = "00" } })", "no direction"},
      {R"({ bytes = { dir = "left", hex = "00" } })", "no such direction"},
      {R"({ bytes = { dir = "up", offset = 63, hex = "0001" } })", "behind what is kept"},
      {R"({ bytes = { dir = "up", offset = 4294967295, hex = "00" } })", "far behind"},
      {R"({ bytes = { dir = "up", offset = -1, hex = "00" } })", "negative"},
      {R"({ bytes = { dir = "up", message = 48, hex = "00" } })", "behind what is kept"},
      {R"({ bytes = { dir = "up", hex = "00", nocase = true } })", "unknown key"},
      {R"({ length = { dir = "up" } })", "no length"},
      {R"({ length = { dir = "up", length = 4294967296 } })", "too large"},
      {R"({ length = { dir = "up", length = 1.5 } })", "not whole"},
      {R"({ length = { dir = "up", length = 5, at_least = 0 } })", "holds for everything"},
      {R"({ length = { dir = "up", length = 5, at_least = 2, message = 0 } })", "contradiction"},
      {R"({ rhythm = { min_s = 2, max_s = 1 } })", "the wrong way round"},
      {R"({ rhythm = { min_s = -1, max_s = 1 } })", "negative"},
      {R"({ rhythm = { min_s = 0, max_s = inf } })", "not finite"},
      {R"({ exchanges = { up = 0 } })", "holds for everything"},
      {R"({ duration_s = 0 })", "holds for everything"},
      {R"({ duration_s = nan })", "no number"},
      {R"({ long_body = { dir = "up", at_least_s = 0 } })", "holds for everything"},
  };
  for (const auto& one : cases) {
    const Result<Pattern> pattern = parse_all(one.conditions);
    ASSERT_FALSE(pattern) << one.why;
    EXPECT_EQ(pattern.error().code, ErrorCode::kFormat) << one.why;
    EXPECT_EQ(pattern.error().place.substr(0, 15), "folder/x.toml:2") << one.why;
  }
}

TEST(PatternParse, RefusesFilesThatAreNone) {
  const struct {
    const char* text;
    ErrorCode code;
    const char* why;
  } cases[] = {
      {"", ErrorCode::kFormat, "no version"},
      {"format = 1\n", ErrorCode::kFormat, "no conditions"},
      {"format = 0\nall = [ { kind = \"ssl\" } ]", ErrorCode::kFormat, "no such version"},
      {"format = \"1\"\nall = [ { kind = \"ssl\" } ]", ErrorCode::kFormat, "a version is a number"},
      {"format = 2\nall = [ { kind = \"ssl\" } ]", ErrorCode::kUnsupported, "a newer version"},
      {"format = 1\nall = [ { kind = \"ssl\" } ]\nany = [ { kind = \"ssl\" } ]", ErrorCode::kFormat, "both"},
      {"format = 1\nall = [ { kind = \"ssl\" } ]\nnaem = \"x\"", ErrorCode::kFormat, "unknown key"},
      {"format = 1\nall = [ { kind = \"ssl\" } ]\ncandidate = 1", ErrorCode::kFormat, "no truth"},
      {"format = 1\nall = [ { kind = \"ssl\" } ]\ndate = \"soon\"", ErrorCode::kFormat, "no date"},
      {"format = 1\nall = [ { kind = \"ssl\" } ]\n[rates]\nservice_hits = 1", ErrorCode::kFormat, "not all"},
      {"format = 1\nall = [ { kind = \"ssl\" }", ErrorCode::kFormat, "no TOML"},
      {"\xff\xfe", ErrorCode::kFormat, "no UTF-8"},
  };
  for (const auto& one : cases) {
    const Result<Pattern> pattern = parse(one.text, "x.toml");
    ASSERT_FALSE(pattern) << one.why;
    EXPECT_EQ(pattern.error().code, one.code) << one.why;
    EXPECT_EQ(pattern.error().place.substr(0, 6), "x.toml") << one.why;
  }
}

TEST(PatternParse, AnIdIsAPlainNameAndNeverAPath) {
  const struct {
    std::string id;
    bool is_one;
  } cases[] = {{"a", true},
               {"ssh-in-connect-3f2a", true},
               {std::string(64, 'a'), true},
               {std::string(65, 'a'), false},
               {"", false},
               {"-a", false},
               {"A", false},
               {"..", false},
               {"a/b", false},
               {"a.b", false},
               {"a\n", false},
               {std::string("a\0b", 3), false}};
  for (const auto& one : cases) EXPECT_EQ(is_pattern_id(one.id), one.is_one) << one.id;
  EXPECT_FALSE(parse(kExample, "patterns/Not An Id.toml"));
}

std::string nested(unsigned levels) {
  std::string text = R"({ kind = "ssl" })";
  for (unsigned i = 1; i < levels; ++i) text = "{ any = [ " + text + " ] }";
  return text;
}

TEST(PatternParse, LimitsDepth) {
  EXPECT_TRUE(parse_all(nested(kConditionDepth)));
  const Result<Pattern> deeper = parse_all(nested(kConditionDepth + 1));
  ASSERT_FALSE(deeper);
  EXPECT_EQ(deeper.error().code, ErrorCode::kLimit);
}

TEST(PatternParse, LimitsConditions) {
  const auto many = [](std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += R"({ kind = "ssl" },)";
    return text;
  };
  EXPECT_TRUE(parse_all(many(kConditions - 1)));  // the list counts, too
  const Result<Pattern> more = parse_all(many(kConditions));
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, ErrorCode::kLimit);
}

TEST(PatternParse, LimitsTextsAndFiles) {
  const auto user_agent = [](std::size_t size) {
    return parse_all("{ user_agent = \"" + std::string(size, 'a') + "\" }");
  };
  EXPECT_TRUE(user_agent(kConditionTextBytes));
  ASSERT_FALSE(user_agent(kConditionTextBytes + 1));
  EXPECT_EQ(user_agent(kConditionTextBytes + 1).error().code, ErrorCode::kLimit);
  std::string file(kExample);
  file += "#" + std::string(kPatternFileBytes - file.size() - 1, ' ');
  EXPECT_TRUE(parse(file, "x.toml"));
  ASSERT_FALSE(parse(file + " ", "x.toml"));
  EXPECT_EQ(parse(file + " ", "x.toml").error().code, ErrorCode::kLimit);
}

TEST(PatternParse, EveryTruncationIsAnErrorOrAPattern) {
  for (std::size_t size = 0; size < kExample.size(); ++size) {
    const std::string cut(kExample.substr(0, size));
    const Result<Pattern> pattern = parse(cut, "x.toml");
    EXPECT_TRUE(pattern || !pattern.error().cause.empty());
  }
}

}  // namespace
}  // namespace mogura::pattern
