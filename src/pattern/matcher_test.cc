#include "pattern/matcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <thread>

#include "pattern/detail/evaluate.h"
#include "pattern/testing/sessions.h"

namespace mogura::pattern {
namespace {

using On = Condition::On;
using session::Direction;
using session::Session;
using testing::add_message;
using testing::browser_session;
using testing::bytes_at;
using testing::condition;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::length_of;
using testing::list_of;
using testing::pattern_of;
using testing::ssh_session;

Matcher matcher_of(std::vector<Pattern> patterns, bool with_candidates = false) {
  Result<Matcher> matcher = Matcher::make(std::move(patterns), with_candidates);
  EXPECT_TRUE(matcher) << matcher.error().message();
  return std::move(*matcher);
}

std::vector<std::size_t> match(const Matcher& matcher, const Session& session) {
  Matcher::Scratch scratch = matcher.scratch();
  std::vector<std::size_t> matched = {99};  // to be cleared
  matcher.match(session, scratch, matched);
  return matched;
}

bool matches(std::vector<Condition> all, const Session& session) {
  return !match(matcher_of({pattern_of("x", std::move(all))}), session).empty();
}

TEST(PatternMatcher, WithoutPatternsMatchesNothing) {
  EXPECT_THAT(match(matcher_of({}), ssh_session(1)), IsEmpty());
}

TEST(PatternMatcher, AnswersAscendingIndicesOfAllThatMatch) {
  const Matcher matcher =
      matcher_of({pattern_of("by-kind", {condition(On::kKind, "connect")}),
                  pattern_of("not", {condition(On::kKind, "ssl")}),
                  pattern_of("by-text", {condition(On::kDestination, "host1.example:443")}),
                  pattern_of("by-bytes", {bytes_at(Direction::kUp, 0, 0, "SSH-")})});
  EXPECT_THAT(match(matcher, ssh_session(1)), ElementsAre(0, 2, 3));
  EXPECT_THAT(match(matcher, browser_session(1)), IsEmpty());
}

TEST(PatternMatcher, LeavesCandidatesOutUnlessAsked) {
  Pattern candidate = pattern_of("c", {condition(On::kKind, "connect")});
  candidate.is_candidate = true;
  EXPECT_THAT(match(matcher_of({candidate}), ssh_session(1)), IsEmpty());
  EXPECT_THAT(match(matcher_of({candidate}, true), ssh_session(1)), ElementsAre(0));
}

TEST(PatternMatcher, ComparesBytesAtTheirPlace) {
  Session session;
  session.kind = session::Kind::kConnect;
  session.inner = protocol::Inner::kUnknown;
  add_message(session, Direction::kUp, "abcdef");
  add_message(session, Direction::kDown, "xyz");
  add_message(session, Direction::kUp, std::string("\n\0\xff", 3));
  const struct {
    Condition condition;
    bool holds;
    const char* why;
  } cases[] = {
      {bytes_at(Direction::kUp, 0, 0, "abc"), true, "the beginning"},
      {bytes_at(Direction::kUp, 0, 3, "def"), true, "the end"},
      {bytes_at(Direction::kUp, 0, 3, "defg"), false, "past the end"},
      {bytes_at(Direction::kUp, 0, 1, "abc"), false, "another offset"},
      {bytes_at(Direction::kUp, 1, 0, "abc"), false, "another message"},
      {bytes_at(Direction::kDown, 0, 0, "abc"), false, "the other direction"},
      {bytes_at(Direction::kUp, {}, {}, "cd"), true, "anywhere"},
      {bytes_at(Direction::kUp, {}, 0, "abc"), true, "any message"},
      {bytes_at(Direction::kUp, 2, {}, "abc"), false, "a message that there is not"},
      {bytes_at(Direction::kDown, 0, {}, "yz"), true, "any offset"},
      {bytes_at(Direction::kUp, 1, 0, "\n"), true, "a line feed"},
      {bytes_at(Direction::kUp, 1, 1, std::string("\0\xff", 2)), true, "zero and 255"},
      {bytes_at(Direction::kUp, 0, 0, "a.c", std::string("\xff\0\xff", 3)), true, "a wildcard"},
      {bytes_at(Direction::kUp, 0, 3, "de..", std::string("\xff\xff\0\0", 4)), false,
       "a wildcard wants a byte"},
      {bytes_at(Direction::kUp, 1, 0, "..\xff", std::string("\0\0\xff", 3)), true, "wildcards take any byte"},
      {bytes_at(Direction::kUp, 0, 0, "[a-z]"), false, "no expression"},
      {bytes_at(Direction::kUp, {}, {}, ".*"), false, "no expression"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(matches({one.condition}, session), one.holds) << one.why;
  }
}

TEST(PatternMatcher, AllAndAnyNest) {
  const Condition ssh = bytes_at(Direction::kUp, 0, 0, "SSH-");
  const Condition vnc = bytes_at(Direction::kDown, 0, 0, "RFB ");
  const Session session = ssh_session(1);
  EXPECT_TRUE(matches({list_of(On::kAny, {vnc, ssh})}, session));
  EXPECT_FALSE(matches({list_of(On::kAll, {vnc, ssh})}, session));
  EXPECT_TRUE(
      matches({list_of(On::kAny, {list_of(On::kAll, {vnc, ssh}), list_of(On::kAll, {ssh, ssh})})}, session));
  EXPECT_FALSE(matches({list_of(On::kAny, {list_of(On::kAll, {vnc, ssh}), vnc})}, session));
  EXPECT_FALSE(matches({ssh, list_of(On::kAny, {vnc})}, session));
}

TEST(PatternMatcher, OneScratchServesManySessions) {
  const Matcher matcher = matcher_of({pattern_of("x", {bytes_at(Direction::kUp, 0, 0, "SSH-")})});
  Matcher::Scratch scratch = matcher.scratch();
  std::vector<std::size_t> matched;
  Session other = ssh_session(1);
  other.message_bytes[0] = 'X';
  for (int i = 0; i < 3; ++i) {
    matcher.match(ssh_session(1), scratch, matched);
    EXPECT_THAT(matched, ElementsAre(0));
    matcher.match(other, scratch, matched);
    EXPECT_THAT(matched, IsEmpty());
  }
}

TEST(PatternMatcher, ScratchesWorkSideBySide) {
  const Matcher matcher = matcher_of({pattern_of("x", {bytes_at(Direction::kUp, {}, {}, "OpenSSH")})});
  std::vector<std::thread> threads;
  std::array<int, 4> hits{};
  for (int& count : hits) {
    threads.emplace_back([&] {
      Matcher::Scratch scratch = matcher.scratch();
      std::vector<std::size_t> matched;
      for (unsigned i = 0; i < 200; ++i) {
        matcher.match(i % 2 == 0 ? ssh_session(i) : browser_session(i), scratch, matched);
        count += static_cast<int>(matched.size());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(hits, ElementsAre(100, 100, 100, 100));
}

TEST(PatternMatcher, MovesWithItsPatterns) {
  Matcher first = matcher_of({pattern_of("x", {bytes_at(Direction::kUp, 0, 0, "SSH-")})});
  Matcher second = std::move(first);
  EXPECT_THAT(match(second, ssh_session(1)), ElementsAre(0));
  EXPECT_EQ(second.patterns()[0].id, "x");
}

TEST(PatternMatcher, OnceMatchedAGrowingSessionStaysMatched) {
  const Matcher matcher = matcher_of(
      {pattern_of("x", {condition(On::kKind, "connect"), condition(On::kInner, "ssh"),
                        bytes_at(Direction::kUp, 0, 0, "SSH-"), length_of(Direction::kUp, 36, 3)})});
  const Session whole = ssh_session(1);
  Session growing = whole;
  growing.messages.clear();
  growing.lengths.clear();
  bool has_matched = false;
  for (const session::MessageStart& message : whole.messages) {
    growing.messages.push_back(message);
    const bool is_matched = !match(matcher, growing).empty();
    EXPECT_TRUE(is_matched || !has_matched);
    has_matched = is_matched;
  }
  EXPECT_TRUE(has_matched);
}

TEST(PatternMatcher, ExplainsOnlyWhatHolds) {
  const Matcher matcher = matcher_of({pattern_of(
      "x", {condition(On::kKind, "connect"), list_of(On::kAny, {bytes_at(Direction::kDown, 0, 0, "RFB "),
                                                                bytes_at(Direction::kUp, 0, 0, "SSH-")})})});
  EXPECT_THAT(matcher.explain(0, ssh_session(1)),
              ElementsAre("the kind is \"connect\"", "message 0 from the client has \"SSH-\" at offset 0"));
}

TEST(PatternMatcher, RefusesMorePatternsThanItsLimit) {
  const std::vector<Pattern> many(kPatterns + 1, pattern_of("x", {condition(On::kKind, "ssl")}));
  const Result<Matcher> matcher = Matcher::make(many);
  ASSERT_FALSE(matcher);
  EXPECT_EQ(matcher.error().code, ErrorCode::kLimit);
}

// Few letters and short messages, so that much of it matches.
class RandomCases {
 public:
  explicit RandomCases(unsigned seed) : random_(seed) {}

  Session session() {
    Session session;
    session.kind = static_cast<session::Kind>(number(session::kKinds));
    session.inner = number(2) == 0 ? protocol::Inner::kSsh : protocol::Inner::kUnknown;
    session.ja4 = letters(1);
    session.destination = letters(1);
    session.status = {200};
    const unsigned count = number(8);
    for (unsigned i = 0; i < count; ++i) add_message(session, direction(), letters(number(6)));
    return session;
  }

  Condition any_condition(unsigned depth) {
    switch (number(depth == 0 ? 6 : 8)) {
      case 0:
        return condition(On::kKind,
                         std::string(session::name_of(static_cast<session::Kind>(number(session::kKinds)))));
      case 1:
        return condition(On::kJa4, letters(1));
      case 2:
        return condition(On::kDestination, number(2) == 0 ? letters(1) : "*");
      case 3:
        return length_of(direction(), number(5), 1 + number(2));
      case 6:
      case 7:
        return list_of(number(2) == 0 ? On::kAll : On::kAny,
                       {any_condition(depth - 1), any_condition(depth - 1)});
      default:
        return bytes();
    }
  }

 private:
  unsigned number(std::size_t below) {
    return std::uniform_int_distribution<unsigned>(0, static_cast<unsigned>(below) - 1)(random_);
  }
  Direction direction() { return number(2) == 0 ? Direction::kUp : Direction::kDown; }

  std::string letters(std::size_t size) {
    constexpr std::string_view kLetters("ab\0\n.\\", 6);
    std::string text;
    while (text.size() < size) text += kLetters[number(kLetters.size())];
    return text;
  }

  Condition bytes() {
    const std::string text = letters(1 + number(3));
    std::string mask(text.size(), '\xff');
    if (number(2) == 0) mask[number(mask.size())] = '\0';
    std::optional<std::uint32_t> message, offset;
    if (number(2) == 0) message = number(4);
    if (number(2) == 0) offset = number(4);
    return bytes_at(direction(), message, offset, text, mask);
  }

  std::mt19937 random_;
};

TEST(PatternMatcher, AgreesWithALiteralComparison) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    RandomCases cases(seed);
    std::vector<Pattern> patterns;
    for (int i = 0; i < 30; ++i) {
      patterns.push_back(
          pattern_of("p" + std::to_string(i), {cases.any_condition(2), cases.any_condition(1)}));
    }
    const Matcher matcher = matcher_of(patterns);
    for (int i = 0; i < 50; ++i) {
      const Session session = cases.session();
      std::vector<std::size_t> expected;
      for (std::size_t p = 0; p < patterns.size(); ++p) {
        if (testing::holds_literally(patterns[p].condition, session, detail::holds_plain))
          expected.push_back(p);
      }
      EXPECT_EQ(match(matcher, session), expected) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace mogura::pattern
