#include "pattern/detail/pattern_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pattern/testing/sessions.h"

namespace mogura::pattern::detail {
namespace {

using On = Condition::On;
using testing::browser_session;
using testing::condition;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::list_of;
using testing::pattern_of;
using testing::ssh_session;
using ::testing::UnorderedElementsAre;

std::vector<std::uint32_t> found(const std::vector<Pattern>& patterns, const session::Session& session) {
  std::vector<std::uint32_t> candidates = {77};
  PatternIndex(patterns).find(session, candidates);
  return candidates;
}

TEST(PatternIndex, FindsByKindAndInnerProtocol) {
  const std::vector<Pattern> patterns = {
      pattern_of("a", {condition(On::kKind, "connect")}), pattern_of("b", {condition(On::kInner, "ssh")}),
      pattern_of("c", {condition(On::kInner, "openvpn")}),
      pattern_of("d", {condition(On::kKind, "get-post")}), pattern_of("e", {condition(On::kNoUserAgent)})};
  EXPECT_THAT(found(patterns, ssh_session(1)), UnorderedElementsAre(0, 1, 4));
  EXPECT_THAT(found(patterns, browser_session(1)), UnorderedElementsAre(3, 4));
}

TEST(PatternIndex, FindsByExactTextAlone) {
  const std::vector<Pattern> patterns = {
      pattern_of("a", {condition(On::kKind, "connect"), condition(On::kDestination, "host1.example:443")}),
      pattern_of("b", {condition(On::kKind, "connect"), condition(On::kDestination, "host2.example:443")}),
      pattern_of("c", {condition(On::kDestination, "host*")}), pattern_of("d", {condition(On::kJa4, "t13")}),
      pattern_of("e", {condition(On::kUserAgent, "")})};
  EXPECT_THAT(found(patterns, ssh_session(1)), UnorderedElementsAre(0, 2, 4));
  session::Session session = ssh_session(3);
  session.ja4 = "t13";
  EXPECT_THAT(found(patterns, session), UnorderedElementsAre(2, 3, 4));
}

TEST(PatternIndex, WhatIsInAnAnyIsNotRequired) {
  const std::vector<Pattern> patterns = {pattern_of(
      "a", {list_of(On::kAny, {condition(On::kDestination, "elsewhere:1"), condition(On::kInner, "ssh")})})};
  EXPECT_THAT(found(patterns, ssh_session(1)), ElementsAre(0));
  const std::vector<Pattern> only_one = {
      pattern_of("a", {list_of(On::kAny, {condition(On::kDestination, "elsewhere:1")})})};
  EXPECT_THAT(found(only_one, ssh_session(1)), IsEmpty());
}

TEST(PatternIndex, ContradictionsAreFoundByNobody) {
  const std::vector<Pattern> patterns = {
      pattern_of("a", {condition(On::kKind, "connect"), condition(On::kKind, "ssl")})};
  EXPECT_THAT(found(patterns, ssh_session(1)), IsEmpty());
}

}  // namespace
}  // namespace mogura::pattern::detail
