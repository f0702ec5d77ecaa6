#include "proxy/detail/metric_families.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "service/metric_families.h"

namespace mogura::proxy::detail {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using service::Labels;
using service::MetricFamilies;
using service::sample;
using service::sum;
using Loops = std::vector<const Counters*>;

constexpr auto kCounter = MetricType::Counter;
constexpr auto kGauge = MetricType::Gauge;
constexpr service::PlainMetric<Counters> kPlain[] = {
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

void add_bytes(MetricFamilies& families, const Loops& loops) {
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
    family.metric.push_back(sample(kCounter, sum(loops, flow.member), std::move(labels)));
  }
}

void add_tls(MetricFamilies& families, const Loops& loops) {
  families.each<Unopened>("unopened_total", "Tunnels not opened although [intercept] is on, by reason",
                          "reason", loops, &Counters::unopened, 0);
  families.each<certificate::Fault>("certificate_faults_total",
                                    "Origins whose certificate was refused, by reason", "fault", loops,
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
    const double resumed = sum(loops, side.resumed);
    const double full = sum(loops, side.all) - resumed;
    done.metric.push_back(sample(kCounter, full, {{"side", side.name}, {"kind", "full"}}));
    done.metric.push_back(sample(kCounter, resumed, {{"side", side.name}, {"kind", "resumed"}}));
  }
  MetricFamily& failed =
      families.add("tls_failures_total", "TLS handshakes that failed, certificates aside, by side", kCounter);
  for (const Side& side : kSides) {
    failed.metric.push_back(sample(kCounter, sum(loops, side.failed), {{"side", side.name}}));
  }
}

void add_store_latency(MetricFamilies& families, const Loops& loops) {
  MetricFamily& family =
      families.add("store_latency_seconds", "Time until the store of challenge states answered a loop",
                   MetricType::Histogram);
  ClientMetric::Histogram& histogram = family.metric.emplace_back().histogram;
  for (std::size_t i = 0; i <= kStoreBucketsS.size(); ++i) {
    histogram.sample_count += static_cast<std::uint64_t>(sum(loops, &Counters::store_latency, i));
    if (i < kStoreBucketsS.size()) histogram.bucket.push_back({histogram.sample_count, kStoreBucketsS[i]});
  }
  histogram.sample_sum = sum(loops, &Counters::store_latency_us) / 1e6;
}

void add_names(MetricFamilies& families, const Resolver& resolver) {
  const ResolverCounters counters = resolver.counters();
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

}  // namespace

std::vector<MetricFamily> metric_families(const MetricsSource& source) {
  MetricFamilies families("mogura_proxy_");
  families.plain<Counters>(kPlain, source.loops);
  families.each<Refusal>("refusals_total", "Requests the proxy answered itself, by reason", "reason",
                         source.loops, &Counters::refusals, 0);
  add_bytes(families, source.loops);
  add_tls(families, source.loops);
  families.add_challenge(source.mode, source.loops);
  if (source.store != nullptr) {
    add_store_latency(families, source.loops);
    families.add_store(*source.store);
  }
  if (source.resolver != nullptr) add_names(families, *source.resolver);
  families.add_logs({{{"access", source.access}, {"events", source.events}}});
  families.add_lost(source.lost_sessions, source.lost_events);
  return families.take();
}

}  // namespace mogura::proxy::detail
