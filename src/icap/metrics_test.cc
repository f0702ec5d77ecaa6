#include "icap/metrics.h"

#include <gtest/gtest.h>

#include <regex>

#include "service/testing/exposition_test.h"

namespace mogura::icap {
namespace {

TEST(IcapMetrics, AddUpAllLoops) {
  Counters one, other;
  one.requests.add(3);
  other.requests.add(4);
  one.connections_open.add(2);
  other.partial.add(5);
  one.passed[static_cast<std::size_t>(Passed::kUnpaired)].add(6);
  other.inserted.add(7);
  one.verdicts[static_cast<std::size_t>(challenge::Verdict::kNoJar)].add(8);
  const auto exposition = service::parse_exposition(metrics_text(
      {.loops = {&one, &other}, .mode = "block", .waiting = 9, .lost_sessions = 10, .lost_events = 11}));
  const auto& samples = exposition.samples;
  EXPECT_EQ(samples.at("mogura_icap_requests_total"), 7);
  EXPECT_EQ(samples.at("mogura_icap_connections"), 2);
  EXPECT_EQ(samples.at("mogura_icap_answers_total{kind=\"partial\"}"), 5);
  EXPECT_EQ(samples.at("mogura_icap_answers_total{kind=\"blocked\"}"), 0);
  EXPECT_EQ(samples.at("mogura_icap_passed_total{reason=\"unpaired\"}"), 6);
  EXPECT_EQ(samples.at("mogura_icap_challenge_cookies_inserted_total"), 7);
  EXPECT_EQ(samples.at("mogura_icap_verdicts_total{verdict=\"no-jar\"}"), 8);
  EXPECT_EQ(samples.at("mogura_icap_requests_waiting"), 9);
  EXPECT_EQ(samples.at("mogura_icap_database_lost_total{what=\"sessions\"}"), 10);
  EXPECT_EQ(samples.at("mogura_icap_database_lost_total{what=\"events\"}"), 11);
  EXPECT_EQ(samples.at("mogura_icap_challenge_info{mode=\"block\"}"), 1);
}

// What promtool check metrics complains about.
TEST(IcapMetrics, AreNamedAsPrometheusWantsIt) {
  const Counters loop;
  const auto exposition = service::parse_exposition(metrics_text({.loops = {&loop}}));
  const std::regex is_name("mogura_icap_[a-z]+(_[a-z]+)*");
  for (const auto& [name, type] : exposition.types) {
    EXPECT_TRUE(std::regex_match(name, is_name)) << name;
    EXPECT_EQ(name.ends_with("_total"), type == "counter") << name;
    EXPECT_FALSE(exposition.helps.at(name).empty()) << name;
  }
  EXPECT_FALSE(exposition.types.contains("mogura_icap_store_up")) << "there is no store";
}

}  // namespace
}  // namespace mogura::icap
