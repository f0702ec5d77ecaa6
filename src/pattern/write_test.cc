#include <gtest/gtest.h>

#include "pattern/pattern.h"
#include "pattern/testing/sessions.h"

namespace mogura::pattern {
namespace {

using On = Condition::On;
using session::Direction;
using testing::bytes_at;
using testing::condition;
using testing::length_of;
using testing::list_of;
using testing::pattern_of;

Pattern full_pattern() {
  Condition rhythm = condition(On::kRhythm);
  rhythm.rhythm = {0.7, 1.3, 0.25};
  Condition exchanges = condition(On::kExchanges);
  exchanges.exchanges = {10, 0};
  Condition duration = condition(On::kDuration);
  duration.seconds = 1e22;  // more than a TOML integer holds
  Condition body = condition(On::kLongBody);
  body.long_body = {Direction::kDown, 60};
  Pattern pattern =
      pattern_of("everything-1",
                 {condition(On::kKind, "connect"),
                  condition(On::kInner, "ssh"),
                  condition(On::kDestination, "*.net:443"),
                  condition(On::kUserAgent, "a \"quoted\\\" one\twith \x7f and \xe2\x80\xae"),
                  condition(On::kNoUserAgent),
                  condition(On::kCipherSuites, "1301"),
                  condition(On::kJa4, "t13"),
                  condition(On::kSni, "x"),
                  condition(On::kNoSni),
                  condition(On::kMethod, "GET"),
                  condition(On::kUpgrade, "websocket"),
                  length_of(Direction::kUp, 52, 5),
                  length_of(Direction::kDown, 7, 1, 3),
                  bytes_at(Direction::kUp, 0, 0, "SSH-2.0-"),
                  bytes_at(Direction::kDown, {}, 5, std::string("\0\x80\0", 3), std::string("\xff\xff\0", 3)),
                  rhythm,
                  exchanges,
                  duration,
                  body,
                  list_of(On::kAny, {condition(On::kKind, "ssl"), list_of(On::kAll, {body})})});
  pattern.name = "日本語の名前";
  pattern.application = "App";
  pattern.author = "me";
  pattern.date = "2026-01-31";
  pattern.source_finding = "f";
  pattern.note = "line\nline";
  pattern.is_candidate = true;
  pattern.rates = Pattern::Rates{1, 2, 3, 4};
  return pattern;
}

TEST(PatternWrite, IsReadBackTheSame) {
  const Pattern pattern = full_pattern();
  const Result<Pattern> read = parse(write(pattern), "everything-1.toml");
  ASSERT_TRUE(read) << read.error().message() << "\n" << write(pattern);
  EXPECT_EQ(*read, pattern);
}

TEST(PatternWrite, IsStable) {
  const std::string once = write(full_pattern());
  EXPECT_EQ(write(*parse(once, "everything-1.toml")), once);
}

TEST(PatternWrite, PutsOneConditionOnALine) {
  const Pattern pattern = pattern_of(
      "x", {condition(On::kKind, "connect"),
            list_of(On::kAny, {bytes_at(Direction::kUp, 0, 0, "\x7f"), length_of(Direction::kUp, 9, 2)})});
  EXPECT_EQ(write(pattern), R"(format = 1

all = [
  { kind = "connect" },
  { any = [
    { bytes = { dir = "up", message = 0, offset = 0, hex = "7f" } },
    { length = { dir = "up", length = 9, at_least = 2 } },
  ] },
]
)");
}

TEST(PatternWrite, HidesNothing) {
  // A right-to-left override and an escape would make the file look like another one.
  const std::string text = write(pattern_of("x", {condition(On::kUserAgent, "a\xe2\x80\xae\x1b[2J")}));
  EXPECT_NE(text.find("a\\u202e\\u001b[2J"), std::string::npos) << text;
}

}  // namespace
}  // namespace mogura::pattern
