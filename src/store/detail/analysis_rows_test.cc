#include "store/detail/analysis_rows.h"

#include <gtest/gtest.h>

#include "store/detail/scene_test.h"

namespace mogura::store::detail {
namespace {

using store::testing::finding;
using store::testing::number;
using store::testing::Scene;

TEST(AnalysisRows, AFindingsPlacesAreThoseOfItsLastAnalysis) {
  Scene scene;
  finding::Finding program = finding("a.example:443");
  program.destinations = {"a.example:443", "b.example:443"};
  program.clients = {"10.0.0.1", "10.0.0.2"};
  scene.add({program});
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM finding_destinations"), 2);
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM finding_clients"), 2);
  program.destinations.clear();
  program.clients = {"10.0.0.3"};
  scene.add({program});
  EXPECT_EQ(
      number(scene.path(), "SELECT count(*) FROM finding_destinations WHERE destination = 'a.example:443'"),
      1);
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM finding_destinations"), 1);
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM finding_clients WHERE client = '10.0.0.3'"), 1);
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM finding_clients"), 1);
}

TEST(AnalysisRows, WhatAFindingIsSearchedByIsBounded) {
  Scene scene;
  finding::Finding large = finding("a.example:443");
  for (std::size_t n = 0; n < kFindingDestinations + 10; ++n)
    large.destinations.push_back(std::to_string(n) + ".example:443");
  large.user_agents.assign(20, std::string(kWordsBytes / 4, 'U'));
  scene.add({large});
  EXPECT_LE(number(scene.path(), "SELECT length(words) FROM findings"),
            static_cast<std::int64_t>(kWordsBytes));
  EXPECT_EQ(number(scene.path(), "SELECT instr(words, 'U') FROM findings"), 0) << "in lower case";
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM finding_destinations"),
            static_cast<std::int64_t>(kFindingDestinations));
}

TEST(AnalysisRows, AllOrNothing) {
  Scene scene;
  scene.add({finding("a.example:443")});
  scene.execute(
      "CREATE TRIGGER full BEFORE INSERT ON finding_destinations WHEN new.destination = 'c.example:443'"
      " BEGIN SELECT raise(ABORT, 'full'); END");
  report::Analysis analysis;
  analysis.findings = {finding("b.example:443"), finding("c.example:443")};
  EXPECT_FALSE(scene.store().put_analysis(analysis));
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM findings WHERE is_current"), 1);
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM finding_destinations"), 1);
}

TEST(AnalysisRows, FindingsWithoutSessionsLeaveAllOthers) {
  Scene scene;
  const auto of_sessions = [](const std::string& destination) {
    finding::Finding finding = store::testing::finding(destination);
    finding.sessions = 3;
    return finding;
  };
  const auto of_answers = [](const std::string& host) {
    return store::testing::finding(host, 0.8, "get-post");
  };
  scene.add({of_sessions("known.example:80"), of_sessions("known.example.org:80")});
  ASSERT_TRUE(scene.store().put_findings_without_sessions(
      {of_answers("known.example"), of_answers("new.example"), of_answers("own.example")}));
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM findings WHERE is_current"), 4)
      << "known.example is there on a port";
  ASSERT_TRUE(scene.store().put_findings_without_sessions({of_answers("new.example")}));
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM findings WHERE is_current AND sessions = 0"), 1);
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM findings WHERE is_current AND sessions > 0"), 2);
}

}  // namespace
}  // namespace mogura::store::detail
