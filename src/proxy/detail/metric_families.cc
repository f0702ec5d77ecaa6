#include "proxy/detail/metric_families.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "challenge/gate.h"
#include "challenge/state.h"

namespace mogura::proxy::detail {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;
using Loops = std::vector<const Counters*>;

double sum(const Loops& loops, Count Counters::*member) {
  std::uint64_t all = 0;
  for (const Counters* loop : loops) all += (loop->*member).get();
  return static_cast<double>(all);
}

template <std::size_t N>
double sum(const Loops& loops, std::array<Count, N> Counters::*member, std::size_t index) {
  std::uint64_t all = 0;
  for (const Counters* loop : loops) all += (loop->*member)[index].get();
  return static_cast<double>(all);
}

ClientMetric sample(MetricType type, double value, Labels labels = {}) {
  ClientMetric metric;
  metric.label = std::move(labels);
  if (type == MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  return metric;
}

class Families {
 public:
  explicit Families(const MetricsSource& source) : source_(source) {}

  MetricFamily& add(std::string_view name, std::string_view help, MetricType type) {
    constexpr std::string_view kPrefix = "mogura_proxy_";
    return families_.emplace_back(
        MetricFamily{std::string(kPrefix) + std::string(name), std::string(help), type, {}});
  }
  void counter(std::string_view name, std::string_view help, double value) {
    add(name, help, MetricType::Counter).metric.push_back(sample(MetricType::Counter, value));
  }
  void gauge(std::string_view name, std::string_view help, double value) {
    add(name, help, MetricType::Gauge).metric.push_back(sample(MetricType::Gauge, value));
  }
  // One counter for each value of an enumeration from `first` on.
  template <class Value, std::size_t N>
  void each(std::string_view name, std::string_view help, std::string_view label,
            std::array<Count, N> Counters::*member, std::size_t first) {
    MetricFamily& family = add(name, help, MetricType::Counter);
    for (std::size_t i = first; i < N; ++i) {
      Labels labels{{std::string(label), std::string(name_of(static_cast<Value>(i)))}};
      family.metric.push_back(sample(MetricType::Counter, sum(loops(), member, i), std::move(labels)));
    }
  }
  [[nodiscard]] const Loops& loops() const { return source_.loops; }
  [[nodiscard]] const MetricsSource& source() const { return source_; }
  std::vector<MetricFamily> take() { return std::move(families_); }

 private:
  const MetricsSource& source_;
  std::vector<MetricFamily> families_;
};

// Numbers of the loops that need no labels.
struct Plain {
  std::string_view name;
  MetricType type;
  Count Counters::*member;
  std::string_view help;
};
constexpr auto kCounter = MetricType::Counter;
constexpr auto kGauge = MetricType::Gauge;
constexpr Plain kPlain[] = {
    {"client_connections_total", kCounter, &Counters::connections, "Connections accepted from clients"},
    {"client_connections", kGauge, &Counters::connections_open, "Connections of clients, open now"},
    {"accept_failures_total", kCounter, &Counters::accept_failures,
     "Connections that could not be accepted for want of descriptors or memory"},
    {"requests_total", kCounter, &Counters::requests, "Requests whose head was read and not refused"},
    {"responses_total", kCounter, &Counters::responses, "Final responses relayed to their end"},
    {"aborted_total", kCounter, &Counters::aborted, "Exchanges that broke off before their end"},
    {"timeouts_total", kCounter, &Counters::timeouts, "Waits that took too long"},
    {"tunnels_total", kCounter, &Counters::tunnels, "Tunnels opened (CONNECT, Upgrade)"},
    {"tunnels", kGauge, &Counters::tunnels_open, "Tunnels, open now"},
    {"tunnels_not_tls_total", kCounter, &Counters::tunnels_not_tls,
     "Tunnels through CONNECT that were seen not to be TLS"},
    {"tunnels_matched_total", kCounter, &Counters::tunnels_matched,
     "Tunnels through CONNECT that matched a registered pattern"},
    {"upstream_connects_total", kCounter, &Counters::upstream_connects, "Connections made to origins"},
    {"upstream_reuses_total", kCounter, &Counters::upstream_reuses,
     "Requests on a connection that was there"},
    {"http2_clients_total", kCounter, &Counters::http2_clients, "Connections of clients that speak HTTP/2"},
    {"http2_streams_total", kCounter, &Counters::http2_streams, "Their streams, counted when they are over"},
    {"http2_refused_total", kCounter, &Counters::http2_refused,
     "Streams refused for the form of their request"},
    {"http2_floods_total", kCounter, &Counters::http2_floods,
     "Connections of clients ended for a flood of HTTP/2"},
    {"http2_origins_total", kCounter, &Counters::http2_origins, "Connections to origins that speak HTTP/2"},
    {"upstream_retries_total", kCounter, &Counters::upstream_retries,
     "Requests sent again because the connection had been closed by the origin"},
    {"upstream_idle_connections", kGauge, &Counters::upstream_idle, "Connections to origins kept for later"},
    {"opened_total", kCounter, &Counters::opened, "Tunnels whose HTTPS was opened"},
    {"bypasses_learned_total", kCounter, &Counters::bypasses_learned,
     "Hosts left alone from then on because a client refused our certificate"},
    {"certificates_made_total", kCounter, &Counters::certificates_made, "Certificates made for hosts"},
    {"certificates_found_total", kCounter, &Counters::certificates_found,
     "Connections for which a certificate was there already"},
    {"challenge_cookies_inserted_total", kCounter, &Counters::inserted, "Cookies inserted into responses"},
};

void add_loops(Families& families) {
  for (const Plain& plain : kPlain) {
    const double value = sum(families.loops(), plain.member);
    families.add(plain.name, plain.help, plain.type).metric.push_back(sample(plain.type, value));
  }
  families.each<Refusal>("refusals_total", "Requests the proxy answered itself, by reason", "reason",
                         &Counters::refusals, 0);
}

void add_bytes(Families& families) {
  struct Flow {
    const char *side, *direction;
    Count Counters::*member;
  };
  constexpr Flow kFlows[] = {{"client", "received", &Counters::bytes_from_clients},
                             {"client", "sent", &Counters::bytes_to_clients},
                             {"origin", "received", &Counters::bytes_from_origins},
                             {"origin", "sent", &Counters::bytes_to_origins}};
  MetricFamily& family = families.add(
      "bytes_total", "Bytes on connections, heads and tunnels included, as the proxy received or sent them",
      kCounter);
  for (const Flow& flow : kFlows) {
    Labels labels{{"side", flow.side}, {"direction", flow.direction}};
    family.metric.push_back(sample(kCounter, sum(families.loops(), flow.member), std::move(labels)));
  }
}

void add_tls(Families& families) {
  families.each<Unopened>("unopened_total", "Tunnels not opened although [intercept] is on, by reason",
                          "reason", &Counters::unopened, 0);
  families.each<certificate::Fault>("certificate_faults_total",
                                    "Origins whose certificate was refused, by reason", "fault",
                                    &Counters::certificate_faults, 1);
  struct Side {
    const char* name;
    Count Counters::*all;
    Count Counters::*resumed;
    Count Counters::*failed;
  };
  constexpr Side kSides[] = {
      {"client", &Counters::client_handshakes, &Counters::client_resumptions, &Counters::client_tls_failures},
      {"origin", &Counters::origin_handshakes, &Counters::origin_resumptions,
       &Counters::origin_tls_failures}};
  MetricFamily& done = families.add("tls_handshakes_total", "TLS handshakes, by side and kind", kCounter);
  for (const Side& side : kSides) {
    const double resumed = sum(families.loops(), side.resumed);
    const double full = sum(families.loops(), side.all) - resumed;
    done.metric.push_back(sample(kCounter, full, {{"side", side.name}, {"kind", "full"}}));
    done.metric.push_back(sample(kCounter, resumed, {{"side", side.name}, {"kind", "resumed"}}));
  }
  MetricFamily& failed =
      families.add("tls_failures_total", "TLS handshakes that failed, certificates aside, by side", kCounter);
  for (const Side& side : kSides) {
    failed.metric.push_back(sample(kCounter, sum(families.loops(), side.failed), {{"side", side.name}}));
  }
}

// The first value of State, Reason and Verdict is none at all.
void add_challenge(Families& families) {
  const std::string& mode = families.source().mode;
  if (!mode.empty()) {
    families.add("challenge_info", "1, with the mode of the challenge", kGauge)
        .metric.push_back(sample(kGauge, 1, {{"mode", mode}}));
  }
  families.each<challenge::State>("challenge_states_total", "Events of the challenge, by state", "state",
                                  &Counters::states, 1);
  families.each<challenge::Reason>("challenge_not_judged_total", "Requests not judged, by reason", "reason",
                                   &Counters::reasons, 1);
  families.each<challenge::Question>("challenge_questions_total", "Questions asked beside the cookie",
                                     "question", &Counters::questions, 0);
  families.each<challenge::Verdict>("verdicts_total", "Clients whose verdict changed, by the new one",
                                    "verdict", &Counters::verdicts, 1);
}

void add_store_latency(Families& families) {
  MetricFamily& family =
      families.add("store_latency_seconds", "Time until the store of challenge states answered a loop",
                   MetricType::Histogram);
  ClientMetric::Histogram& histogram = family.metric.emplace_back().histogram;
  for (std::size_t i = 0; i <= kStoreBucketsS.size(); ++i) {
    histogram.sample_count += static_cast<std::uint64_t>(sum(families.loops(), &Counters::store_latency, i));
    if (i < kStoreBucketsS.size()) histogram.bucket.push_back({histogram.sample_count, kStoreBucketsS[i]});
  }
  histogram.sample_sum = sum(families.loops(), &Counters::store_latency_us) / 1e6;
}

void add_store(Families& families) {
  if (families.source().store == nullptr) return;
  add_store_latency(families);
  const challenge::StateStoreCounters counters = families.source().store->counters();
  const bool is_up = families.source().store->last_error().empty();
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  families.gauge("store_up", "1 while the store answers, else 0", is_up ? 1 : 0);
  families.counter("store_updates_total", "Updates the store answered", number(counters.updates));
  families.counter("store_unavailable_total", "Updates not made: the store was down",
                   number(counters.unavailable));
  families.counter("store_slow_total", "Updates not answered within the deadline", number(counters.slow));
  families.counter("store_evicted_total", "Entries that had to make room", number(counters.evicted));
  families.counter("store_expired_total", "Entries untouched for too long", number(counters.expired));
  families.gauge("store_entries", "Entries in this process", number(counters.entries));
  families.gauge("store_bytes", "Memory of the store in this process", number(counters.bytes));
}

void add_names(Families& families) {
  if (families.source().resolver == nullptr) return;
  const ResolverCounters counters = families.source().resolver->counters();
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  families.counter("dns_questions_total", "Names the system's resolver was asked for",
                   number(counters.asked));
  families.counter("dns_cache_hits_total", "Names answered from the cache", number(counters.from_cache));
  families.counter("dns_failures_total", "Questions without an address for an answer",
                   number(counters.failed));
  families.counter("dns_refused_total", "Names not asked for: not a name, or too many waited",
                   number(counters.refused));
  families.gauge("dns_cache_entries", "Names in the cache", number(counters.entries));
}

// One family after the other, each with all its logs.
void add_log_family(Families& families, std::string_view name, std::string_view help,
                    std::uint64_t service::LineFileCounters::*member) {
  const std::pair<const char*, const service::LineFile*> logs[] = {{"access", families.source().access},
                                                                   {"events", families.source().events}};
  MetricFamily& family = families.add(name, help, kCounter);
  for (const auto& [log, file] : logs) {
    if (file == nullptr) continue;
    const auto value = static_cast<double>(file->counters().*member);
    family.metric.push_back(sample(kCounter, value, {{"log", log}}));
  }
}

void add_logs(Families& families) {
  if (families.source().access == nullptr && families.source().events == nullptr) return;
  add_log_family(families, "log_lines_total", "Lines for a log, lost ones included",
                 &service::LineFileCounters::lines);
  add_log_family(families, "log_lines_lost_total", "Lines that did not get into their log",
                 &service::LineFileCounters::lost);
  add_log_family(families, "log_failed_writes_total", "Attempts to write to a log that failed",
                 &service::LineFileCounters::failed_writes);
}

}  // namespace

std::vector<MetricFamily> metric_families(const MetricsSource& source) {
  Families families(source);
  add_loops(families);
  add_bytes(families);
  add_tls(families);
  add_challenge(families);
  add_store(families);
  add_names(families);
  add_logs(families);
  return families.take();
}

}  // namespace mogura::proxy::detail
