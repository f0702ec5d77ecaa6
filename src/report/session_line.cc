#include "report/session_line.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/digest.h"
#include "report/json_writer.h"
#include "report/readable.h"

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

std::string_view name_of(session::Direction direction) {
  return direction == session::Direction::kUp ? "up" : "down";
}

// Zero is not seen.
template <class Number>
void field_if_any(JsonWriter& json, std::string_view name, Number number) {
  if (number != Number{}) json.field(name, number);
}

void write_turns(const Session& session, JsonWriter& json) {
  field_if_any(json, "turns", session.turns);
  field_if_any(json, "small_up", session.small_messages[0]);
  field_if_any(json, "small_down", session.small_messages[1]);
  field_if_any(json, "longest_silence_s", session.longest_silence_s);
}

void write_shape(const session::HttpShape& shape, JsonWriter& json) {
  if (shape == session::HttpShape{}) return;
  json.key("http");
  json.begin_object();
  field_if_any(json, "requests", shape.requests);
  field_if_any(json, "with_referer", shape.with_referer);
  field_if_any(json, "with_cookie", shape.with_cookie);
  field_if_any(json, "with_body", shape.with_body);
  field_if_any(json, "head_bytes_max", shape.head_bytes_max);
  field_if_any(json, "target_bytes_max", shape.target_bytes_max);
  field_if_any(json, "target_entropy_bits", shape.target_entropy_bits);
  field_if_any(json, "body_bytes_up", shape.body_bytes[0]);
  field_if_any(json, "body_bytes_down", shape.body_bytes[1]);
  field_if_any(json, "longest_body_up_s", shape.longest_body_s[0]);
  field_if_any(json, "longest_body_down_s", shape.longest_body_s[1]);
  field_if_any(json, "has_endless_body_up", shape.has_endless_body[0]);
  field_if_any(json, "has_endless_body_down", shape.has_endless_body[1]);
  json.field_if("content_type", shape.content_type);
  json.end_object();
}

// Sessions of which it matters how they go on: a file of a day's ordinary ones would be mostly that.
bool is_told_in_full(const Session& session, const SessionLineOptions& options) {
  constexpr double kLongBody_s = 10;
  const session::HttpShape& http = session.http;
  const bool has_long_body = http.has_endless_body[0] || http.has_endless_body[1] ||
                             http.longest_body_s[0] > kLongBody_s || http.longest_body_s[1] > kLongBody_s;
  return options.all_messages || session.is_analysed(options.min_exchanges) ||
         session.kind == session::Kind::kWebSocket || has_long_body;
}

void write_lengths(const Session& session, const SessionLineOptions& options, JsonWriter& json) {
  const auto repeats = [&options](const session::LengthCount& length) {
    return length.count >= options.min_repeats;
  };
  if (!is_told_in_full(session, options)) return;
  if (std::none_of(session.lengths.begin(), session.lengths.end(), repeats)) return;
  json.key("lengths");
  json.begin_array();
  for (const session::LengthCount& length : session.lengths) {
    if (!repeats(length)) continue;
    json.begin_object();
    json.field("dir", name_of(length.direction));
    json.field("length", length.length);
    json.field("count", length.count);
    json.end_object();
  }
  json.end_array();
}

void write_strings(const SessionLineOptions& options, JsonWriter& json) {
  if (options.strings.empty()) return;
  json.key("strings");
  json.begin_array();
  for (const RepeatedBytes& string : options.strings) {
    json.begin_object();
    json.field("dir", name_of(string.direction));
    json.field("offset", string.offset);
    json.field("hex", to_hex(as_bytes(string.bytes)));
    json.field_if("text", readable_text(string.bytes));
    json.field("count", string.count);
    json.end_object();
  }
  json.end_array();
}

void write_messages(const Session& session, const SessionLineOptions& options, JsonWriter& json) {
  if (session.messages.empty()) return;
  if (!is_told_in_full(session, options) && session.kind != session::Kind::kConnect) return;
  json.key("messages");
  json.begin_array();
  for (const session::MessageStart& message : session.messages) {
    json.begin_object();
    json.field("dir", name_of(message.direction));
    json.field("length", message.length);
    json.field("t_ms", message.time_ms);
    json.field_if("hex", to_hex(as_bytes(session.bytes_of(message))));
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
  write_turns(session, json);
  write_shape(session.http, json);
  write_lengths(session, options, json);
  write_strings(options, json);
  write_messages(session, options, json);
  write_rhythm(session, json);
  write_oddities(session, json);
  json.end_object();
  out += '\n';
}

}  // namespace mogura::report
