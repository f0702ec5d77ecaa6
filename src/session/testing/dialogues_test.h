#pragma once

// For tests: one conversation of each way in which a connection can go, and ways to capture it differently.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "session/testing/conversation.h"

namespace mogura::session::testing {

inline constexpr std::string_view kConnect =
    "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\nUser-Agent: ua/1\r\n\r\n";
inline constexpr std::string_view kEstablished = "HTTP/1.1 200 Connection established\r\n\r\n";
inline const std::string kSshUp = "SSH-2.0-OpenSSH_9.2\r\n";
inline const std::string kSshDown = "SSH-2.0-OpenSSH_9.6p1 Ubuntu-3\r\n";

struct DialogueCase {
  const char* name;
  Conversation conversation;
  Kind kind;
  const char* destination;
  protocol::Inner inner;
  const char* why;
};

inline std::vector<DialogueCase> dialogue_cases() {
  using protocol::Inner;
  const std::string connect(kConnect);
  const std::string ok(kEstablished);
  std::vector<DialogueCase> cases;
  const auto add = [&](const char* name, Conversation c, Kind kind, const char* destination, Inner inner,
                       const char* why) {
    cases.push_back({name, std::move(c), kind, destination, inner, why});
  };
  add("Tls", Conversation().open().up(connect).down(ok).up(client_hello()).down(record(9)).close(),
      Kind::kSsl, "a.example:443", Inner::kTls, "CONNECT, then TLS: type 3");
  add("Ssh", Conversation().open().up(connect).down(ok).down(kSshDown).up(kSshUp).close(), Kind::kConnect,
      "a.example:443", Inner::kSsh, "CONNECT, then SSH: type 2, server speaks first");
  add("Nothing", Conversation().open().up(connect).down(ok).close(), Kind::kConnect, "a.example:443",
      Inner::kNone, "a CONNECT after which nothing was sent");
  add("NeverAnswered", Conversation().open().up(connect).close(), Kind::kConnect, "a.example:443",
      Inner::kNone, "no answer: still a CONNECT");
  add("Status201",
      Conversation().open().up(connect).down("HTTP/1.1 201 Made\r\n\r\n").up(client_hello()).close(),
      Kind::kSsl, "a.example:443", Inner::kTls, "any 2xx opens the tunnel");
  add("LengthOnSuccess",
      Conversation()
          .open()
          .up(connect)
          .down("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
          .up(client_hello())
          .close(),
      Kind::kSsl, "a.example:443", Inner::kTls,
      "Content-Length on a 2xx to CONNECT means nothing (RFC 9110 9.3.6)");
  add("Retry407",
      Conversation()
          .open()
          .up(connect)
          .down("HTTP/1.1 407 No\r\nContent-Length: 4\r\n\r\nnope")
          .up(connect)
          .down(ok)
          .up(client_hello())
          .close(),
      Kind::kSsl, "a.example:443", Inner::kTls, "407, then another try on the same connection");
  add("RetryAfter502",
      Conversation()
          .open()
          .up(connect)
          .down("HTTP/1.1 502 Bad\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
          .up("CONNECT b.example:22 HTTP/1.1\r\n\r\n")
          .down(ok)
          .down(kSshDown)
          .up(kSshUp)
          .close(),
      Kind::kConnect, "b.example:22", Inner::kSsh, "the try that succeeded names the destination");
  add("Ipv6",
      Conversation()
          .open()
          .up("CONNECT [2001:DB8::1]:8443 HTTP/1.1\r\n\r\n")
          .down(ok)
          .up(client_hello())
          .close(),
      Kind::kSsl, "[2001:db8::1]:8443", Inner::kTls, "an IPv6 literal keeps its brackets");
  add("NoPort",
      Conversation().open().up("CONNECT Host.Example HTTP/1.1\r\n\r\n").down(ok).up(client_hello()).close(),
      Kind::kSsl, "host.example:443", Inner::kTls, "no port: what proxies assume; names are lower case");
  add("OddCase",
      Conversation().open().up("connect a.example:443 HTTP/1.1\r\n\r\n").down(ok).up(client_hello()).close(),
      Kind::kSsl, "a.example:443", Inner::kTls, "an odd case is still a CONNECT");
  add("GluedAnswer", Conversation().open().up(connect).down(ok + kSshDown).up(kSshUp).close(), Kind::kConnect,
      "a.example:443", Inner::kSsh, "server bytes in the same segment as the answer");
  add("GluedRequest", Conversation().open().up(connect + client_hello()).down(ok).down(record(40)).close(),
      Kind::kSsl, "a.example:443", Inner::kTls, "client bytes behind the request, before the answer");
  add("Nested",
      Conversation()
          .open()
          .up(connect)
          .down(ok)
          .up("CONNECT inner.example:443 HTTP/1.1\r\n\r\n")
          .down(ok)
          .up(client_hello())
          .close(),
      Kind::kConnect, "a.example:443", Inner::kHttp, "CONNECT inside CONNECT: not TLS, so type 2");
  add("PlainHttpInside",
      Conversation()
          .open()
          .up(connect)
          .down(ok)
          .up("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")
          .down("HTTP/1.1 204 No\r\n\r\n")
          .close(),
      Kind::kConnect, "a.example:443", Inner::kHttp, "plain HTTP inside a CONNECT");
  add("WebSocketInside",
      Conversation()
          .open()
          .up("CONNECT ws.example:80 HTTP/1.1\r\n\r\n")
          .down(ok)
          .up("GET /s HTTP/1.1\r\nHost: ws.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
          .down("HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
          .close(),
      Kind::kWebSocket, "ws.example:80", Inner::kNone, "browsers open ws:// through CONNECT");
  add("Upgrade",
      Conversation()
          .open()
          .up("GET http://w.example/s HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: foo\r\n\r\n")
          .down("HTTP/1.1 101 S\r\nUpgrade: foo\r\n\r\n")
          .down(kSshDown)
          .up(kSshUp)
          .close(),
      Kind::kWebSocket, "w.example:80", Inner::kSsh, "an Upgrade of any token");
  add("UpgradeDeclined",
      Conversation()
          .open()
          .up("GET http://w.example/s HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n")
          .down("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
          .up("GET http://w.example/t HTTP/1.1\r\n\r\n")
          .down("HTTP/1.1 204 N\r\n\r\n")
          .close(),
      Kind::kGetPost, "w.example:80", Inner::kNone, "a declined Upgrade leaves HTTP");
  add("Get",
      Conversation()
          .open()
          .up("GET http://A.example:8080/ HTTP/1.1\r\nHost: other\r\n\r\n")
          .down("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
          .close(),
      Kind::kGetPost, "a.example:8080", Inner::kNone, "an absolute target goes before Host");
  add("NoHost",
      Conversation().open().up("GET /x HTTP/1.0\r\n\r\n").down("HTTP/1.0 200 OK\r\n\r\nbody").close(),
      Kind::kGetPost, "10.0.0.2:3128", Inner::kNone, "no Host field: the server itself");
  add("BareTls", Conversation().open().up(client_hello()).down(record(9)).close(), Kind::kOther,
      "inside.example:3128", Inner::kTls, "TLS without a CONNECT is no tunnel type");
  add("BareSsh", Conversation().open().down(kSshDown).up(kSshUp).close(), Kind::kOther, "10.0.0.2:3128",
      Inner::kSsh, "neither HTTP nor TLS");
  add("BehindABalancer",
      Conversation()
          .open()
          .up("PROXY TCP4 192.0.2.1 192.0.2.2 40000 3128\r\n" + connect)
          .down(ok)
          .up(client_hello())
          .close(),
      Kind::kSsl, "a.example:443", Inner::kTls, "a load balancer's header stands before the CONNECT");
  add("HandshakeOnly", Conversation().open().close(), Kind::kOther, "", Inner::kNone,
      "no payload: went nowhere");
  return cases;
}

class Random {
 public:
  explicit Random(std::uint32_t seed) : state_(seed) {}
  std::uint32_t below(std::size_t bound) {
    state_ = state_ * 1664525u + 1013904223u;
    return static_cast<std::uint32_t>((std::uint64_t{state_} * bound) >> 32);
  }

 private:
  std::uint32_t state_;
};

// Cuts every payload into pieces of `size` bytes.
inline std::vector<packet::TcpSegment> cut(const std::vector<packet::TcpSegment>& segments,
                                           std::size_t size) {
  std::vector<packet::TcpSegment> pieces;
  for (const packet::TcpSegment& segment : segments) {
    if (segment.payload.empty()) pieces.push_back(segment);
    for (std::size_t at = 0; at < segment.payload.size(); at += size) {
      packet::TcpSegment piece = segment;
      piece.payload = segment.payload.subspan(at, std::min(size, segment.payload.size() - at));
      piece.payload_length = static_cast<std::uint32_t>(piece.payload.size());
      piece.sequence = segment.sequence + static_cast<std::uint32_t>(at);
      pieces.push_back(piece);
    }
  }
  return pieces;
}

}  // namespace mogura::session::testing
