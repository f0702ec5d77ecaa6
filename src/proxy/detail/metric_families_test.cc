#include "proxy/detail/metric_families.h"

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <string>

namespace mogura::proxy::detail {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

class Store : public challenge::StateStore {
 public:
  Answer update(const challenge::StateKey&, const challenge::Input&, Later) override { return {}; }
  [[nodiscard]] challenge::StateStoreCounters counters() const override { return {1, 2, 3, 4, 5, 6, 7}; }
  [[nodiscard]] std::string last_error() const override { return error; }
  void stop() override {}

  std::string error;
};

// Name and labels, as in a query, to value.
std::map<std::string, double> values(const std::vector<MetricFamily>& families) {
  std::map<std::string, double> found;
  for (const MetricFamily& family : families) {
    for (const auto& metric : family.metric) {
      std::string name = family.name;
      for (const auto& label : metric.label) name += "{" + label.name + "=" + label.value + "}";
      EXPECT_FALSE(found.contains(name)) << name;
      found[name] = family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value;
    }
  }
  return found;
}

TEST(MetricFamilies, AddUpAllLoops) {
  Counters one, other;
  one.requests.add(3);
  other.requests.add(4);
  one.tunnels_open.add(2);
  one.tunnels_open.subtract(1);
  other.bytes_to_clients.add(1000);
  one.refusals[static_cast<std::size_t>(Refusal::kPort)].add(5);
  other.verdicts[static_cast<std::size_t>(challenge::Verdict::kNoJar)].add(6);
  one.states[static_cast<std::size_t>(challenge::State::kSuspicious)].add(7);
  other.reasons[static_cast<std::size_t>(challenge::Reason::kExempt)].add(8);
  other.questions[static_cast<std::size_t>(challenge::Question::kReport)].add(9);
  MetricsSource source;
  source.loops = {&one, &other};
  source.mode = "observe";
  const auto found = values(metric_families(source));
  EXPECT_EQ(found.at("mogura_proxy_requests_total"), 7);
  EXPECT_EQ(found.at("mogura_proxy_tunnels"), 1);
  EXPECT_EQ(found.at("mogura_proxy_bytes_total{side=client}{direction=sent}"), 1000);
  EXPECT_EQ(found.at("mogura_proxy_bytes_total{side=origin}{direction=received}"), 0);
  EXPECT_EQ(found.at("mogura_proxy_refusals_total{reason=port}"), 5);
  EXPECT_EQ(found.at("mogura_proxy_refusals_total{reason=head}"), 0) << "there from the beginning";
  EXPECT_EQ(found.at("mogura_proxy_verdicts_total{verdict=no-jar}"), 6);
  EXPECT_EQ(found.at("mogura_proxy_challenge_states_total{state=suspicious}"), 7);
  EXPECT_EQ(found.at("mogura_proxy_challenge_not_judged_total{reason=exempt}"), 8);
  EXPECT_EQ(found.at("mogura_proxy_challenge_questions_total{question=report}"), 9);
  EXPECT_EQ(found.at("mogura_proxy_challenge_questions_total{question=decoys}"), 0);
  EXPECT_EQ(found.at("mogura_proxy_challenge_info{mode=observe}"), 1);
}

TEST(MetricFamilies, ShowTheStore) {
  const Counters loop;
  Store store;
  MetricsSource source;
  source.loops = {&loop};
  source.store = &store;
  auto found = values(metric_families(source));
  EXPECT_EQ(found.at("mogura_proxy_store_up"), 1);
  EXPECT_EQ(found.at("mogura_proxy_store_updates_total"), 1);
  EXPECT_EQ(found.at("mogura_proxy_store_unavailable_total"), 2);
  EXPECT_EQ(found.at("mogura_proxy_store_slow_total"), 3);
  EXPECT_EQ(found.at("mogura_proxy_store_evicted_total"), 4);
  EXPECT_EQ(found.at("mogura_proxy_store_expired_total"), 5);
  EXPECT_EQ(found.at("mogura_proxy_store_entries"), 6);
  EXPECT_EQ(found.at("mogura_proxy_store_bytes"), 7);
  store.error = "connection refused";
  found = values(metric_families(source));
  EXPECT_EQ(found.at("mogura_proxy_store_up"), 0);
}

TEST(MetricFamilies, MakeAHistogramOfTheStoresLatency) {
  Counters one, other;
  one.store_latency[0].add(10);
  other.store_latency[3].add(5);
  other.store_latency[kStoreBucketsS.size()].add(2);  // beyond all bounds
  one.store_latency_us.add(1'500'000);
  Store store;
  MetricsSource source;
  source.loops = {&one, &other};
  source.store = &store;
  for (const MetricFamily& family : metric_families(source)) {
    if (family.name != "mogura_proxy_store_latency_seconds") continue;
    EXPECT_EQ(family.type, MetricType::Histogram);
    ASSERT_EQ(family.metric.size(), 1u);
    const auto& histogram = family.metric[0].histogram;
    EXPECT_EQ(histogram.sample_count, 17u);
    EXPECT_DOUBLE_EQ(histogram.sample_sum, 1.5);
    ASSERT_EQ(histogram.bucket.size(), kStoreBucketsS.size());
    EXPECT_EQ(histogram.bucket[2].cumulative_count, 10u);
    EXPECT_EQ(histogram.bucket[3].cumulative_count, 15u);
    EXPECT_EQ(histogram.bucket[7].cumulative_count, 15u);
    EXPECT_DOUBLE_EQ(histogram.bucket[3].upper_bound, 5e-4);
    return;
  }
  FAIL() << "no histogram";
}

TEST(MetricFamilies, ShowNamesAndLogs) {
  const Counters loop;
  const Resolver resolver({});
  const auto file = service::LineFile::open("/dev/null");
  ASSERT_TRUE(file);
  (*file)->write("a\n");
  MetricsSource source;
  source.loops = {&loop};
  source.resolver = &resolver;
  source.events = file->get();
  const auto found = values(metric_families(source));
  EXPECT_EQ(found.at("mogura_proxy_dns_questions_total"), 0);
  EXPECT_EQ(found.at("mogura_proxy_dns_cache_entries"), 0);
  EXPECT_EQ(found.at("mogura_proxy_log_lines_total{log=events}"), 1);
  EXPECT_EQ(found.at("mogura_proxy_log_lines_lost_total{log=events}"), 0);
  EXPECT_FALSE(found.contains("mogura_proxy_log_lines_total{log=access}")) << "there is none";
}

TEST(MetricFamilies, AreLeftOutWhereThereIsNothingToCount) {
  const auto found = values(metric_families({}));
  for (const auto& [name, value] : found) {
    EXPECT_EQ(value, 0) << name;
    EXPECT_EQ(name.find("store_"), std::string::npos) << name;
    EXPECT_EQ(name.find("dns_"), std::string::npos) << name;
    EXPECT_EQ(name.find("_log_"), std::string::npos) << name;
  }
}

// What promtool check metrics complains about.
TEST(MetricFamilies, AreNamedAsPrometheusWantsIt) {
  const Counters loop;
  Store store;
  const Resolver resolver({});
  const auto file = service::LineFile::open("/dev/null");
  ASSERT_TRUE(file);
  const std::vector<MetricFamily> families = metric_families({.loops = {&loop},
                                                              .store = &store,
                                                              .resolver = &resolver,
                                                              .access = file->get(),
                                                              .events = file->get(),
                                                              .mode = "block"});
  std::set<std::string> names;
  const std::regex is_name("mogura_proxy_[a-z]+2?(_[a-z]+)*");
  for (const MetricFamily& family : families) {
    EXPECT_TRUE(names.insert(family.name).second) << family.name << " comes twice";
    EXPECT_TRUE(std::regex_match(family.name, is_name)) << family.name;
    EXPECT_FALSE(family.help.empty()) << family.name;
    EXPECT_FALSE(family.metric.empty()) << family.name;
    EXPECT_EQ(family.name.ends_with("_total"), family.type == MetricType::Counter) << family.name;
    for (const auto& metric : family.metric) {
      for (const auto& label : metric.label) EXPECT_FALSE(label.value.empty()) << family.name;
    }
  }
}

}  // namespace
}  // namespace mogura::proxy::detail
