#include "session/table.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "session/testing/conversation.h"

namespace mogura::session {
namespace {

using testing::client_hello;
using testing::Conversation;
using testing::finish_all;
using testing::record;
using testing::run;

constexpr std::string_view kConnect =
    "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\nUser-Agent: ua/1\r\n\r\n";
constexpr std::string_view kEstablished = "HTTP/1.1 200 Connection established\r\n\r\n";
const std::string kSshUp = "SSH-2.0-OpenSSH_9.2\r\n";
const std::string kSshDown = "SSH-2.0-OpenSSH_9.6p1 Ubuntu-3\r\n";

Session only(std::vector<FinishedPtr> finished) {
  EXPECT_EQ(finished.size(), 1u);
  return finished.empty() ? Session{} : finished.front()->session;
}
Session session_of(const Conversation& conversation) {
  return only(run(conversation.segments()));
}

struct DialogueCase {
  const char* name;
  Conversation conversation;
  Kind kind;
  const char* destination;
  protocol::Inner inner;
  const char* why;
};

std::vector<DialogueCase> dialogue_cases() {
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

TEST(Table, TellsDialoguesApart) {
  for (const DialogueCase& c : dialogue_cases()) {
    SCOPED_TRACE(std::string(c.name) + ": " + c.why);
    const Session session = session_of(c.conversation);
    EXPECT_EQ(name_of(session.kind), name_of(c.kind));
    EXPECT_EQ(session.destination, c.destination);
    EXPECT_EQ(protocol::name_of(session.inner), protocol::name_of(c.inner));
    EXPECT_EQ(session.client.to_string(), "10.0.0.11:40000");
    EXPECT_FALSE(session.truncated);
  }
}

// What must not change when a stream is permuted, duplicated or cut differently. Payload counts follow the
// cutting, so they are compared only where the cutting is the same.
std::string essence(const Session& s) {
  std::string text(name_of(s.kind));
  text += ' ' + s.destination + ' ' + s.user_agent + ' ' + s.sni + ' ' + s.cipher_suites + ' ' + s.ja4 + ' ';
  text += protocol::name_of(s.inner);
  for (const auto& [method, count] : s.methods) text += ' ' + method + '=' + std::to_string(count);
  for (const auto status : s.status) text += ' ' + std::to_string(status);
  text += " urls=" + std::to_string(s.urls_count) + " gaps=" + std::to_string(s.gaps_bytes) + ' ' +
          s.client.to_string();
  if (s.inner == protocol::Inner::kTls) {
    text += " records=" + std::to_string(s.exchanges[0]) + '/' + std::to_string(s.exchanges[1]);
  }
  return text;
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

TEST(Table, AnyPermutationAndDuplicationGivesTheSameSession) {
  Random random(7);
  for (const DialogueCase& c : dialogue_cases()) {
    const Session straight = session_of(c.conversation);
    for (int round = 0; round < 60; ++round) {
      std::vector<packet::TcpSegment> segments = c.conversation.segments();
      for (int extra = 0; extra < 3; ++extra) segments.push_back(segments[random.below(segments.size())]);
      // Every second round the opening handshake stays in front: acknowledgments mean something only after
      // it.
      const std::size_t fixed = round % 2 == 0 ? 0 : 3;
      for (std::size_t i = segments.size(); i > fixed + 1; --i) {
        std::swap(segments[i - 1], segments[fixed + random.below(i - fixed)]);
      }
      const Session shuffled = only(run(segments));
      ASSERT_EQ(essence(shuffled), essence(straight)) << c.name << " round " << round;
      ASSERT_EQ(shuffled.exchanges, straight.exchanges) << c.name << " round " << round;
      if (fixed != 0) {
        ASSERT_EQ(shuffled.connect_anomalies, straight.connect_anomalies) << c.name << " round " << round;
      }
    }
  }
}

// Cuts every payload into pieces of `size` bytes.
std::vector<packet::TcpSegment> cut(const std::vector<packet::TcpSegment>& segments, std::size_t size) {
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

TEST(Table, AnyCuttingGivesTheSameSession) {
  for (const DialogueCase& c : dialogue_cases()) {
    const std::string straight = essence(session_of(c.conversation));
    for (std::size_t size = 1; size < 60; ++size) {
      ASSERT_EQ(essence(only(run(cut(c.conversation.segments(), size)))), straight)
          << c.name << " cut to " << size;
    }
  }
}

struct AnomalyCase {
  ConnectAnomaly anomaly;
  Conversation conversation;
};

TEST(Table, RecordsTheSevenConnectAnomalies) {
  const std::string connect(kConnect);
  const std::string ok(kEstablished);
  const auto size = [](const std::string& text) { return static_cast<std::uint32_t>(text.size()); };
  const std::vector<AnomalyCase> cases = {
      {ConnectAnomaly::kRequestBody,
       Conversation().open().up("CONNECT a:1 HTTP/1.1\r\nContent-Length: 5\r\n\r\n").down(ok).close()},
      {ConnectAnomaly::kEarlyClientData,
       Conversation().open().up(connect).down(ok).up_early(client_hello(), size(ok)).close()},
      {ConnectAnomaly::kContentLengthOnSuccess,
       Conversation().open().up(connect).down("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n").close()},
      {ConnectAnomaly::kTransferEncodingOnSuccess,
       Conversation()
           .open()
           .up(connect)
           .down("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
           .close()},
      {ConnectAnomaly::kInterimResponse,
       Conversation().open().up(connect).down("HTTP/1.1 100 Continue\r\n\r\n").down(ok).close()},
      {ConnectAnomaly::kResponseBeforeRequest, Conversation().open().up(connect).down_early(ok, 10).close()},
      {ConnectAnomaly::kEarlyServerData, Conversation().open().up(connect).down(ok + kSshDown).close()},
  };
  for (const AnomalyCase& c : cases) {
    SCOPED_TRACE(name_of(c.anomaly));
    EXPECT_EQ(session_of(c.conversation).connect_anomalies, 1u << static_cast<unsigned>(c.anomaly));
  }
}

TEST(Table, CountsTlsRecordsAfterTheConnectDialogue) {
  Conversation c;
  c.open().up(kConnect).down(kEstablished).up(client_hello());
  for (int i = 0; i < 12; ++i) c.down(record(100)).up(record(20) + record(30));
  const Session session = session_of(c.close());
  EXPECT_EQ(session.exchanges[0], 25u);  // the hello and two records each time
  EXPECT_EQ(session.exchanges[1], 12u);
  EXPECT_TRUE(session.is_analysed(10));
  ASSERT_GE(session.lengths.size(), 3u);
  EXPECT_EQ(session.lengths[0].count, 12u);
}

TEST(Table, CountsPayloadsWhereThereIsNoTls) {
  Conversation c;
  c.open().up(kConnect).down(kEstablished).down(kSshDown).up(kSshUp);
  for (int i = 0; i < 5; ++i) c.up("0123456789").down("abc").down("def");
  const Session session = session_of(c.close());
  EXPECT_EQ(session.exchanges[0], 6u);
  EXPECT_EQ(session.exchanges[1], 11u);
}

TEST(Table, KeepsNoSecret) {
  const std::string secret = "s3cr3tvalue";
  Conversation c;
  c.open()
      .up("GET http://a.example/?q=1 HTTP/1.1\r\nCookie: id=" + secret + "\r\nProxy-Authorization: Basic " +
          secret + "\r\nAuthorization: Bearer " + secret + "\r\n\r\n")
      .down("HTTP/1.1 200 OK\r\nSet-Cookie: id=" + secret + "\r\nContent-Length: 0\r\n\r\n")
      .close();
  EXPECT_EQ(essence(session_of(c)).find(secret), std::string::npos);
}

TEST(Table, SkipsAGapInsideABody) {
  Conversation c;
  c.open()
      .up("GET http://a.example/1 HTTP/1.1\r\n\r\n")
      .down("HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n" + std::string(1000, 'a'));
  c.lose_down(1500).down(std::string(500, 'b'));
  c.up("GET http://a.example/2 HTTP/1.1\r\n\r\n")
      .down("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")
      .close();
  const Session session = session_of(c);
  EXPECT_EQ(session.gaps_bytes, 1500u);
  EXPECT_EQ(session.status, (std::vector<std::uint16_t>{200, 404}));
}

TEST(Table, SeesTheTunnelWhenOnlyTheClientWasCaptured) {
  Conversation c;
  c.open().up(kConnect).down(kEstablished).up(client_hello()).close();
  std::vector<packet::TcpSegment> one_way;
  for (const auto& segment : c.segments()) {
    if (segment.from == c.segments()[0].from) one_way.push_back(segment);
  }
  const Session session = only(run(one_way));
  EXPECT_EQ(session.kind, Kind::kSsl);
  EXPECT_EQ(session.sni, "inside.example");
}

TEST(Table, NamesNoDestinationWhereTheCaptureCutIt) {
  Conversation c;
  c.open().up("GET http://a.exam").close();
  std::vector<packet::TcpSegment> segments = c.segments();
  segments[3].payload_length += 300;  // and the proxy is not where it went
  for (std::size_t i = 4; i < segments.size(); ++i) {
    std::uint32_t& number = i == 5 ? segments[i].acknowledgment : segments[i].sequence;
    number += 300;
  }
  const Session session = only(run(segments));
  EXPECT_EQ(session.kind, Kind::kGetPost);
  EXPECT_EQ(session.destination, "");
}

TEST(Table, StartsANewSessionWhenAPortIsUsedAgain) {
  Conversation first, second;
  first.open().up(kConnect).down(kEstablished).up(client_hello()).close();
  second.wait(std::chrono::seconds(3)).open().up("GET http://b.example/ HTTP/1.1\r\n\r\n").close();
  std::vector<packet::TcpSegment> all = first.segments();
  for (packet::TcpSegment segment : second.segments()) {
    segment.sequence += 5'000'000;
    if (segment.acknowledgment != 0) segment.acknowledgment += 5'000'000;
    all.push_back(segment);
  }
  const std::vector<FinishedPtr> finished = run(all);
  ASSERT_EQ(finished.size(), 2u);
  EXPECT_EQ(finished[0]->session.kind, Kind::kSsl);
  EXPECT_EQ(finished[1]->session.kind, Kind::kGetPost);
}

TEST(Table, EndsSilentConnectionsByPacketTime) {
  const Limits limits;
  Conversation c;
  c.open().up(kConnect).down(kEstablished);
  Table table(limits, 0);
  for (const auto& segment : c.segments()) table.on_segment(segment, table.hash(segment.key));
  const Timestamp last = c.segments().back().time;
  std::vector<FinishedPtr> finished;
  table.advance(last + limits.idle_timeout);
  table.take_finished(finished);
  EXPECT_TRUE(finished.empty());
  table.advance(last + limits.idle_timeout + std::chrono::seconds(2));
  table.take_finished(finished);
  EXPECT_EQ(finished.size(), 1u);
}

TEST(Table, LetsNoConnectionWaitForATimeThatWasTakenBack) {
  const Limits limits;
  const auto after = [](std::chrono::hours wait, const char* client) {
    return Conversation().from(client, 40000).wait(wait).open().up(kConnect).down(kEstablished);
  };
  const Conversation ahead = after(std::chrono::hours(72), "10.0.0.11");
  const Conversation set_back = after(std::chrono::hours(0), "10.0.0.12");  // the clock went back three days
  Table table(limits, 0);
  for (const Conversation* conversation : {&ahead, &set_back}) {
    for (const auto& segment : conversation->segments()) table.on_segment(segment, table.hash(segment.key));
  }
  const Timestamp last = set_back.segments().back().time;
  std::vector<FinishedPtr> finished;
  table.advance(last);
  table.take_finished(finished);
  EXPECT_TRUE(finished.empty());
  table.advance(last + limits.idle_timeout + std::chrono::seconds(2));
  table.take_finished(finished);
  EXPECT_EQ(finished.size(), 2u) << "both have been silent since";
}

TEST(Table, FollowsNoMoreConnectionsThanTheLimit) {
  Limits limits;
  limits.connections = 3;
  for (std::uint16_t count = 2; count <= 4; ++count) {
    Table table(limits, 0);
    for (std::uint16_t i = 0; i < count; ++i) {
      Conversation c;
      c.from("10.0.0.11", static_cast<std::uint16_t>(40000 + i))
          .wait(std::chrono::seconds(i))
          .open()
          .up(kConnect);
      for (const auto& segment : c.segments()) table.on_segment(segment, table.hash(segment.key));
      EXPECT_LE(table.connections(), limits.connections);
    }
    EXPECT_EQ(table.counters().evicted_sessions, count > 3 ? 1u : 0u);
    std::vector<FinishedPtr> finished = finish_all(table);
    ASSERT_EQ(finished.size(), count);  // evicted, but not lost
    EXPECT_EQ(finished[0]->session.client.port, 40000);
  }
}

TEST(Table, EndsEachConnectionInOneSliceOfTheFinish) {
  Table table({}, 0);
  for (std::uint16_t i = 0; i < 100; ++i) {
    const Conversation c =
        Conversation().from("10.0.0.11", static_cast<std::uint16_t>(40000 + i)).open().up(kConnect);
    for (const auto& segment : c.segments()) table.on_segment(segment, table.hash(segment.key));
  }
  std::size_t ended = 0;
  for (unsigned slice = 0; slice < 7; ++slice) {
    table.finish(slice, 7);
    std::vector<FinishedPtr> finished;
    table.take_finished(finished);
    EXPECT_LT(finished.size(), 50u);
    ended += finished.size();
  }
  EXPECT_EQ(ended, 100u);
  EXPECT_EQ(table.connections(), 0u);
}

TEST(Table, IgnoresStragglersOfConnectionsThatAreOver) {
  Conversation c;
  c.open().up(kConnect).down(kEstablished).close();
  Table table({}, 0);
  for (const auto& segment : c.segments()) table.on_segment(segment, table.hash(segment.key));
  packet::TcpSegment late = c.segments().back();
  late.time += std::chrono::minutes(5);
  table.on_segment(late, table.hash(late.key));
  EXPECT_EQ(finish_all(table).size(), 1u);
  EXPECT_EQ(table.counters().stray_connections, 1u);
}

}  // namespace
}  // namespace mogura::session
