#include "pattern/learner.h"

#include <gtest/gtest.h>

#include "pattern/detail/evaluate.h"
#include "pattern/matcher.h"
#include "pattern/testing/sessions.h"

namespace mogura::pattern {
namespace {

using On = Condition::On;
using session::Direction;
using session::Session;
using testing::add_message;
using testing::browser_session;
using testing::noise;
using testing::ssh_session;

std::vector<const Session*> pointers_to(const std::vector<Session>& sessions) {
  std::vector<const Session*> pointers;
  for (const Session& session : sessions) pointers.push_back(&session);
  return pointers;
}

std::vector<Session> browsers(unsigned count) {
  std::vector<Session> sessions;
  for (unsigned i = 0; i < count; ++i) sessions.push_back(browser_session(i));
  return sessions;
}

std::vector<Pattern> learn_from(const std::vector<Session>& sessions, const std::vector<Session>& ordinary) {
  return learn({"f1", sessions.empty() ? "" : sessions[0].destination, "", pointers_to(sessions)},
               pointers_to(ordinary));
}

bool has_destination(const Condition& condition) {
  if (condition.on == On::kDestination || condition.on == On::kSni) return true;
  return std::any_of(condition.parts.begin(), condition.parts.end(), has_destination);
}

// A tunnel of its own protocol.
Session own_protocol(unsigned number, std::string_view magic) {
  Session session;
  session.kind = session::Kind::kConnect;
  session.inner = protocol::Inner::kUnknown;
  session.methods = {{"CONNECT", 1}};
  session.status = {200};
  session.destination = "relay" + std::to_string(number) + ".example:443";
  add_message(session, Direction::kUp, std::string(magic) + noise(number, 24));
  add_message(session, Direction::kDown, noise(number + 77, 24));
  return session;
}

TEST(PatternLearner, LearnsWhatMatchesTheSameProgramElsewhereAndNothingOrdinary) {
  const std::vector<Session> ordinary = browsers(50);
  const std::vector<Pattern> patterns = learn_from({ssh_session(1), ssh_session(2)}, ordinary);
  ASSERT_FALSE(patterns.empty());
  for (const Pattern& pattern : patterns) {
    EXPECT_TRUE(detail::holds(pattern.condition, ssh_session(33))) << write(pattern);
    EXPECT_FALSE(has_destination(pattern.condition));
    for (const Session& session : browsers(80)) EXPECT_FALSE(detail::holds(pattern.condition, session));
    ASSERT_TRUE(pattern.rates);
    EXPECT_EQ(pattern.rates->service_sessions, 2u);
    EXPECT_EQ(pattern.rates->service_hits, 2u);
    EXPECT_EQ(pattern.rates->ordinary_sessions, 50u);
    EXPECT_EQ(pattern.rates->ordinary_hits, 0u);
  }
}

TEST(PatternLearner, OneSessionIsEnoughForAReadableProtocol) {
  const std::vector<Pattern> patterns = learn_from({ssh_session(1)}, browsers(10));
  ASSERT_FALSE(patterns.empty());
  for (const Pattern& pattern : patterns)
    EXPECT_TRUE(detail::holds(pattern.condition, ssh_session(5))) << write(pattern);
}

TEST(PatternLearner, CandidatesAreNeverLiveAndCanBeReadBack) {
  for (const Pattern& pattern : learn_from({ssh_session(1), ssh_session(2)}, browsers(10))) {
    EXPECT_TRUE(pattern.is_candidate);
    EXPECT_TRUE(pattern.date.empty());
    EXPECT_EQ(pattern.source_finding, "f1");
    const Result<Pattern> read = parse(write(pattern), pattern.id + ".toml");
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(*read, pattern);
  }
}

TEST(PatternLearner, TheMoreSpecificComeFirstAndIdsAreTheSameEachTime) {
  const std::vector<Pattern> once = learn_from({ssh_session(1), ssh_session(2)}, browsers(10));
  ASSERT_GE(once.size(), 2u);
  for (std::size_t i = 1; i < once.size(); ++i) {
    EXPECT_GE(once[i - 1].condition.parts.size(), once[i].condition.parts.size());
    EXPECT_NE(once[i - 1].id, once[i].id);
  }
  EXPECT_EQ(learn_from({ssh_session(1), ssh_session(2)}, browsers(10)), once);
  EXPECT_EQ(once[0].id.substr(0, 15), "ssh-in-connect-");
}

TEST(PatternLearner, IdsComeFromTheApplicationWithoutVersionAndBrackets) {
  const std::vector<Session> sessions = {ssh_session(1), ssh_session(2)};
  const auto id = [&](const std::string& application) {
    const std::vector<Pattern> patterns = learn({"f", "d", application, pointers_to(sessions)}, {});
    EXPECT_FALSE(patterns.empty());
    EXPECT_TRUE(is_pattern_id(patterns.at(0).id)) << patterns.at(0).id;
    return patterns.at(0).id.substr(0, patterns.at(0).id.size() - 5);
  };
  EXPECT_EQ(id("OpenSSH 9.2"), "openssh-in-connect");
  EXPECT_EQ(id("httptunnel (htc, hts)"), "httptunnel-in-connect");
  EXPECT_EQ(id("SSH in CONNECT"), "ssh-in-connect");
  EXPECT_EQ(id("../../etc/passwd"), "etc-passwd-in-connect");
  EXPECT_EQ(id("日本"), "ssh-in-connect");
  EXPECT_EQ(id(std::string(300, 'x')), std::string(32, 'x') + "-in-connect");
}

TEST(PatternLearner, AddsConditionsUntilOrdinarySessionsAreShutOut) {
  // The ordinary ones have the same magic but carry a User-Agent.
  std::vector<Session> ordinary;
  for (unsigned i = 0; i < 30; ++i) {
    ordinary.push_back(own_protocol(100 + i, "MAGIC-WORDS"));
    ordinary.back().user_agent = "browser";
    ordinary.back().user_agent_seen = true;
  }
  const std::vector<Pattern> patterns =
      learn_from({own_protocol(1, "MAGIC-WORDS"), own_protocol(2, "MAGIC-WORDS")}, ordinary);
  ASSERT_FALSE(patterns.empty());
  for (const Pattern& pattern : patterns) {
    EXPECT_EQ(pattern.rates->ordinary_hits, 0u) << write(pattern);
    EXPECT_TRUE(detail::holds(pattern.condition, own_protocol(9, "MAGIC-WORDS")));
  }
}

TEST(PatternLearner, FallsBackToTheDestinationWhereNothingElseTells) {
  std::vector<Session> sessions = {browser_session(98), browser_session(99)};
  sessions[1].destination = sessions[0].destination;
  const std::vector<Pattern> patterns = learn_from(sessions, browsers(20));
  ASSERT_EQ(patterns.size(), 1u) << write(patterns.at(0));
  EXPECT_TRUE(has_destination(patterns[0].condition));
}

TEST(PatternLearner, LearnsNothingWhereTheOrdinaryAreTheSame) {
  const std::vector<Session> ordinary = {ssh_session(1), ssh_session(2), ssh_session(3)};
  EXPECT_TRUE(learn_from({ssh_session(1), ssh_session(2)}, ordinary).empty());
}

TEST(PatternLearner, LearnsNothingFromNothing) {
  EXPECT_TRUE(learn_from({}, browsers(3)).empty());
  Session refused;  // a CONNECT that nothing followed
  refused.kind = session::Kind::kConnect;
  refused.methods = {{"CONNECT", 1}};
  refused.destination = "a.example:443";
  EXPECT_TRUE(learn_from({refused, refused}, browsers(3)).empty());
}

TEST(PatternLearner, TwoWaysOfTheSameServiceAreLearnedEach) {
  std::vector<Session> sessions;
  for (unsigned i = 0; i < 4; ++i) {
    Session session;
    session.kind = session::Kind::kGetPost;
    session.destination = "files.example:80";
    session.methods = {{i % 2 == 0 ? "POST" : "GET", 1}};
    session.http.longest_body_s[i % 2] = 40;
    add_message(session, i % 2 == 0 ? Direction::kUp : Direction::kDown,
                "\x02\x01\x02\x01" + std::string("framing"));
    sessions.push_back(session);
  }
  bool has_post = false, has_get = false;
  for (const Pattern& pattern : learn_from(sessions, browsers(20))) {
    has_post = has_post || detail::holds(pattern.condition, sessions[0]);
    has_get = has_get || detail::holds(pattern.condition, sessions[1]);
  }
  EXPECT_TRUE(has_post && has_get);
}

TEST(PatternLearner, HostileTextBecomesAValidFile) {
  Session session = ssh_session(1);
  session.user_agent = "evil\"\n]\xff\xe2\x80\xae";
  session.user_agent_seen = true;
  session.destination = "x\"\n:443";
  for (const Pattern& pattern : learn({"id\n", "x\"\n", "App\n\"", pointers_to({session, session})}, {})) {
    const Result<Pattern> read = parse(write(pattern), pattern.id + ".toml");
    ASSERT_TRUE(read) << read.error().message() << write(pattern);
    EXPECT_EQ(*read, pattern);
  }
}

}  // namespace
}  // namespace mogura::pattern
