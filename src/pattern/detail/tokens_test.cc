#include "pattern/detail/tokens.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "pattern/detail/text_escape.h"
#include "pattern/testing/sessions.h"

namespace mogura::pattern::detail {
namespace {

using session::Direction;
using session::Session;
using testing::add_message;
using testing::noise;

std::vector<std::string> tokens_of(const std::vector<Session>& sessions, std::uint32_t min_repeats = 5) {
  std::vector<const Session*> pointers;
  for (const Session& session : sessions) pointers.push_back(&session);
  std::vector<std::string> texts;
  for (const BytesCondition& token : find_tokens(pointers, min_repeats)) {
    texts.push_back((token.direction == Direction::kUp ? "up " : "down ") +
                    (token.message ? std::to_string(*token.message) : "any") + "+" +
                    std::to_string(*token.offset) + " " + hex_of(token));
  }
  return texts;
}

bool has(const std::vector<std::string>& tokens, const std::string& token) {
  return std::find(tokens.begin(), tokens.end(), token) != tokens.end();
}

TEST(RequiredSupport, IsAllOrNineInTen) {
  EXPECT_EQ(required_support(1), 1u);
  EXPECT_EQ(required_support(9), 9u);
  EXPECT_EQ(required_support(10), 9u);
  EXPECT_EQ(required_support(100), 90u);
}

TEST(FindTokens, KeepsWhatIsTheSameInAllSessions) {
  std::vector<Session> sessions(3);
  for (unsigned i = 0; i < 3; ++i) {
    // Fixed, two bytes that vary, fixed; then something random.
    add_message(sessions[i], Direction::kUp, "\x01\x02" + noise(i, 2) + "\x03\x04" + noise(i + 9, 20));
  }
  const std::vector<std::string> tokens = tokens_of(sessions);
  EXPECT_TRUE(has(tokens, "up 0+0 0102????0304")) << tokens.size();
  EXPECT_EQ(tokens.size(), 1u);
}

TEST(FindTokens, SupportIsCountedInSessions) {
  std::vector<Session> sessions(10);
  for (unsigned i = 0; i < 10; ++i)
    add_message(sessions[i], Direction::kUp, i == 0 ? "other thing" : "same words");
  EXPECT_TRUE(has(tokens_of(sessions), "up 0+0 73616d6520776f726473")) << "nine of ten are enough";
  sessions[1] = sessions[0];
  EXPECT_FALSE(has(tokens_of(sessions), "up 0+0 73616d6520776f726473")) << "eight are not";
}

TEST(FindTokens, OfASingleSessionOnlyWhatIsReadableOrRepeats) {
  std::vector<Session> sessions(1);
  add_message(sessions[0], Direction::kUp, "\x91\x02\x83" + std::string("hello world") + noise(4, 30));
  add_message(sessions[0], Direction::kDown, "\x10\x91" + std::string(4, '\0') + noise(5, 20));
  const std::vector<std::string> tokens = tokens_of(sessions);
  EXPECT_TRUE(has(tokens, "up 0+3 68656c6c6f20776f726c64"));
  EXPECT_TRUE(has(tokens, "down 0+2 00000000"));
  EXPECT_EQ(tokens.size(), 2u);
}

TEST(FindTokens, OfASingleSessionAnIdentifierThatRepeatsIsNotLearned) {
  std::vector<Session> sessions(1);
  const std::string id = "\x77\x65\x10\x38\x87\x79\xe2\x17";
  for (unsigned i = 0; i < 8; ++i) {
    add_message(sessions[0], Direction::kUp, std::string("\x48\x00\x00\x00", 4) + id + noise(i, 12));
  }
  const std::vector<std::string> tokens = tokens_of(sessions);
  EXPECT_TRUE(has(tokens, "up any+0 48000000"));
  for (const std::string& token : tokens) EXPECT_EQ(token.find("8779e2"), std::string::npos) << token;
}

TEST(FindTokens, ContinuationsOfFullSegmentsAreLeftOut) {
  std::vector<Session> sessions(2);
  for (Session& session : sessions) {
    add_message(session, Direction::kUp, "first message", 1448);
    add_message(session, Direction::kUp, "the rest of it", 200);
    add_message(session, Direction::kUp, "next message", 12);
  }
  const std::vector<std::string> tokens = tokens_of(sessions);
  EXPECT_TRUE(has(tokens, "up 0+0 6669727374206d657373616765"));
  EXPECT_TRUE(has(tokens, "up any+0 6e657874206d657373616765")) << "its number depends on the network";
  EXPECT_EQ(tokens.size(), 2u);
}

TEST(FindTokens, WithoutSessionsOrMessagesThereAreNone) {
  EXPECT_TRUE(tokens_of({}).empty());
  EXPECT_TRUE(tokens_of({Session{}, Session{}}).empty());
}

}  // namespace
}  // namespace mogura::pattern::detail
