#pragma once

// What the metrics of services are put together from, in Prometheus' form: a service adds what it counts, and
// what all services of the challenge count is added here. Names and labels are part of the interface:
// docs/guides/proxy.md and docs/guides/beside-squid.md list them. For rooms that serve metrics
// (service/metrics.h). Any thread; an object belongs to one.

#include <prometheus/metric_family.h>

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "challenge/gate.h"
#include "challenge/state.h"
#include "challenge/state_store.h"
#include "service/count.h"
#include "service/line_file.h"

namespace mogura::service {

using Labels = std::vector<prometheus::ClientMetric::Label>;

// Over all loops.
template <class Counters>
double sum(const std::vector<const Counters*>& loops, Count Counters::*member) {
  std::uint64_t all = 0;
  for (const Counters* loop : loops) all += (loop->*member).get();
  return static_cast<double>(all);
}
template <class Counters, std::size_t N>
double sum(const std::vector<const Counters*>& loops, std::array<Count, N> Counters::*member,
           std::size_t index) {
  std::uint64_t all = 0;
  for (const Counters* loop : loops) all += (loop->*member)[index].get();
  return static_cast<double>(all);
}

// "off", "observe", "block".
std::string_view mode_name(challenge::Mode mode);

prometheus::ClientMetric sample(prometheus::MetricType type, double value, Labels labels = {});

// Numbers of loops that need no labels; a table of them is a service's own.
template <class Counters>
struct PlainMetric {
  std::string_view name;
  prometheus::MetricType type;
  Count Counters::*member;
  std::string_view help;
};

class MetricFamilies {
 public:
  // `prefix`: "mogura_proxy_".
  explicit MetricFamilies(std::string prefix) : prefix_(std::move(prefix)) {}

  prometheus::MetricFamily& add(std::string_view name, std::string_view help, prometheus::MetricType type);
  void counter(std::string_view name, std::string_view help, double value);
  void gauge(std::string_view name, std::string_view help, double value);
  template <class Counters>
  void plain(std::span<const PlainMetric<Counters>> metrics, const std::vector<const Counters*>& loops) {
    for (const auto& each : metrics) {
      add(each.name, each.help, each.type).metric.push_back(sample(each.type, sum(loops, each.member)));
    }
  }
  // One counter for each value of an enumeration from `first` on.
  template <class Value, class Counters, std::size_t N>
  void each(std::string_view name, std::string_view help, std::string_view label,
            const std::vector<const Counters*>& loops, std::array<Count, N> Counters::*member,
            std::size_t first) {
    prometheus::MetricFamily& family = add(name, help, prometheus::MetricType::Counter);
    for (std::size_t i = first; i < N; ++i) {
      Labels labels{{std::string(label), std::string(name_of(static_cast<Value>(i)))}};
      family.metric.push_back(
          sample(prometheus::MetricType::Counter, sum(loops, member, i), std::move(labels)));
    }
  }

  // What the challenge said. `mode`: of its policy; empty: not told.
  template <class Counters>
  void add_challenge(std::string_view mode, const std::vector<const Counters*>& loops) {
    add_mode(mode);
    // The first value of State, Reason and Verdict is none at all.
    each<challenge::State>("challenge_states_total", "Events of the challenge, by state", "state", loops,
                           &Counters::states, 1);
    each<challenge::Reason>("challenge_not_judged_total", "Requests not judged, by reason", "reason", loops,
                            &Counters::reasons, 1);
    each<challenge::Question>("challenge_questions_total", "Questions asked beside the cookie", "question",
                              loops, &Counters::questions, 0);
    each<challenge::Verdict>("verdicts_total", "Clients whose verdict changed, by the new one", "verdict",
                             loops, &Counters::verdicts, 1);
  }
  void add_store(const challenge::StateStore& store);
  // Name and file; those that are nullptr are left out.
  void add_logs(std::span<const std::pair<std::string_view, const LineFile*>> logs);
  // What a database that could not follow has not got.
  void add_lost(std::uint64_t sessions, std::uint64_t events);

  std::vector<prometheus::MetricFamily> take() { return std::move(families_); }

 private:
  void add_mode(std::string_view mode);

  const std::string prefix_;
  std::vector<prometheus::MetricFamily> families_;
};

// In Prometheus' text format.
std::string exposition(const std::vector<prometheus::MetricFamily>& families);

}  // namespace mogura::service
