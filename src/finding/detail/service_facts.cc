#include "finding/detail/service_facts.h"

#include <algorithm>
#include <tuple>

#include "finding/detail/words.h"
#include "population/groups.h"

namespace mogura::finding::detail {
namespace {

using session::Direction;
using session::Kind;
using session::Session;

// Of two sessions the one worth keeping, whatever the order in which they come.
bool tells_more(const Session& a, const Session& b) {
  const auto rank = [](const Session& s) {
    return std::tuple(std::min(s.exchanges[0], s.exchanges[1]), s.exchanges[0] + s.exchanges[1]);
  };
  if (rank(a) != rank(b)) return rank(a) > rank(b);
  return std::tie(a.start, a.client, a.server) < std::tie(b.start, b.client, b.server);
}

std::size_t capacity_for(const Session& session) {
  const bool is_tunnel = session.kind == Kind::kConnect || session.kind == Kind::kWebSocket ||
                         session.http.has_endless_body[0] || session.http.has_endless_body[1];
  return is_tunnel ? kKeptSessionsOfTunnels : kKeptSessions;
}

}  // namespace

ServiceFacts::ServiceFacts(Kind its_kind, std::string its_destination, const feature::Options& options)
    : kind(its_kind), destination(std::move(its_destination)), features(options) {}

int ServiceFacts::add(const Session& session, std::size_t exact_limit, bool may_keep) {
  first = sessions == 0 ? session.start : std::min(first, session.start);
  last = sessions == 0 ? session.end : std::max(last, session.end);
  ++sessions;
  count(session);
  clients.add(population::client_hash_of(session), exact_limit,
              [&] { return population::client_of(session); });
  if (session.user_agent_seen) user_agents.add(cut_text(session.user_agent, kUserAgentBytes), exact_limit);
  if (!session.cipher_suites.empty()) cipher_lists.add(session.cipher_suites, exact_limit);
  if (!session.ja4.empty()) ja4s.add(session.ja4, exact_limit);
  features.add(session);
  return keep(session, may_keep);
}

void ServiceFacts::count(const Session& session) {
  ++protocols[static_cast<std::size_t>(session.inner)];
  if (!session.user_agent_seen) ++without_user_agent;
  if (!session.cipher_suites.empty()) {
    ++hellos;
    if (session.sni.empty()) ++without_sni;
    if (session.alpn.empty()) ++without_alpn;
  }
  if (session.connect_anomalies == 0) return;
  ++odd_sessions;
  for (std::size_t i = 0; i < anomalies.size(); ++i) {
    if (session.has(static_cast<session::ConnectAnomaly>(i))) ++anomalies[i];
  }
}

int ServiceFacts::merge(const ServiceFacts& other, std::size_t exact_limit, std::size_t room) {
  first = sessions == 0 ? other.first : std::min(first, other.first);
  last = sessions == 0 ? other.last : std::max(last, other.last);
  sessions += other.sessions;
  without_user_agent += other.without_user_agent;
  hellos += other.hellos;
  without_sni += other.without_sni;
  without_alpn += other.without_alpn;
  odd_sessions += other.odd_sessions;
  for (std::size_t i = 0; i < anomalies.size(); ++i) anomalies[i] += other.anomalies[i];
  for (std::size_t i = 0; i < protocols.size(); ++i) protocols[i] += other.protocols[i];
  clients.merge(other.clients, exact_limit);
  user_agents.merge(other.user_agents, exact_limit);
  cipher_lists.merge(other.cipher_lists, exact_limit);
  patterns.merge(other.patterns, exact_limit);
  matched_sessions += other.matched_sessions;
  ja4s.merge(other.ja4s, exact_limit);
  features.merge(other.features);
  int change = 0;
  for (const auto& session : other.kept) change += keep(*session, static_cast<std::size_t>(change) < room);
  return change;
}

int ServiceFacts::keep(const Session& session, bool may_keep) {
  const std::size_t capacity = capacity_for(session);
  const bool replaces = kept.size() >= capacity || !may_keep;
  if (replaces && (kept.empty() || !tells_more(session, *kept.back()))) return 0;
  std::unique_ptr<Session> copy;
  if (replaces) {
    copy = std::move(kept.back());
    kept.pop_back();
    *copy = session;
  } else {
    copy = std::make_unique<Session>(session);
  }
  const auto place =
      std::find_if(kept.begin(), kept.end(), [&](const auto& other) { return tells_more(*copy, *other); });
  kept.insert(place, std::move(copy));
  return replaces ? 0 : 1;
}

}  // namespace mogura::finding::detail
