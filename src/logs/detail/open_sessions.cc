#include "logs/detail/open_sessions.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "protocol/authority.h"
#include "session/entropy.h"

namespace mogura::logs::detail {
namespace {

using protocol::Inner;
using session::Kind;
using session::Session;

// A CONNECT with its answer is hardly ever longer, both ways together; what is, went through the tunnel.
constexpr std::uint64_t kDialogueBytes = 8192;

// A longer key is told by its beginning.
constexpr std::size_t kKeyBytes = 64;

// The names that Zeek and Suricata have for protocols, where they are not ours.
constexpr std::pair<std::string_view, Inner> kNames[] = {
    {"ssl", Inner::kTls},
    {"rfb", Inner::kVnc},
    {"smb2", Inner::kSmb},
    {"dcerpc,smb", Inner::kSmb},
    {"ftp-data", Inner::kFtp},
    {"pgsql", Inner::kPostgreSql},
    {"postgres", Inner::kPostgreSql},
    {"bittorrent-dht", Inner::kBitTorrent},
};

Inner protocol_of(std::string_view name) {
  if (name.starts_with("spicy_")) name.remove_prefix(6);
  if (name.starts_with("openvpn")) return Inner::kOpenVpn;
  for (const auto& [other, protocol] : kNames) {
    if (name == other) return protocol;
  }
  for (auto i = static_cast<std::size_t>(Inner::kTls); i < static_cast<std::size_t>(Inner::kUnknown); ++i) {
    if (name_of(static_cast<Inner>(i)) == name) return static_cast<Inner>(i);
  }
  return Inner::kNone;
}

template <class OnPart>
void split(std::string_view list, OnPart&& on_part) {
  while (!list.empty()) {
    const std::size_t size = std::min(list.find(','), list.size());
    on_part(list.substr(0, size));
    list.remove_prefix(std::min(size + 1, list.size()));
  }
}

void assign_if_empty(std::string& text, std::string_view value, std::size_t most) {
  if (text.empty()) text = value.substr(0, most);
}

std::string host_and_port(std::string_view host, std::uint16_t port) {
  protocol::Authority authority = protocol::parse_authority(host);
  if (authority.host.empty()) return {};
  if (authority.port == 0) authority.port = port;
  return authority.to_string();
}

}  // namespace

OpenSessions::OpenSessions(const Limits& limits, std::size_t most, Consumer on_session)
    : limits_(limits), most_(std::max<std::size_t>(most, 1)), on_session_(std::move(on_session)) {}

OpenSessions::Open& OpenSessions::at(const RecordHead& head) {
  const std::string_view key = head.key.substr(0, kKeyBytes);
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) {
    List& list = found->second->has_connection ? closed_ : open_;
    list.splice(list.end(), list, found->second);
    Session& session = found->second->session;
    session.start = std::min(session.start, head.time);
    session.end = std::max(session.end, head.time);
    return *found->second;
  }
  make_room();
  Open& open = open_.emplace_back();
  open.key = key;
  by_key_.emplace(open.key, std::prev(open_.end()));
  open.session.start = open.session.end = head.time;
  open.session.client = head.client;
  open.session.server = head.server;
  return open;
}

void OpenSessions::make_room() {
  if (by_key_.size() < most_) return;
  if (closed_.empty()) ++handed_out_early_;
  hand_out(closed_.empty() ? open_ : closed_);
}

void OpenSessions::hand_out(List& from) {
  settle(from.front());
  on_session_(from.front().session);
  by_key_.erase(from.front().key);
  from.pop_front();
}

void OpenSessions::finish() {
  while (!closed_.empty()) hand_out(closed_);
  while (!open_.empty()) hand_out(open_);
}

void OpenSessions::count_method(Session& session, std::string_view method) const {
  method = method.substr(0, limits_.text_bytes);
  const auto is_it = [&method](const auto& counted) { return counted.first == method; };
  auto found = std::find_if(session.methods.begin(), session.methods.end(), is_it);
  if (found == session.methods.end() && session.methods.size() >= limits_.methods) {
    method = "other";
    found = std::find_if(session.methods.begin(), session.methods.end(), is_it);
  }
  if (found == session.methods.end()) found = session.methods.emplace(found, method, 0);
  ++found->second;
}

void OpenSessions::count_target(Open& open, std::string_view target) const {
  if (open.urls.size() >= limits_.urls) return;
  const std::uint64_t hash = hash_bytes(as_bytes(target));
  if (std::find(open.urls.begin(), open.urls.end(), hash) == open.urls.end()) open.urls.push_back(hash);
}

void OpenSessions::describe_requests(Open& open, const HttpRecord& record) const {
  session::HttpShape& http = open.session.http;
  ++http.requests;
  http.with_referer += record.has_referer ? 1u : 0u;
  http.with_body += record.body_bytes[0] != 0 ? 1u : 0u;
  http.target_bytes_max = std::max(http.target_bytes_max, static_cast<std::uint32_t>(record.target.size()));
  for (const std::size_t way : {0u, 1u}) http.body_bytes[way] += record.body_bytes[way];
  assign_if_empty(http.content_type, record.content_type, limits_.text_bytes);
  const std::size_t scheme = record.target.find("://");
  const std::size_t path = scheme == std::string_view::npos ? 0 : record.target.find('/', scheme + 3);
  if (path != std::string_view::npos) {
    open.paths +=
        record.target.substr(path, limits_.text_bytes - std::min(limits_.text_bytes, open.paths.size()));
  }
}

