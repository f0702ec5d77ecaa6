#pragma once

// All that is known of one service, which is what a finding is about: the sessions of one kind to one
// destination. Filled session by session, judged by the rules (detail/rules.h). Bounded: lists are cut, of
// the sessions only a few are kept. Private to the room.

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "feature/service.h"
#include "finding/detail/listed.h"
#include "finding/finding.h"
#include "protocol/inner.h"
#include "session/session.h"

namespace mogura::finding::detail {

inline constexpr std::size_t kProtocols = static_cast<std::size_t>(protocol::Inner::kUnknown) + 1;
// Sessions kept of one service, for clues, for learning and for the report: those with the longest
// conversations.
inline constexpr std::size_t kKeptSessions = 4;
inline constexpr std::size_t kKeptSessionsOfTunnels = 16;  // kinds connect and websocket, and long bodies

inline constexpr std::size_t kListedPatterns = 20;

class ServiceFacts {
 public:
  ServiceFacts(session::Kind kind, std::string destination, const feature::Options& options);

  // `may_keep`: there is room for one more kept session. Returns by how many their number changed.
  int add(const session::Session& session, std::size_t exact_limit, bool may_keep);

  // Adds what `other` saw to this one.
  // `room`: sessions that may be kept beyond those that are. Returns by how many their number changed.
  int merge(const ServiceFacts& other, std::size_t exact_limit, std::size_t room);

  session::Kind kind;
  std::string destination;
  feature::Service features;
  Listed clients{kListedClients};
  Listed user_agents{kListedUserAgents};
  Listed cipher_lists{kListedUserAgents};
  Listed ja4s{kListedUserAgents};
  Listed patterns{kListedPatterns};  // registered ones that some of its sessions match
  std::uint64_t matched_sessions = 0;
  std::uint64_t sessions = 0;
  std::uint64_t without_user_agent = 0;
  std::uint64_t hellos = 0;  // sessions with a ClientHello
  std::uint64_t without_sni = 0, without_alpn = 0;
  std::uint64_t odd_sessions = 0;  // with at least one CONNECT anomaly
  std::array<std::uint32_t, session::kConnectAnomalies> anomalies{};
  std::array<std::uint32_t, kProtocols> protocols{};  // sessions by protocol::Inner
  Timestamp first{};
  Timestamp last{};
  std::vector<std::unique_ptr<session::Session>> kept;  // longest conversation first

 private:
  void count(const session::Session& session);
  int keep(const session::Session& session, bool may_keep);
};

}  // namespace mogura::finding::detail
