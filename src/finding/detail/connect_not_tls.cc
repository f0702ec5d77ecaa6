// The rule connect-not-tls (paper 1, §5.4.1): CONNECT is there to make way for TLS, so every session that
// went through CONNECT and then carried something else is suspect. And the same protocols where they hide
// elsewhere.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "finding/detail/rules.h"
#include "finding/detail/weights.h"
#include "finding/detail/words.h"

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

using Counts = std::vector<std::pair<std::string, std::uint64_t>>;  // most frequent first

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

// Sessions that were seen to carry something; of a log's, nobody saw what.
std::uint64_t carrying_sessions(const ServiceFacts& facts) {
  return facts.sessions - facts.protocols[static_cast<std::size_t>(Inner::kNone)];
}

Evidence not_tls(const ServiceFacts& facts) {
  const Counts inside = collect(facts.protocols, [](std::size_t i) {
    return static_cast<Inner>(i) == Inner::kNone ? std::string{} : shown_name(i);
  });
  const std::uint64_t sessions = carrying_sessions(facts);
  std::string text = counted(sessions, "session") + " from " + counted(facts.clients.count(), "client") +
                     " went through CONNECT to " + facts.destination + " and carried " +
                     enumerate(inside, inside.size() > 1) + ", not TLS";
  return {"connect-not-tls", std::move(text), weights::kConnectNotTls, static_cast<double>(sessions), 0.0};
}

std::uint64_t sum_of(const Counts& counts) {
  std::uint64_t sum = 0;
  for (const auto& [name, count] : counts) sum += count;
  return sum;
}

// The gravest purpose among the protocols inside decides; plain web only where there is nothing else.
void weigh_purpose(const ServiceFacts& facts, EvidenceList& evidence) {
  const auto carrying = [&facts](Purpose purpose) {
    return collect(facts.protocols, [purpose](std::size_t i) {
      return purpose_of(static_cast<Inner>(i)) == purpose ? shown_name(i) : std::string{};
    });
  };
  const auto say = [&](const Counts& inside, std::string_view meaning, double weight) {
    const std::uint64_t count = sum_of(inside);
    evidence.push_back({"inner-protocol",
                        std::to_string(count) + " of " + counted(facts.sessions, "session") + " carried " +
                            enumerate(inside, false) + ", " + std::string(meaning),
                        weight, static_cast<double>(count), std::nullopt});
  };
  if (const Counts access = carrying(Purpose::kAccess); !access.empty()) {
    say(access, "which gives access to another machine or network", weights::kAccess);
  } else if (const Counts service = carrying(Purpose::kService); !service.empty()) {
    say(service, "which a proxy for the web is not there for", weights::kService);
  } else if (const Counts web = carrying(Purpose::kWeb); sum_of(web) == facts.sessions) {
    say(web, "which some ordinary programs send through CONNECT", weights::kPlainWeb);
  }
}

void weigh_anomalies(const ServiceFacts& facts, EvidenceList& evidence) {
  if (facts.odd_sessions == 0) return;
  const Counts odd = collect(facts.anomalies, [](std::size_t i) {
    return std::string(name_of(static_cast<session::ConnectAnomaly>(i)));
  });
  const bool is_rare = facts.odd_sessions * 2 < facts.sessions;
  evidence.push_back({"connect-anomaly",
                      std::to_string(facts.odd_sessions) + " of " + counted(facts.sessions, "session") +
                          " had an odd CONNECT dialogue: " + enumerate(odd, true),
                      is_rare ? weights::kRareAnomaly : weights::kAnomaly,
                      static_cast<double>(facts.odd_sessions), 0.0});
}

// Protocols that have no business in WebSocket messages or bare on a port of the web.
Counts hidden_in(const ServiceFacts& facts) {
  return collect(facts.protocols, [](std::size_t i) {
    const Purpose purpose = purpose_of(static_cast<Inner>(i));
    return purpose == Purpose::kAccess || purpose == Purpose::kService ? shown_name(i) : std::string{};
  });
}

bool is_web_port(std::string_view destination) {
  for (const std::string_view port : {":80", ":443", ":8080", ":8443", ":3128"}) {
    if (destination.ends_with(port)) return true;
  }
  return false;
}

}  // namespace

bool has_tunnels(const ServiceFacts& facts) {
  return facts.kind == session::Kind::kConnect && carrying_sessions(facts) != 0;
}

void judge_connect_not_tls(const ServiceFacts& facts, EvidenceList& evidence) {
  if (!has_tunnels(facts)) return;
  evidence.push_back(not_tls(facts));
  weigh_purpose(facts, evidence);
  weigh_anomalies(facts, evidence);
}

void judge_hidden_protocol(const ServiceFacts& facts, EvidenceList& evidence) {
  const bool is_websocket = facts.kind == session::Kind::kWebSocket;
  if (!is_websocket && !(facts.kind == session::Kind::kOther && is_web_port(facts.destination))) return;
  const Counts inside = hidden_in(facts);
  if (inside.empty()) return;
  const std::uint64_t count = sum_of(inside);
  evidence.push_back({is_websocket ? "protocol-in-websocket" : "protocol-on-web-port",
                      std::to_string(count) + " of " + counted(facts.sessions, "session") + " to " +
                          facts.destination + " carried " + enumerate(inside, inside.size() > 1) +
                          (is_websocket ? " in WebSocket messages" : ", not HTTP or TLS"),
                      weights::kHidden, static_cast<double>(count), 0.0});
}

}  // namespace mogura::finding::detail
