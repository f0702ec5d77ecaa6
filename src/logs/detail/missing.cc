#include "logs/detail/missing.h"

namespace mogura::logs::detail {
namespace {

void add_squid(const FieldsSeen& fields, std::vector<std::string>& sentences) {
  if (!fields.has_squid()) return;
  const bool has_native = fields.squid[static_cast<std::size_t>(SquidFormat::kNative)];
  const bool has_common = fields.squid[static_cast<std::size_t>(SquidFormat::kCommon)];
  const bool has_combined = fields.squid[static_cast<std::size_t>(SquidFormat::kCombined)];
  if (has_native || has_common) {
    sentences.emplace_back(
        "Squid's format here has no User-Agent and no Referer (logformat combined has both)");
  }
  if (has_common || has_combined) {
    sentences.emplace_back("Squid's common formats have no durations: sessions begin when they end");
  }
  sentences.emplace_back(
      "Squid's log has no TLS hello: no cipher lists, JA3, JA4, server names, certificates");
  sentences.emplace_back("Squid's log does not tell what went through a CONNECT: no inner protocols");
  sentences.emplace_back("Squid's log does not tell which requests shared a connection: each is a session");
}

void add_monitor(const MonitorFields& fields, const std::string& name, const std::string& connections,
                 std::vector<std::string>& sentences) {
  if (!fields.was_read) return;
  if (!fields.http) sentences.push_back(name + " logs here have no requests: no User-Agents, no CONNECTs");
  if (!fields.tls) sentences.push_back(name + " logs here have no TLS hellos: no server names");
  if (fields.tls && !fields.fingerprints) sentences.push_back(name + " logs here have no JA3 and no JA4");
  if (fields.tls && !fields.cipher_lists) {
    sentences.push_back(name + " logs here have no cipher lists, only what the server chose");
  }
  if (!fields.connections) sentences.push_back(name + " logs here have no " + connections);
}

}  // namespace

void MonitorFields::saw(const session::Session& session) {
  http |= !session.methods.empty();
  tls |= !session.tls_version.empty() || !session.sni.empty();
  connections |= session.packets[0] != 0;
  cipher_lists |= !session.cipher_suites.empty();
  fingerprints |= !session.ja3.empty() || !session.ja4.empty();
}

Seen seen_of(const FieldsSeen& fields) {
  Seen seen;
  seen.user_agents = fields.sessions || fields.zeek.http || fields.eve.http ||
                     fields.squid[static_cast<std::size_t>(SquidFormat::kCombined)];
  seen.client_hello = fields.sessions || fields.zeek.cipher_lists || fields.eve.cipher_lists;
  seen.messages = fields.sessions;
  return seen;
}

std::vector<std::string> missing_of(const FieldsSeen& fields) {
  std::vector<std::string> sentences;
  add_squid(fields, sentences);
  add_monitor(fields.zeek, "Zeek's", "connections (conn.log): no durations, packets and bytes", sentences);
  add_monitor(fields.eve, "Suricata's", "flow events: no durations, packets and bytes", sentences);
  if (fields.has_squid() || fields.zeek.was_read || fields.eve.was_read) {
    sentences.emplace_back(
        "logs have no messages: no lengths, exchanges and rhythm inside sessions, and none counts as "
        "analysed");
  }
  return sentences;
}

}  // namespace mogura::logs::detail
