#pragma once

// Sessions made to order for the tests of this room.

#include <string>

#include "finding/detail/service_facts.h"
#include "session/session.h"

namespace mogura::finding::testing {

inline session::Session tunnel(std::string destination, protocol::Inner inner, std::uint32_t client = 1,
                               int start_s = 0) {
  session::Session session;
  session.destination = std::move(destination);
  session.kind = session::Kind::kConnect;
  session.inner = inner;
  session.methods = {{"CONNECT", 1}};
  session.status = {200};
  session.packets = {5, 5};
  session.client = {Address::v4(0x0A000000 + client), static_cast<std::uint16_t>(1024 + start_s % 60000)};
  session.start = Timestamp(std::chrono::seconds(start_s));
  session.end = session.start + std::chrono::seconds(10);
  return session;
}

inline session::Session ssl(std::string destination, std::uint32_t client, int start_s, std::string agent,
                            std::string cipher_suites) {
  session::Session session = tunnel(std::move(destination), protocol::Inner::kTls, client, start_s);
  session.kind = session::Kind::kSsl;
  session.user_agent = std::move(agent);
  session.user_agent_seen = !session.user_agent.empty();
  session.cipher_suites = std::move(cipher_suites);
  session.sni = session.destination.substr(0, session.destination.find(':'));
  session.alpn = {"h2"};
  session.exchanges = {12, 15};
  return session;
}

inline session::Session with_anomaly(session::Session session, session::ConnectAnomaly anomaly) {
  session.flag(anomaly);
  return session;
}

inline detail::ServiceFacts facts_of(const std::vector<session::Session>& sessions) {
  detail::ServiceFacts facts(sessions.front().kind, sessions.front().destination, {});
  for (const session::Session& session : sessions) facts.add(session, 1024, true);
  return facts;
}

}  // namespace mogura::finding::testing
