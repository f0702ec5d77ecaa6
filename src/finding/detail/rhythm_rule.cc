// Rhythm: programs that call home by the clock, and heartbeats inside long sessions.

#include <algorithm>
#include <cmath>

#include "finding/detail/rules.h"
#include "finding/detail/weights.h"
#include "finding/detail/words.h"

namespace mogura::finding::detail {
namespace {

constexpr double kRegular = 0.4;         // below, people come like that too
constexpr double kShortestBeacon_s = 1;  // faster is a program at work, not one that waits
constexpr double kManyIntervals = 30;    // from here on more do not make it surer
constexpr double kHeartbeatRegular = 0.8;
constexpr double kShortestHeartbeat_s = 2;

// 0 to 1: regular, and often enough to know.
double certainty(const feature::Rhythm& rhythm) {
  const double regular = std::clamp((rhythm.regularity - kRegular) / (1 - kRegular) + 0.5, 0.0, 1.0);
  const double often = std::min(1.0, static_cast<double>(rhythm.intervals) / kManyIntervals);
  return rhythm.regularity < kRegular ? 0 : regular * std::sqrt(often);
}

std::string beat(const feature::Rhythm& rhythm) {
  return "every " + span(rhythm.median_s) + " (median of " + std::to_string(rhythm.intervals) +
         " intervals, half of them within " + span(rhythm.mad_s) + " of it) over " + span(rhythm.span_s);
}

void judge_arrivals(const ServiceFacts& facts, EvidenceList& evidence) {
  const auto arrivals = facts.features.arrivals();
  if (!arrivals || arrivals->rhythm.median_s < kShortestBeacon_s) return;
  const double weight = std::round(weights::kBeacon * certainty(arrivals->rhythm) * 100) / 100;
  if (weight <= 0) return;
  evidence.push_back({"beacon", arrivals->client + " came " + beat(arrivals->rhythm), weight,
                      arrivals->rhythm.regularity, 0.0});
}

void judge_heartbeat(const ServiceFacts& facts, EvidenceList& evidence) {
  const auto inside = facts.features.inside();
  if (!inside || inside->regularity < kHeartbeatRegular || inside->median_s < kShortestHeartbeat_s) return;
  evidence.push_back(
      {"heartbeat", "inside a session the client sent something " + beat(*inside),
       facts.kind == session::Kind::kGetPost ? weights::kBeacon * certainty(*inside) : weights::kHeartbeat,
       inside->regularity, 0.0});
}

// Requests that no page led to: no Referer, no cookie, in all of many.
void judge_requests(const ServiceFacts& facts, EvidenceList& evidence) {
  const auto& totals = facts.features.totals();
  constexpr std::uint64_t kManyRequests = 10;
  if (totals.requests < kManyRequests || totals.with_referer != 0 || totals.with_cookie != 0) return;
  evidence.push_back({"no-referer",
                      "none of " + counted(totals.requests, "request") + " had a Referer or a Cookie",
                      weights::kNoReferer,
                      0.0,
                      {}});
}

}  // namespace

void judge_rhythm(const ServiceFacts& facts, EvidenceList& evidence) {
  judge_arrivals(facts, evidence);
  if (evidence.empty() || evidence.back().code != "beacon") judge_heartbeat(facts, evidence);
  if (facts.kind == session::Kind::kGetPost) judge_requests(facts, evidence);
}

}  // namespace mogura::finding::detail
