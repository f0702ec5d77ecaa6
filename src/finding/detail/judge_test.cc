#include "finding/detail/judge.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "finding/detail/sessions_for_test.h"
#include "finding/detail/weights.h"

namespace mogura::finding::detail {
namespace {

using protocol::Inner;
using testing::facts_of;
using testing::ssl;
using testing::tunnel;

Finding judged(const std::vector<session::Session>& sessions) {
  population::Population population;
  for (const session::Session& session : sessions) population.add(session);
  const OrdinaryConversations ordinary;
  const HelloPlaces places;
  return judge(facts_of(sessions), {population, ordinary, places, identity::Catalogue::bundled(), nullptr},
               {});
}

TEST(Judge, NamesTheApplicationAndWhatToDoNext) {
  const Finding finding = judged({tunnel("edge.example.org:443", Inner::kSsh)});
  EXPECT_EQ(finding.application.cls, identity::Class::kRemoteAccess);
  EXPECT_FALSE(finding.question.search.empty());
  EXPECT_NE(finding.question.ask.find("edge.example.org"), std::string::npos);
}

TEST(Judge, ScoresAnOrdinaryVisitLow) {
  EXPECT_LT(judged({ssl("www.example.org:443", 1, 0,
                        "Mozilla/5.0 (X11; rv:126.0) Gecko/20100101 Firefox/126.0", "1301-1303")})
                .score,
            0.3);
}

TEST(Judge, SkipsServicesOfManyClients) {
  std::vector<session::Session> sessions;
  for (std::uint32_t client = 0; client < 65; ++client) {
    sessions.push_back(ssl("www.example.org:443", client, 0, "x", "1301"));
  }
  EXPECT_FALSE(is_worth_judging(facts_of(sessions)));
  sessions.pop_back();
  EXPECT_TRUE(is_worth_judging(facts_of(sessions)));
  sessions.assign(65, tunnel("www.example.org:443", Inner::kSsh));
  EXPECT_TRUE(is_worth_judging(facts_of(sessions)));
}

// The guide must say what the program does.
TEST(Weights, AreThoseOfTheGuide) {
  std::ifstream file(MOGURA_SOURCE_DIR "/docs/guides/scores.md");
  std::stringstream text;
  text << file.rdbuf();
  const std::string guide = text.str();
  const struct {
    const char* code;
    double weight;
  } rows[] = {
      {"connect-not-tls", weights::kConnectNotTls},
      {"inner-protocol", weights::kAccess},
      {"connect-anomaly", weights::kAnomaly},
      {"protocol-in-websocket", weights::kHidden},
      {"protocol-on-web-port", weights::kHidden},
      {"registered-pattern", weights::kRegisteredPattern},
      {"exclusive-program", weights::kExclusiveProgram},
      {"rare-cipher-list", weights::kRareCipherList},
      {"hello-not-of-claimed-browser", weights::kForeignHello},
      {"hello-of-a-browser", weights::kBorrowedHello},
      {"target-sni-mismatch", weights::kTargetMismatch},
      {"long-conversation", weights::kLongConversation},
      {"interactive", weights::kInteractive},
      {"tls-in-tls", weights::kTlsInTls},
      {"long-body", weights::kLongBody},
      {"bare-tls", weights::kBareTls},
      {"heartbeat", weights::kHeartbeat},
      {"no-referer", weights::kNoReferer},
      {"known-application", weights::kSuspiciousApplication},
  };
  for (const auto& row : rows) {
    const std::string weight = "+" + std::to_string(row.weight).substr(0, 4);
    const std::string begin = "| `" + std::string(row.code) + "` | " + weight + " |";
    EXPECT_NE(guide.find(begin), std::string::npos) << begin;
  }
}

}  // namespace
}  // namespace mogura::finding::detail
