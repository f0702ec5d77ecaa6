#include "service/metric_families.h"

#include <gtest/gtest.h>

#include "service/testing/exposition_test.h"

namespace mogura::service {
namespace {

using prometheus::MetricType;

struct Counters {
  Count requests;
  std::array<Count, challenge::kStates> states;
  std::array<Count, challenge::kReasons> reasons;
  std::array<Count, challenge::kQuestions> questions;
  std::array<Count, 7> verdicts;
};

class Store : public challenge::StateStore {
 public:
  Answer update(const challenge::StateKey&, const challenge::Input&, Later) override { return {}; }
  [[nodiscard]] challenge::StateStoreCounters counters() const override { return {1, 2, 3, 4, 5, 6, 7}; }
  [[nodiscard]] std::string last_error() const override { return error; }
  void stop() override {}

  std::string error;
};

TEST(MetricFamilies, SumLoopsIntoOneSample) {
  Counters one, other;
  one.requests.add(3);
  other.requests.add(4);
  one.states[static_cast<std::size_t>(challenge::State::kSuspicious)].add(5);
  other.reasons[static_cast<std::size_t>(challenge::Reason::kExempt)].add(6);
  const std::vector<const Counters*> loops = {&one, &other};
  constexpr PlainMetric<Counters> kPlain[] = {
      {"requests_total", MetricType::Counter, &Counters::requests, "Requests"}};
  MetricFamilies families("mogura_test_");
  families.plain<Counters>(kPlain, loops);
  families.gauge("open", "Now", 2);
  families.add_challenge("observe", loops);
  const Exposition found = parse_exposition(exposition(families.take()));
  EXPECT_EQ(found.samples.at("mogura_test_requests_total"), 7);
  EXPECT_EQ(found.types.at("mogura_test_open"), "gauge");
  EXPECT_EQ(found.samples.at("mogura_test_challenge_info{mode=\"observe\"}"), 1);
  EXPECT_EQ(found.samples.at("mogura_test_challenge_states_total{state=\"suspicious\"}"), 5);
  EXPECT_EQ(found.samples.at("mogura_test_challenge_not_judged_total{reason=\"exempt\"}"), 6);
  EXPECT_EQ(found.samples.at("mogura_test_verdicts_total{verdict=\"no-jar\"}"), 0) << "from the beginning";
}

TEST(MetricFamilies, NameModes) {
  EXPECT_EQ(mode_name(challenge::Mode::kOff), "off");
  EXPECT_EQ(mode_name(challenge::Mode::kObserve), "observe");
  EXPECT_EQ(mode_name(challenge::Mode::kBlock), "block");
}

TEST(MetricFamilies, TellWhetherTheStoreIsThere) {
  Store store;
  for (const bool is_up : {true, false}) {
    store.error = is_up ? "" : "connection refused";
    MetricFamilies families("mogura_test_");
    families.add_store(store);
    const Exposition found = parse_exposition(exposition(families.take()));
    EXPECT_EQ(found.samples.at("mogura_test_store_up"), is_up ? 1 : 0);
    EXPECT_EQ(found.samples.at("mogura_test_store_unavailable_total"), 2);
    EXPECT_EQ(found.samples.at("mogura_test_store_bytes"), 7);
  }
}

TEST(MetricFamilies, LeaveOutLogsThatAreNotThere) {
  const auto file = LineFile::open("/dev/null");
  ASSERT_TRUE(file);
  (*file)->write("a\n");
  MetricFamilies families("mogura_test_");
  families.add_logs({{{"access", nullptr}, {"events", file->get()}}});
  families.add_lost(8, 9);
  const Exposition found = parse_exposition(exposition(families.take()));
  EXPECT_EQ(found.samples.at("mogura_test_log_lines_total{log=\"events\"}"), 1);
  EXPECT_FALSE(found.samples.contains("mogura_test_log_lines_total{log=\"access\"}"));
  EXPECT_EQ(found.samples.at("mogura_test_database_lost_total{what=\"sessions\"}"), 8);
  MetricFamilies none("mogura_test_");
  none.add_logs({{{"events", nullptr}}});
  EXPECT_TRUE(none.take().empty());
}

}  // namespace
}  // namespace mogura::service
