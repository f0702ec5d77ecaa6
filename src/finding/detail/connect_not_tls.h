#pragma once

// The rule connect-not-tls (paper 1, §5.4.1): CONNECT is there to make way for TLS, so every session that
// went through CONNECT and then carried something else is suspect. Here the facts about one destination, and
// what they weigh (docs/guides/scores.md). Private to the room.

#include <array>
#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "finding/detail/listed.h"
#include "finding/finding.h"
#include "protocol/inner.h"
#include "session/session.h"

namespace mogura::finding::detail {

struct ConnectNotTls {
  static constexpr std::string_view kCode = "connect-not-tls";
  static constexpr std::size_t kProtocols = static_cast<std::size_t>(protocol::Inner::kUnknown) + 1;

  Listed clients{kListedClients};
  Listed user_agents{kListedUserAgents};
  std::uint64_t sessions = 0;
  std::uint64_t odd_sessions = 0;  // with at least one CONNECT anomaly
  std::array<std::uint64_t, session::kConnectAnomalies> anomalies{};
  std::array<std::uint64_t, kProtocols> protocols{};  // sessions by protocol::Inner
  Timestamp first{};
  Timestamp last{};

  // A tunnel through CONNECT without TLS, in which something was sent.
  static bool applies_to(const session::Session& session) {
    return session.kind == session::Kind::kConnect && session.inner != protocol::Inner::kNone;
  }
  void add(const session::Session& session, std::size_t exact_limit);
  [[nodiscard]] Finding judge(std::string_view destination) const;
};

}  // namespace mogura::finding::detail
