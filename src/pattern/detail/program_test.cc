#include "pattern/detail/program.h"

#include <gtest/gtest.h>

#include "pattern/testing/sessions.h"

namespace mogura::pattern::detail {
namespace {

using On = Condition::On;
using session::Direction;
using testing::bytes_at;
using testing::condition;
using testing::list_of;
using testing::pattern_of;
using testing::ssh_session;

TEST(PatternProgram, WhatIsPossibleTakesBytesForGranted) {
  const std::vector<Pattern> patterns = {
      pattern_of("a", {condition(On::kKind, "connect"), bytes_at(Direction::kUp, 0, 0, "nowhere")}),
      pattern_of("b", {condition(On::kKind, "ssl"), bytes_at(Direction::kUp, 0, 0, "SSH")}),
      pattern_of("c", {list_of(On::kAny, {condition(On::kKind, "ssl"), condition(On::kInner, "ssh")})})};
  const Program program(patterns);
  EXPECT_TRUE(program.is_possible(0, ssh_session(1)));
  EXPECT_FALSE(program.is_possible(1, ssh_session(1)));
  EXPECT_TRUE(program.is_possible(2, ssh_session(1)));
}

TEST(PatternProgram, KnowsWhichMessagesAPatternNeeds) {
  const std::vector<Pattern> patterns = {
      pattern_of("a", {condition(On::kKind, "connect")}),
      pattern_of("b", {list_of(On::kAny, {bytes_at(Direction::kUp, 3, 0, "x"),
                                          bytes_at(Direction::kDown, 1, 0, "x")})})};
  const Program program(patterns);
  EXPECT_EQ(program.bytes().size(), 2u);
  EXPECT_TRUE(program.wanted(0).empty());
  EXPECT_TRUE(program.wanted(1).has(Direction::kUp, 3));
  EXPECT_TRUE(program.wanted(1).has(Direction::kDown, 1));
  EXPECT_FALSE(program.wanted(1).has(Direction::kUp, 1));
}

TEST(PatternProgram, MatchesByWhatAScanFound) {
  const std::vector<Pattern> patterns = {
      pattern_of("a", {condition(On::kKind, "connect"), bytes_at(Direction::kUp, 0, 0, "SSH")}),
      pattern_of("b", {list_of(On::kAny, {bytes_at(Direction::kUp, 0, 0, "RFB"),
                                          bytes_at(Direction::kUp, 0, 3, "-2.0")})}),
      pattern_of("c", {bytes_at(Direction::kUp, 0, 0, "RFB")})};
  const Program program(patterns);
  const Result<ByteScan> scan = ByteScan::make(program.bytes());
  ByteScan::Scratch scratch = scan->scratch();
  WantedMessages wanted;
  for (std::uint32_t i = 0; i < 3; ++i) wanted.add(program.wanted(i));
  scan->scan(ssh_session(1), wanted, scratch);
  EXPECT_TRUE(program.matches(0, ssh_session(1), scratch));
  EXPECT_TRUE(program.matches(1, ssh_session(1), scratch));
  EXPECT_FALSE(program.matches(2, ssh_session(1), scratch));
}

}  // namespace
}  // namespace mogura::pattern::detail
