#include "finding/detail/answer_rule.h"

#include <gtest/gtest.h>

#include "finding/detail/sessions_for_test.h"

namespace mogura::finding::detail {
namespace {

using testing::facts_of;

AnsweringProgram program(std::string client, double verdict, EvidenceList noticed = {}) {
  AnsweringProgram made{.client = std::move(client), .user_agent = "Mozilla/5.0"};
  if (verdict > 0) made.verdict = Evidence{"no-jar", "none came back", verdict, {}, {}};
  made.noticed = std::move(noticed);
  return made;
}

Evidence weighing(std::string code, double weight) {
  return {std::move(code), "a sentence", weight, {}, {}};
}

double weight_of(const EvidenceList& evidence, std::string_view code) {
  double sum = 0;
  for (const Evidence& item : evidence) sum += item.code == code ? item.weight : 0;
  return sum;
}

TEST(AnswerRule, CountsTheProgramThatSaysMostAndNamesIt) {
  EvidenceList evidence;
  judge_answers({program("10.0.0.1", 0.8), program("10.0.0.2", 0.85), program("10.0.0.3", 0.1)}, evidence);
  ASSERT_EQ(evidence.size(), 1u);
  EXPECT_EQ(evidence[0].weight, 0.85);
  EXPECT_EQ(evidence[0].text, "10.0.0.2 (the heaviest of 2 programs of 2 clients): none came back");
}

TEST(AnswerRule, SaysEachThingOnce) {
  const struct {
    const char* why;
    EvidenceList sessions, noticed;
    const char* code;
    double weight;
  } rows[] = {
      {"nothing of the kind is known", {}, {weighing("regular-requests", 0.5)}, "regular-requests", 0.5},
      {"the same visits as sessions, which say more",
       {weighing("beacon", 0.5)},
       {weighing("regular-requests", 0.4)},
       "regular-requests",
       0},
      {"and less", {weighing("beacon", 0.3)}, {weighing("regular-requests", 0.4)}, "beacon", 0},
      {"a heartbeat is such a rhythm, too",
       {weighing("heartbeat", 0.5)},
       {weighing("regular-requests", 0.4)},
       "regular-requests",
       0},
      {"an excuse for a rhythm that counts",
       {},
       {weighing("regular-requests", 0.5), weighing("declared-program", -0.2)},
       "declared-program",
       -0.2},
      {"it was excused already",
       {weighing("declared-program", -0.2)},
       {weighing("regular-requests", 0.5), weighing("declared-program", -0.2)},
       "declared-program",
       -0.2},
      {"there is nothing to be excused",
       {weighing("beacon", 0.5)},
       {weighing("regular-requests", 0.4), weighing("declared-program", -0.2)},
       "declared-program",
       0},
      {"contradictions have one limit, of 0.40: there is room for some",
       {weighing("hello-of-a-browser", 0.3)},
       {weighing("header-order-of-another-program", 0.35)},
       "header-order-of-another-program",
       0.1},
      {"and for none",
       {weighing("hello-of-a-browser", 0.35), weighing("no-alpn", 0.05)},
       {weighing("header-order-of-another-program", 0.35)},
       "header-order-of-another-program",
       0},
      {"cookies have one of 0.30",
       {},
       {weighing("cookie-from-nowhere", 0.25), weighing("cookie-at-first-contact", 0.15)},
       "cookie-from-nowhere",
       0.18},
  };
  for (const auto& row : rows) {
    EvidenceList evidence = row.sessions;
    judge_answers({program("10.0.0.1", 0, row.noticed)}, evidence);
    EXPECT_NEAR(weight_of(evidence, row.code), row.weight, 1e-9) << row.why;
  }
}

TEST(AnswerRule, AnOrdinaryNameExcusesNothingThatIsFoundOut) {
  const EvidenceList named = {weighing("beacon", 0.5), weighing("ordinary-application", -0.25)};
  EvidenceList accused = named, poor = named;
  judge_answers({program("10.0.0.1", 0.8)}, accused);
  judge_answers({program("10.0.0.1", 0.1)}, poor);
  EXPECT_EQ(weight_of(accused, "ordinary-application"), 0);
  EXPECT_EQ(weight_of(poor, "ordinary-application"), -0.25);
}

Finding known_finding(std::vector<std::string> user_agents) {
  Finding finding;
  finding.destination = "c2.example:80";
  finding.clients = {"10.0.0.1"};
  finding.user_agents_count = user_agents.size();
  finding.user_agents = std::move(user_agents);
  finding.evidence = {weighing("beacon", 0.4)};
  settle(finding);
  return finding;
}

TEST(AnswerRule, AddsToAFindingAndAsksThen) {
  Finding finding = known_finding({"Mozilla/5.0", "updater/1"});
  add_answers({program("10.0.0.1", 0.5)}, finding);
  EXPECT_EQ(finding.score, 0.9);
  EXPECT_EQ(finding.evidence.front().code, "no-jar");
  EXPECT_NE(finding.question.ask.find("c2.example"), std::string::npos);
}

TEST(AnswerRule, WhatAccusesNobodyCountsOnlyOfTheOneProgramThatIsThere) {
  const struct {
    const char* why;
    std::vector<std::string> user_agents;
    double score;
  } rows[] = {
      {"it is", {"Mozilla/5.0"}, 0.5},
      {"another is", {"updater/1"}, 0.4},
      {"two are", {"Mozilla/5.0", "updater/1"}, 0.4},
      {"one without a name is", {}, 0.4},
  };
  for (const auto& row : rows) {
    Finding finding = known_finding(row.user_agents);
    add_answers({program("10.0.0.1", 0.1)}, finding);
    EXPECT_EQ(finding.score, row.score) << row.why;
  }
}

class WithoutAFinding : public ::testing::Test {
 protected:
  Finding finding_with(const std::vector<session::Session>& sessions) {
    for (const session::Session& session : sessions) population_.add(session);
    std::vector<ServiceFacts> facts;
    if (!sessions.empty()) facts.push_back(facts_of(sessions));
    std::vector<const ServiceFacts*> services;
    for (const ServiceFacts& each : facts) services.push_back(&each);
    return finding_of("www.example.org", {program("10.0.0.1", 0.8), program("10.0.0.2", 0.1)}, services,
                      {population_, ordinary_, places_, identity::Catalogue::bundled(), nullptr});
  }

