#include "report/session_line.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "report/json_writer.h"

namespace mogura::report {
namespace {

using session::Session;

void write_endpoints(const Session& session, JsonWriter& json) {
  json.field("session_id", session::session_id(session));
  json.field("start", session.start);
  json.field("end", session.end);
  json.field("client_ip", session.client.address.to_string());
  json.field("client_port", session.client.port);
  json.field("server_ip", session.server.address.to_string());
  json.field("server_port", session.server.port);
  if (session.vlan != 0) json.field("vlan", session.vlan);
  json.field_if("client_forwarded", session.client_forwarded);
}

void write_http(const Session& session, JsonWriter& json) {
  json.field("kind", name_of(session.kind));
  json.field_if("destination", session.destination);
  if (!session.methods.empty()) {
    json.key("methods");
    json.begin_object();
    for (const auto& [name, count] : session.methods) {
      json.untrusted_key(name);
      json.value(count);
    }
    json.end_object();
  }
  if (!session.status.empty()) {
    json.key("status");
    json.begin_array();
    for (const std::uint16_t status : session.status) json.value(status);
    json.end_array();
  }
  if (session.user_agent_seen) json.field("user_agent", session.user_agent);
  json.field_if("via", session.via);
  json.field_if("host", session.host);
  if (session.urls_count != 0) json.field("urls_count", session.urls_count);
}

void write_tls(const Session& session, JsonWriter& json) {
  json.field_if("sni", session.sni);
  if (!session.alpn.empty()) {
    json.key("alpn");
    json.begin_array();
    for (const std::string& name : session.alpn) json.value(name);
    json.end_array();
  }
  json.field_if("tls_version", session.tls_version);
  json.field_if("cipher_suites", session.cipher_suites);
  json.field_if("ja3", session.ja3);
  json.field_if("ja4", session.ja4);
  json.field_if("ja4_r", session.ja4_r);
  json.field_if("ja3s", session.ja3s);
  json.field_if("cert_subject", session.cert_subject);
  json.field_if("cert_issuer", session.cert_issuer);
}

double rounded_seconds(Duration duration) {
  const auto microseconds = std::chrono::floor<std::chrono::microseconds>(duration).count();
  return static_cast<double>(std::max<std::int64_t>(microseconds, 0)) / 1e6;
}

void write_volume(const Session& session, JsonWriter& json) {
  // Ordinary requests have nothing inside to speak of.
  if (session.kind != session::Kind::kGetPost || session.inner != protocol::Inner::kNone) {
    json.field("inner_protocol", name_of(session.inner));
  }
  json.field("exchanges_up", session.exchanges[0]);
  json.field("exchanges_down", session.exchanges[1]);
  json.field("packets_up", session.packets[0]);
  json.field("packets_down", session.packets[1]);
  json.field("bytes_up", session.bytes[0]);
  json.field("bytes_down", session.bytes[1]);
  json.field("duration_s", rounded_seconds(session.end - session.start));
  json.field("gaps_bytes", session.gaps_bytes);
  json.field("truncated", session.truncated);
}

void write_lengths(const Session& session, const SessionLineOptions& options, JsonWriter& json) {
  const auto repeats = [&options](const session::LengthCount& length) {
    return length.count >= options.min_repeats;
  };
  if (!session.is_analysed(options.min_exchanges)) return;
  if (std::none_of(session.lengths.begin(), session.lengths.end(), repeats)) return;
  json.key("lengths");
  json.begin_array();
  for (const session::LengthCount& length : session.lengths) {
    if (!repeats(length)) continue;
    json.begin_object();
    json.field("dir", length.direction == session::Direction::kUp ? "up" : "down");
    json.field("length", length.length);
    json.field("count", length.count);
    json.end_object();
  }
  json.end_array();
}

void write_rhythm(const Session& session, JsonWriter& json) {
  if (!session.has_interval) return;
  json.key("interval_s");
  json.begin_object();
  json.field("median", session.interval_median_s);
  json.field("mad", session.interval_mad_s);
  json.end_object();
}

void write_oddities(const Session& session, JsonWriter& json) {
  if (session.connect_anomalies != 0) {
    json.key("connect_anomalies");
    json.begin_array();
    for (std::size_t i = 0; i < session::kConnectAnomalies; ++i) {
      const auto anomaly = static_cast<session::ConnectAnomaly>(i);
      if (session.has(anomaly)) json.value(name_of(anomaly));
    }
    json.end_array();
  }
  if (session.ech_outer) json.field("ech_outer", true);
  json.field_if("upgrade", session.upgrade);
}

}  // namespace

void write_session_line(const Session& session, const SessionLineOptions& options, std::string& out) {
  JsonWriter json(out, JsonWriter::Layout::kLine);
  json.begin_object();
  write_endpoints(session, json);
  write_http(session, json);
  write_tls(session, json);
  write_volume(session, json);
  write_lengths(session, options, json);
  write_rhythm(session, json);
  write_oddities(session, json);
  json.end_object();
  out += '\n';
}

}  // namespace mogura::report
