#include "session/table.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "session/testing/dialogues_test.h"

namespace mogura::session {
namespace {

using testing::client_hello;
using testing::Conversation;
using testing::cut;
using testing::dialogue_cases;
using testing::DialogueCase;
using testing::finish_all;
using testing::kConnect;
using testing::kEstablished;
using testing::kSshDown;
using testing::kSshUp;
using testing::Random;
using testing::record;
using testing::run;

Session only(std::vector<FinishedPtr> finished) {
  EXPECT_EQ(finished.size(), 1u);
  return finished.empty() ? Session{} : finished.front()->session;
}
Session session_of(const Conversation& conversation) {
  return only(run(conversation.segments()));
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
