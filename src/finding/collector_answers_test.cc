// What sessions say and what was answered, together; and the worked example of docs/guides/scores.md.

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "finding/collector.h"
#include "finding/detail/sessions_for_test.h"

namespace mogura::finding {
namespace {

using protocol::Inner;
using session::Kind;
using session::Session;

constexpr const char* kPlace = "assets.sarnia-cdn.net:80";
constexpr const char* kClaim = "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)";

Session visit(std::string destination, std::uint32_t client, int start_s, std::string agent) {
  Session session = testing::tunnel(std::move(destination), Inner::kNone, client, start_s);
  session.kind = Kind::kGetPost;
  session.methods = {{"GET", 1}};
  session.end = session.start + std::chrono::milliseconds(80);
  session.user_agent = std::move(agent);
  session.user_agent_seen = true;
  session.http.requests = 1;
  return session;
}

// Thirty people at five sites, with the same browser.
std::vector<Session> office() {
  std::vector<Session> sessions;
  for (std::uint32_t client = 1; client <= 30; ++client) {
    for (int site = 0; site < 5; ++site) {
      sessions.push_back(visit("site" + std::to_string(site) + ".example:80", client,
                               static_cast<int>(client) * 977 % 3600 + site * 7, "Mozilla/5.0 Chrome/156"));
      sessions.back().http.with_referer = 1;
    }
  }
  return sessions;
}

// About every quarter of an hour.
std::vector<Session> beacon() {
  std::vector<Session> sessions;
  for (int i = 0; i < 9; ++i) sessions.push_back(visit(kPlace, 9, 900 * i + i * i * 37 % 260, kClaim));
  return sessions;
}

Answer no_jar(std::string client, std::string host) {
  return {.time = Timestamp(std::chrono::seconds(120)),
          .client = std::move(client),
          .user_agent = kClaim,
          .host = std::move(host),
          .verdict = Evidence{"no-jar", "it has never come back", 0.8, {}, {}},
          .noticed = {{"regular-requests", "every 15 min", 0.2, {}, {}},
                      {"header-order-of-another-program", "the order of libcurl", 0.2, {}, {}}}};
}

std::vector<Finding> findings_of(const std::vector<Session>& sessions, const Answers& answers) {
  Collector collector;
  population::Population population;
  for (const Session& session : sessions) {
    collector.add(session);
    population.add(session);
  }
  return collector.findings(
      {.population = population, .catalogue = identity::Catalogue::bundled(), .answers = &answers});
}

std::vector<Session> whole_day() {
  std::vector<Session> sessions = office();
  for (const Session& session : beacon()) sessions.push_back(session);
  return sessions;
}

TEST(CollectorAnswers, AreEvidenceOfTheFindingOfTheirHost) {
  const std::vector<Finding> without = findings_of(whole_day(), {});
  ASSERT_EQ(without.size(), 1u);
  Answers answers;
  answers.add(no_jar("10.0.0.9", "assets.sarnia-cdn.net"));
  const std::vector<Finding> with = findings_of(whole_day(), answers);
  ASSERT_EQ(with.size(), 1u);
  EXPECT_EQ(with[0].finding_id, without[0].finding_id);
  EXPECT_GT(with[0].score, without[0].score);
  EXPECT_EQ(with[0].sessions, 9u);
}

TEST(CollectorAnswers, AreAFindingByThemselves) {
  Answers answers;
  answers.add(no_jar("10.0.0.3", "site1.example"));
  answers.add(no_jar("10.0.0.4", "never.seen.example"));
  Answer poor = no_jar("10.0.0.5", "site2.example");
  poor.verdict->weight = 0.3;
  poor.noticed.clear();
  answers.add(poor);
  const std::vector<Finding> findings = findings_of(office(), answers);
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].destination, "never.seen.example");
  EXPECT_EQ(findings[1].destination, "site1.example:80");
  EXPECT_EQ(findings[1].clients, std::vector<std::string>{"10.0.0.3"});
}

// A host of several services: the one that is a finding takes it, and only that one.
TEST(CollectorAnswers, GoToOneFinding) {
  std::vector<Session> sessions = office();
  sessions.push_back(testing::tunnel("site1.example:443", Inner::kSsh, 3));
  Answers answers;
  answers.add(no_jar("10.0.0.3", "site1.example"));
  const std::vector<Finding> findings = findings_of(sessions, answers);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].destination, "site1.example:443");
  EXPECT_EQ(findings[0].score, 1.0);
}

TEST(CollectorAnswers, AreSanctionedWithTheService) {
  Answers answers;
  answers.add(no_jar("10.0.0.3", "site1.example"));
  Collector collector;
  const population::Population population;
  const auto allow = AllowList::parse("format = 1\n[[allow]]\nhost = \"site1.example\"\n", "allow.toml");
  ASSERT_TRUE(allow);
  const std::vector<Finding> findings = collector.findings({.population = population,
                                                            .catalogue = identity::Catalogue::bundled(),
                                                            .allow = &*allow,
                                                            .answers = &answers});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].status, Status::kSanctioned);
  EXPECT_EQ(findings[0].score, 0);
}

std::string signed_hundredths(double weight) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%+.2f", weight);
  return text.data();
}

TEST(ScoresGuide, TheExampleWithAnswersIsWhatComesOut) {
  Answers answers;
  answers.add(no_jar("10.0.0.9", "assets.sarnia-cdn.net"));
  const std::vector<Finding> findings = findings_of(whole_day(), answers);
  ASSERT_EQ(findings.size(), 1u);
  std::ifstream file(MOGURA_SOURCE_DIR "/docs/guides/scores.md");
  std::stringstream text;
  text << file.rdbuf();
  const std::string guide = text.str();
  const std::size_t begin = guide.find("### With what was answered");
  ASSERT_NE(begin, std::string::npos);
  const std::string example = guide.substr(begin, guide.find("\n## ", begin) - begin);
  double sum = 0;
  for (const Evidence& item : findings[0].evidence) {
    const std::size_t row = example.find("\n| `" + item.code + "`");
    ASSERT_NE(row, std::string::npos)
        << item.code << ' ' << signed_hundredths(item.weight) << ' ' << item.text;
    const std::string line = example.substr(row + 1, example.find('\n', row + 1) - row - 1);
    EXPECT_TRUE(line.ends_with("| " + signed_hundredths(item.weight) + " |")) << line << item.weight;
    sum += item.weight;
  }
  EXPECT_NE(example.find("the sum is " + signed_hundredths(sum).substr(1)), std::string::npos) << sum;
  EXPECT_NE(example.find("| **" + signed_hundredths(findings[0].score).substr(1) + ", high** |"),
            std::string::npos);
}

}  // namespace
}  // namespace mogura::finding
