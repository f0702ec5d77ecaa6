#include "finding/detail/connect_not_tls.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "population/groups.h"

namespace mogura::finding::detail {
namespace {

using protocol::Inner;

// What the protocol inside says about the purpose of the tunnel.
enum class Purpose { kOpen, kWeb, kService, kAccess };

Purpose purpose_of(Inner protocol) {
  switch (protocol) {
    case Inner::kSsh:
    case Inner::kOpenVpn:
    case Inner::kSocks:
    case Inner::kTinc:
    case Inner::kRdp:
    case Inner::kVnc:
      return Purpose::kAccess;
    case Inner::kHttp:
    case Inner::kHttp2:
      return Purpose::kWeb;
    case Inner::kSmtp:
    case Inner::kImap:
    case Inner::kPop3:
    case Inner::kFtp:
    case Inner::kIrc:
    case Inner::kBitTorrent:
    case Inner::kSmb:
    case Inner::kMySql:
    case Inner::kPostgreSql:
      return Purpose::kService;
    case Inner::kNone:
    case Inner::kTls:
    case Inner::kUnknown:
      return Purpose::kOpen;
  }
  return Purpose::kOpen;
}

// docs/guides/scores.md explains these figures.
constexpr double kNotTlsWeight = 0.6;
constexpr double kAccessWeight = 0.2;
constexpr double kServiceWeight = 0.1;
constexpr double kWebWeight = -0.1;
constexpr double kAnomalyWeight = 0.1;
constexpr double kRareAnomalyWeight = 0.05;  // in fewer than half of the sessions

using Counts = std::vector<std::pair<std::string, std::uint64_t>>;  // most frequent first

std::string counted(std::uint64_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

// "ssh" or "ssh (49) and unknown (2)".
std::string enumerate(const Counts& counts, bool with_numbers) {
  std::string text;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (i != 0) text += i + 1 == counts.size() ? " and " : ", ";
    text += counts[i].first;
    if (with_numbers) text += " (" + std::to_string(counts[i].second) + ")";
  }
  return text;
}

template <class Array, class Accept>
Counts collect(const Array& sessions, Accept&& accept) {
  Counts counts;
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    const std::string name = sessions[i] == 0 ? std::string{} : accept(i);
    if (!name.empty()) counts.emplace_back(name, sessions[i]);
  }
  std::stable_sort(counts.begin(), counts.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return counts;
}

std::string shown_name(std::size_t protocol) {
  const auto inner = static_cast<Inner>(protocol);
  if (inner == Inner::kUnknown) return "an unknown protocol";
  return (inner == Inner::kHttp ? "plain " : "") + std::string(name_of(inner));
}

Evidence not_tls(const ConnectNotTls& facts, std::string_view destination) {
  const Counts inside = collect(facts.protocols, shown_name);
  std::string text = counted(facts.sessions, "session") + " from " +
                     counted(facts.clients.count(), "client") + " went through CONNECT to " +
                     std::string(destination) + " and carried " + enumerate(inside, inside.size() > 1) +
                     ", not TLS";
  return {std::string(ConnectNotTls::kCode), std::move(text), kNotTlsWeight,
          static_cast<double>(facts.sessions), 0.0};
}

std::uint64_t sum_of(const Counts& counts) {
  std::uint64_t sum = 0;
  for (const auto& [name, count] : counts) sum += count;
  return sum;
}

// The gravest purpose among the protocols inside decides; plain web only where there is nothing else.
void weigh_purpose(const ConnectNotTls& facts, Finding& finding) {
  const auto carrying = [&facts](Purpose purpose) {
    return collect(facts.protocols, [purpose](std::size_t i) {
      return purpose_of(static_cast<Inner>(i)) == purpose ? shown_name(i) : std::string{};
    });
  };
  const auto say = [&](const Counts& inside, std::string_view meaning, double weight) {
    const std::uint64_t count = sum_of(inside);
    finding.evidence.push_back({"inner-protocol",
                                std::to_string(count) + " of " + counted(facts.sessions, "session") +
                                    " carried " + enumerate(inside, false) + ", " + std::string(meaning),
                                weight, static_cast<double>(count), std::nullopt});
  };
  if (const Counts access = carrying(Purpose::kAccess); !access.empty()) {
    say(access, "which gives access to another machine or network", kAccessWeight);
  } else if (const Counts service = carrying(Purpose::kService); !service.empty()) {
    say(service, "which a proxy for the web is not there for", kServiceWeight);
  } else if (const Counts web = carrying(Purpose::kWeb); sum_of(web) == facts.sessions) {
    say(web, "which some ordinary programs send through CONNECT", kWebWeight);
  }
}

void weigh_anomalies(const ConnectNotTls& facts, Finding& finding) {
  if (facts.odd_sessions == 0) return;
  const Counts odd = collect(facts.anomalies, [](std::size_t i) {
    return std::string(name_of(static_cast<session::ConnectAnomaly>(i)));
  });
  const bool is_rare = facts.odd_sessions * 2 < facts.sessions;
  finding.evidence.push_back(
      {"connect-anomaly",
       std::to_string(facts.odd_sessions) + " of " + counted(facts.sessions, "session") +
           " had an odd CONNECT dialogue: " + enumerate(odd, true),
       is_rare ? kRareAnomalyWeight : kAnomalyWeight, static_cast<double>(facts.odd_sessions), 0.0});
}

}  // namespace

void ConnectNotTls::add(const session::Session& session, std::size_t exact_limit) {
  first = sessions == 0 ? session.start : std::min(first, session.start);
  last = sessions == 0 ? session.end : std::max(last, session.end);
  ++sessions;
  ++protocols[static_cast<std::size_t>(session.inner)];
  if (session.connect_anomalies != 0) ++odd_sessions;
  for (std::size_t i = 0; i < anomalies.size(); ++i) {
    if (session.has(static_cast<session::ConnectAnomaly>(i))) ++anomalies[i];
  }
  clients.add(population::client_of(session), exact_limit);
  if (!session.user_agent_seen) return;
  if (session.user_agent.size() <= kUserAgentBytes) {
    user_agents.add(session.user_agent, exact_limit);
  } else {
    user_agents.add(session.user_agent.substr(0, kUserAgentBytes) + "…", exact_limit);
  }
}

Finding ConnectNotTls::judge(std::string_view destination) const {
  Finding finding;
  const std::string_view kind = session::name_of(session::Kind::kConnect);
  finding.finding_id = finding_id_of(kind, destination);
  finding.destination = destination;
  finding.kind = kind;
  finding.clients = clients.texts();
  finding.clients_count = clients.count();
  finding.user_agents = user_agents.texts();
  finding.user_agents_count = user_agents.count();
  finding.sessions = sessions;
  finding.first = first;
  finding.last = last;
  finding.evidence.push_back(not_tls(*this, destination));
  weigh_purpose(*this, finding);
  weigh_anomalies(*this, finding);
  settle(finding);
  return finding;
}

}  // namespace mogura::finding::detail
