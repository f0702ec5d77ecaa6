#include "finding/detail/connect_not_tls.h"

#include <gtest/gtest.h>

namespace mogura::finding::detail {
namespace {

TEST(ConnectNotTls, GivesEveryProtocolAScoreAndASentence) {
  for (std::size_t i = 1; i < ConnectNotTls::kProtocols; ++i) {
    session::Session session;
    session.kind = session::Kind::kConnect;
    session.inner = static_cast<protocol::Inner>(i);
    ASSERT_TRUE(ConnectNotTls::applies_to(session));
    ConnectNotTls facts;
    facts.add(session, 16);
    const Finding finding = facts.judge("edge.example:443");
    EXPECT_GT(finding.score, 0.0) << i;
    EXPECT_LE(finding.score, 1.0) << i;
    EXPECT_FALSE(finding.evidence[0].text.empty());
  }
}

TEST(ConnectNotTls, TakesTheEarliestStartAndTheLatestEnd) {
  ConnectNotTls facts;
  session::Session session;
  for (const int start : {-5, 100, -50, 7}) {
    session.start = Timestamp(std::chrono::seconds(start));
    session.end = session.start + std::chrono::seconds(1);
    facts.add(session, 16);
  }
  EXPECT_EQ(facts.first, Timestamp(std::chrono::seconds(-50)));
  EXPECT_EQ(facts.last, Timestamp(std::chrono::seconds(101)));
}

}  // namespace
}  // namespace mogura::finding::detail
