#include "service/metric_families.h"

#include <prometheus/text_serializer.h>

namespace mogura::service {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

namespace {

double number(std::uint64_t value) {
  return static_cast<double>(value);
}

}  // namespace

std::string_view mode_name(challenge::Mode mode) {
  switch (mode) {
    case challenge::Mode::kOff:
      return "off";
    case challenge::Mode::kObserve:
      return "observe";
    case challenge::Mode::kBlock:
      return "block";
  }
  return "";
}

ClientMetric sample(MetricType type, double value, Labels labels) {
  ClientMetric metric;
  metric.label = std::move(labels);
  if (type == MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  return metric;
}

MetricFamily& MetricFamilies::add(std::string_view name, std::string_view help, MetricType type) {
  return families_.emplace_back(MetricFamily{prefix_ + std::string(name), std::string(help), type, {}});
}

void MetricFamilies::counter(std::string_view name, std::string_view help, double value) {
  add(name, help, MetricType::Counter).metric.push_back(sample(MetricType::Counter, value));
}

void MetricFamilies::gauge(std::string_view name, std::string_view help, double value) {
  add(name, help, MetricType::Gauge).metric.push_back(sample(MetricType::Gauge, value));
}

void MetricFamilies::add_mode(std::string_view mode) {
  if (mode.empty()) return;
  add("challenge_info", "1, with the mode of the challenge", MetricType::Gauge)
      .metric.push_back(sample(MetricType::Gauge, 1, {{"mode", std::string(mode)}}));
}

void MetricFamilies::add_store(const challenge::StateStore& store) {
  const challenge::StateStoreCounters counters = store.counters();
  gauge("store_up", "1 while the store answers, else 0", store.last_error().empty() ? 1 : 0);
  counter("store_updates_total", "Updates the store answered", number(counters.updates));
  counter("store_unavailable_total", "Updates not made: the store was down", number(counters.unavailable));
  counter("store_slow_total", "Updates not answered within the deadline", number(counters.slow));
  counter("store_evicted_total", "Entries that had to make room", number(counters.evicted));
  counter("store_expired_total", "Entries untouched for too long", number(counters.expired));
  gauge("store_entries", "Entries in this process", number(counters.entries));
  gauge("store_bytes", "Memory of the store in this process", number(counters.bytes));
}

// One family after the other, each with all its logs.
void MetricFamilies::add_logs(std::span<const std::pair<std::string_view, const LineFile*>> logs) {
  struct Kind {
    std::string_view name, help;
    std::uint64_t LineFileCounters::*member;
  };
  constexpr Kind kKinds[] = {
      {"log_lines_total", "Lines for a log, lost ones included", &LineFileCounters::lines},
      {"log_lines_lost_total", "Lines that did not get into their log", &LineFileCounters::lost},
      {"log_failed_writes_total", "Attempts to write to a log that failed",
       &LineFileCounters::failed_writes}};
  for (const Kind& kind : kKinds) {
    std::vector<ClientMetric> samples;
    for (const auto& [log, file] : logs) {
      if (file == nullptr) continue;
      samples.push_back(
          sample(MetricType::Counter, number(file->counters().*kind.member), {{"log", std::string(log)}}));
    }
    if (!samples.empty()) add(kind.name, kind.help, MetricType::Counter).metric = std::move(samples);
  }
}

void MetricFamilies::add_lost(std::uint64_t sessions, std::uint64_t events) {
  MetricFamily& family =
      add("database_lost_total", "What the database could not take in time, by kind", MetricType::Counter);
  family.metric.push_back(sample(MetricType::Counter, number(sessions), {{"what", "sessions"}}));
  family.metric.push_back(sample(MetricType::Counter, number(events), {{"what", "events"}}));
}

std::string exposition(const std::vector<MetricFamily>& families) {
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace mogura::service
