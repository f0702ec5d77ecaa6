#include "session/session.h"

#include <algorithm>
#include <array>

#include "base/digest.h"

namespace mogura::session {
namespace {

// The address in network order, 4 or 16 bytes.
void append(std::vector<std::uint8_t>& out, const Address& address) {
  const auto append_word = [&out](std::uint64_t word, unsigned bytes) {
    for (unsigned i = bytes; i-- > 0;) out.push_back(static_cast<std::uint8_t>(word >> (8 * i)));
  };
  if (address.is_v4()) {
    append_word(address.v4_bits(), 4);
  } else {
    append_word(address.high(), 8);
    append_word(address.low(), 8);
  }
}

}  // namespace

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::kGetPost:
      return "get-post";
    case Kind::kConnect:
      return "connect";
    case Kind::kSsl:
      return "ssl";
    case Kind::kWebSocket:
      return "websocket";
    case Kind::kOther:
      return "other";
  }
  return "other";
}

std::string_view name_of(ConnectAnomaly anomaly) {
  switch (anomaly) {
    case ConnectAnomaly::kRequestBody:
      return "request-body";
    case ConnectAnomaly::kEarlyClientData:
      return "early-client-data";
    case ConnectAnomaly::kContentLengthOnSuccess:
      return "content-length-on-success";
    case ConnectAnomaly::kTransferEncodingOnSuccess:
      return "transfer-encoding-on-success";
    case ConnectAnomaly::kInterimResponse:
      return "interim-response";
    case ConnectAnomaly::kResponseBeforeRequest:
      return "response-before-request";
    case ConnectAnomaly::kEarlyServerData:
      return "early-server-data";
  }
  return "unknown";
}

void Session::clear() {
  for (std::string* text : {&client_forwarded, &destination, &user_agent, &via, &host, &upgrade, &sni,
                            &tls_version, &cipher_suites, &ja3, &ja4, &ja4_r, &ja3s, &cert_subject,
                            &cert_issuer, &message_bytes, &http.content_type}) {
    text->clear();
  }
  methods.clear();
  status.clear();
  alpn.clear();
  lengths.clear();
  start = end = Timestamp{};
  client = server = Endpoint{};
  vlan = 0;
  kind = Kind::kOther;
  inner = protocol::Inner::kNone;
  user_agent_seen = ech_outer = truncated = has_interval = false;
  urls_count = 0;
  connect_anomalies = 0;
  exchanges = packets = bytes = {};
  gaps_bytes = 0;
  interval_median_s = interval_mad_s = 0;
  messages.clear();
  turns = 0;
  small_messages = {};
  longest_silence_s = 0;
  std::string content_type = std::move(http.content_type);
  http = HttpShape();
  http.content_type = std::move(content_type);
}

bool Session::has_connect() const {
  return std::any_of(methods.begin(), methods.end(),
                     [](const auto& method) { return method.first == "CONNECT"; });
}

// Community id flow hashing v1: seed, the endpoints in order, protocol, padding; SHA-1; Base64.
std::string community_id(const Endpoint& client, const Endpoint& server) {
  const Endpoint& low = std::min(client, server);
  const Endpoint& high = std::max(client, server);
  constexpr std::uint8_t kTcp = 6;
  std::vector<std::uint8_t> tuple{0, 0};  // seed 0
  append(tuple, low.address);
  append(tuple, high.address);
  tuple.insert(tuple.end(), {kTcp, 0});
  for (const std::uint16_t port : {low.port, high.port}) {
    tuple.push_back(static_cast<std::uint8_t>(port >> 8));
    tuple.push_back(static_cast<std::uint8_t>(port));
  }
  return "1:" + to_base64(sha1(tuple));
}

std::string session_id(const Session& session) {
  const auto start = std::chrono::floor<std::chrono::microseconds>(session.start.time_since_epoch());
  return community_id(session.client, session.server) + "-" + std::to_string(start.count());
}

}  // namespace mogura::session
