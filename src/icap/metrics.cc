#include "icap/metrics.h"

#include <utility>

#include "service/metric_families.h"

namespace mogura::icap {
namespace {

using prometheus::MetricFamily;
using service::MetricFamilies;
using service::sample;

constexpr auto kCounter = prometheus::MetricType::Counter;
constexpr auto kGauge = prometheus::MetricType::Gauge;
constexpr service::PlainMetric<Counters> kPlain[] = {
    {"connections_total", kCounter, &Counters::connections, "Connections accepted from gateways"},
    {"connections", kGauge, &Counters::connections_open, "Connections of gateways, open now"},
    {"accept_failures_total", kCounter, &Counters::accept_failures,
     "Connections that could not be accepted for want of descriptors or memory"},
    {"options_total", kCounter, &Counters::options, "OPTIONS, by which gateways ask what there is"},
    {"requests_total", kCounter, &Counters::requests, "REQMOD: requests of clients that were looked at"},
    {"responses_total", kCounter, &Counters::responses, "RESPMOD: responses that were looked at"},
    {"refused_total", kCounter, &Counters::refused, "Messages of gateways answered 4xx or 5xx"},
    {"aborted_total", kCounter, &Counters::aborted, "Messages that broke off before their end"},
    {"timeouts_total", kCounter, &Counters::timeouts, "Waits that took too long"},
    {"echoed_bytes_total", kCounter, &Counters::echoed_bytes,
     "Bytes of bodies that had to come through here"},
    {"challenge_cookies_inserted_total", kCounter, &Counters::inserted, "Cookies inserted into responses"},
};

void add_answers(MetricFamilies& families, const std::vector<const Counters*>& loops) {
  constexpr std::pair<const char*, Count Counters::*> kAnswers[] = {{"unmodified", &Counters::unmodified},
                                                                    {"modified", &Counters::modified},
                                                                    {"partial", &Counters::partial},
                                                                    {"blocked", &Counters::blocked}};
  MetricFamily& family = families.add(
      "answers_total", "Answers to messages: 204, 200, 206, and pages of ours, by kind", kCounter);
  for (const auto& [kind, member] : kAnswers) {
    family.metric.push_back(sample(kCounter, service::sum(loops, member), {{"kind", kind}}));
  }
}

}  // namespace

std::string metrics_text(const MetricsSource& source) {
  MetricFamilies families("mogura_icap_");
  families.plain<Counters>(kPlain, source.loops);
  add_answers(families, source.loops);
  families.each<Passed>("passed_total", "Messages that went back unjudged, by reason", "reason", source.loops,
                        &Counters::passed, 0);
  families.gauge("requests_waiting", "Requests whose responses have not come",
                 static_cast<double>(source.waiting));
  families.add_challenge(source.mode, source.loops);
  if (source.store != nullptr) families.add_store(*source.store);
  families.add_logs({{{"events", source.events}}});
  families.add_lost(source.lost_sessions, source.lost_events);
  return service::exposition(families.take());
}

}  // namespace mogura::icap