// A session says who the client is as its CONNECT does, else as its first request.
void OpenSessions::describe_client(Open& open, const HttpRecord& record) const {
  Session& session = open.session;
  const bool is_first_connect = record.method == "CONNECT" && open.connect_target.empty();
  if (!open.has_http || (is_first_connect && record.user_agent)) {
    session.user_agent_seen = record.user_agent.has_value();
    session.user_agent = record.user_agent.value_or("").substr(0, limits_.text_bytes);
    session.host = record.host.substr(0, limits_.text_bytes);
    session.via = record.via.substr(0, limits_.text_bytes);
    session.client_forwarded = protocol::forwarded_client(record.x_forwarded_for, {});
  }
}

void OpenSessions::add(const RecordHead& head, const HttpRecord& record) {
  Open& open = at(head);
  Session& session = open.session;
  const bool is_connect = record.method == "CONNECT";
  describe_client(open, record);
  open.has_http = true;
  if (!record.method.empty()) count_method(session, record.method);
  count_target(open, record.target);
  if (is_connect) {
    assign_if_empty(open.connect_target, record.target.empty() ? record.host : record.target,
                    limits_.text_bytes);
  } else {
    describe_requests(open, record);
    assign_if_empty(open.first_target, record.target, limits_.text_bytes);
    assign_if_empty(open.first_host, record.host, limits_.text_bytes);
  }
  open.was_connected |= is_connect && record.status / 100 == 2;
  open.was_upgraded |= record.status == 101;
  if (record.status != 0 && session.status.size() < limits_.status_codes)
    session.status.push_back(record.status);
  for (const std::size_t way : {0u, 1u}) open.payload_bytes[way] += record.body_bytes[way];
}

void OpenSessions::add(const RecordHead& head, const TlsRecord& record) {
  Open& open = at(head);
  Session& session = open.session;
  if (open.has_tls) return;  // the outermost hello counts
  open.has_tls = true;
  session.tls_version = record.version;
  session.sni = protocol::parse_authority(record.sni).host;
  split(record.alpn.substr(0, limits_.text_bytes),
        [&session](std::string_view name) { session.alpn.emplace_back(name); });
  const std::pair<std::string*, std::string_view> texts[] = {
      {&session.cipher_suites, record.cipher_suites},
      {&session.ja3, record.ja3},
      {&session.ja4, record.ja4},
      {&session.ja4_r, record.ja4_r},
      {&session.ja3s, record.ja3s},
      {&session.cert_subject, record.subject},
      {&session.cert_issuer, record.issuer},
  };
  for (const auto& [text, value] : texts) *text = value.substr(0, limits_.text_bytes);
}

void OpenSessions::add(const RecordHead& head, const ConnectionRecord& record) {
  Open& open = at(head);
  if (!open.has_connection) closed_.splice(closed_.end(), open_, by_key_.at(open.key));
  open.has_connection = true;
  Session& session = open.session;
  // Who opened the connection is the client, whatever a record of what was inside took for it.
  session.client = head.client;
  session.server = head.server;
  if (record.end) session.end = std::max(session.end, *record.end);
  session.bytes = record.bytes;
  session.packets = record.packets;
  session.gaps_bytes = record.gaps_bytes;
  session.truncated = record.began_before;
  open.has_payload = record.has_payload;
  open.payload_bytes = record.payload_bytes;
  set_protocols(open, record.protocols);
}

void OpenSessions::add_protocol(const RecordHead& head, std::string_view protocol) {
  set_protocols(at(head), protocol);
}

// The one that says most: "http" is the dialogue with the proxy where something else is there too.
void OpenSessions::set_protocols(Open& open, std::string_view protocols) {
  split(protocols, [&open](std::string_view name) {
    const Inner protocol = protocol_of(name);
    if (protocol == Inner::kNone) return;
    if (open.protocol == Inner::kNone || open.protocol == Inner::kHttp) open.protocol = protocol;
  });
}

void OpenSessions::settle(Open& open) {
  Session& session = open.session;
  session.urls_count = static_cast<std::uint32_t>(open.urls.size());
  session.http.target_entropy_bits = session::entropy_bits(open.paths);
  if (!open.has_connection) session.bytes = open.payload_bytes;
  if (!open.connect_target.empty()) {
    settle_tunnel(open);
  } else if (open.has_http) {
    session.kind = open.was_upgraded ? Kind::kWebSocket : Kind::kGetPost;
    session.destination = protocol::parse_absolute_target(open.first_target).to_string();
    if (session.destination.empty())
      session.destination = host_and_port(open.first_host, session.server.port);
    if (session.destination.empty()) session.destination = session.server.to_string();
  } else {
    settle_other(open);
  }
}

void OpenSessions::settle_tunnel(Open& open) {
  Session& session = open.session;
  session.destination = host_and_port(open.connect_target, 0);
  session.inner = open.has_tls ? Inner::kTls : open.protocol;
  if (session.inner == Inner::kHttp || session.inner == Inner::kNone) {
    // The dialogue with the proxy is HTTP as well.
    const bool has_request = open.was_connected && session.http.requests != 0;
    const bool has_more = open.was_connected && open.has_connection &&
                          open.payload_bytes[0] + open.payload_bytes[1] > kDialogueBytes;
    session.inner = has_request ? Inner::kHttp : has_more ? Inner::kUnknown : Inner::kNone;
  }
  session.kind = session.inner == Inner::kTls ? Kind::kSsl
                 : open.was_upgraded          ? Kind::kWebSocket
                                              : Kind::kConnect;
}

void OpenSessions::settle_other(Open& open) {
  Session& session = open.session;
  session.kind = Kind::kOther;
  session.inner = open.has_tls ? Inner::kTls : open.protocol;
  if (session.inner == Inner::kNone && open.has_payload) session.inner = Inner::kUnknown;
  if (session.inner == Inner::kNone) return;
  session.destination = host_and_port(session.sni, session.server.port);
  if (session.destination.empty()) session.destination = session.server.to_string();
}

}  // namespace mogura::logs::detail