  population::Population population_;
  OrdinaryConversations ordinary_;
  HelloPlaces places_;
};

TEST_F(WithoutAFinding, ItIsOfTheAnswersWhereNothingElseIsKnown) {
  const Finding finding = finding_with({});
  EXPECT_EQ(finding.destination, "www.example.org");
  EXPECT_EQ(finding.kind, "get-post");
  EXPECT_EQ(finding.finding_id, finding_id_of("get-post", "www.example.org"));
  EXPECT_EQ(finding.score, 0.8);
  EXPECT_TRUE(finding.is_of_answers);
  EXPECT_EQ(finding.clients, std::vector<std::string>{"10.0.0.1"});
  EXPECT_EQ(finding.clients_count, 1u);
  EXPECT_FALSE(finding.question.search.empty());
}

TEST_F(WithoutAFinding, ItIsOfTheServiceAndNamesOnlyWhoAnsweredSo) {
  std::vector<session::Session> sessions;
  for (std::uint32_t client = 1; client <= 30; ++client) {
    sessions.push_back(testing::ssl("www.example.org:443", client, 0, "Mozilla/5.0", "1301"));
  }
  const Finding finding = finding_with(sessions);
  EXPECT_EQ(finding.finding_id, finding_id_of("ssl", "www.example.org:443"));
  EXPECT_EQ(finding.clients, std::vector<std::string>{"10.0.0.1"});
  EXPECT_EQ(finding.user_agents, std::vector<std::string>{"Mozilla/5.0"});
  EXPECT_EQ(finding.sessions, 30u);
  EXPECT_GE(finding.score, 0.8) << "what others do there does not excuse it";
}

}  // namespace
}  // namespace mogura::finding::detail
