#include "session/recorder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "session/table.h"
#include "session/testing/dialogues_test.h"
#include "session/testing/relay_test.h"

namespace mogura::session {
namespace {

using testing::client_hello;
using testing::Conversation;
using testing::cut;
using testing::dialogue_cases;
using testing::DialogueCase;
using testing::kConnect;
using testing::kEstablished;
using testing::kSshDown;
using testing::kSshUp;
using testing::record;
using testing::relay;
using testing::run;

using Segments = std::vector<packet::TcpSegment>;

constexpr Direction kUp = Direction::kUp;
constexpr Direction kDown = Direction::kDown;

// Packets and bytes are estimated.
Finished without_packets(FinishedPtr finished) {
  finished->session.packets = finished->session.bytes = {};
  return std::move(*finished);
}

void expect_same(RecorderPool& pool, const Segments& segments, const std::string& what) {
  std::vector<FinishedPtr> captured = run(segments);
  ASSERT_EQ(captured.size(), 1u) << what;
  const Finished expected = without_packets(std::move(captured.front()));
  FinishedPtr relayed = relay(pool, segments);
  relayed->session.packets = relayed->session.bytes = {};
  EXPECT_TRUE(relayed->session == expected.session)
      << what << ": " << relayed->session.destination << " for " << expected.session.destination;
  EXPECT_EQ(relayed->keys.hello, expected.keys.hello) << what;
  EXPECT_EQ(relayed->keys.early, expected.keys.early) << what;
  EXPECT_EQ(relayed->keys.requests, expected.keys.requests) << what;
  EXPECT_EQ(relayed->keys.to_proxy, expected.keys.to_proxy) << what;
  EXPECT_EQ(relayed->keys.from_proxy, expected.keys.from_proxy) << what;
  pool.recycle(std::move(relayed));  // what follows is made in used memory
}

struct NamedConversation {
  std::string name;
  Conversation conversation;
};

std::string masked_frame(std::string text) {
  for (char& c : text) c = static_cast<char>(c ^ 'k');
  return "\x82" + std::string(1, static_cast<char>(0x80 | text.size())) + "kkkk" + text;
}

std::vector<NamedConversation> conversations() {
  const std::string connect(kConnect);
  const std::string ok(kEstablished);
  const std::string get = "GET http://a.example/x?q HTTP/1.1\r\nHost: a.example\r\nCookie: c=1\r\n\r\n";
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3;x\r\nabc\r\n0\r\nT: 1\r\n\r\n";
  std::vector<NamedConversation> all;
  for (DialogueCase& c : dialogue_cases()) all.push_back({c.name, std::move(c.conversation)});
  all.push_back({"keep-alive", Conversation().open().up(get).down(answer).up(get).down(chunked).up(get).down(
                                   "HTTP/1.1 304 N\r\n\r\n")});
  all.push_back({"pipelined", Conversation().open().up(get + get).down(answer).down(answer).close()});
  all.push_back({"a chunked upload",
                 Conversation()
                     .open()
                     .up("POST http://a.example/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n")
                     .down("HTTP/1.1 100 Continue\r\n\r\n")
                     .wait(std::chrono::seconds(20))
                     .up("abcd\r\n0\r\n\r\n")
                     .down(answer)
                     .close()});
  all.push_back({"HEAD", Conversation()
                             .open()
                             .up("HEAD http://a.example/ HTTP/1.1\r\n\r\n")
                             .down("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
                             .up(get)
                             .down(answer)
                             .close()});
  all.push_back({"until close", Conversation()
                                    .open()
                                    .up("GET http://a.example/ HTTP/1.0\r\n\r\n")
                                    .down("HTTP/1.0 200 OK\r\n\r\nsome")
                                    .down(" more")
                                    .close()});
  all.push_back(
      {"a WebSocket", Conversation()
                          .open()
                          .up("GET http://w.example/s HTTP/1.1\r\nHost: w.example\r\nConnection: Upgrade\r\n"
                              "Upgrade: websocket\r\n\r\n")
                          .down("HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
                          .up(masked_frame("SSH-2.0-x\r\n"))
                          .down(std::string("\x82\x0bSSH-2.0-y\r\n"))
                          .close()});
  all.push_back({"refused", Conversation()
                                .open()
                                .up(connect)
                                .down("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
                                .close()});
  all.push_back({"credentials", Conversation()
                                    .open()
                                    .up("CONNECT a.example:22 HTTP/1.1\r\nProxy-Authorization: Basic eHg=\r\n"
                                        "Cookie: s=1\r\n\r\n")
                                    .down(ok)
                                    .down(kSshDown)
                                    .up(kSshUp)
                                    .close()});
  Conversation long_tls;
  long_tls.open().up(connect).down(ok).up(client_hello());
  for (std::size_t i = 0; i < 100; ++i) long_tls.down(record(20 + i)).up(record(30) + record(40));
  all.push_back({"many records", long_tls.close()});
  Conversation unknown;
  unknown.open().up(connect).down(ok);
  for (std::size_t i = 0; i < 80; ++i) unknown.up(std::string(1 + i, '\x01')).down(std::string(90, '\x02'));
  all.push_back({"unknown inside", unknown.close()});
  all.push_back({"not HTTP", Conversation().open().up(std::string("\0\1\2\3nothing", 11)).close()});
  all.push_back({"IPv6", Conversation()
                             .from("2001:db8::9", 40000)
                             .to("2001:db8::2", 3128)
                             .open()
                             .up(get)
                             .down(answer)
                             .close()});
  all.push_back({"the higher endpoint asks",
                 Conversation().from("10.0.0.9", 50000).to("10.0.0.2", 80).open().up(get).down(answer)});
  all.push_back({"the client's part is the other's", Conversation().open().down(get).up(answer).close()});
  return all;
}

TEST(Recorder, GivesWhatTheTableGives) {
  RecorderPool pool({});
  for (const NamedConversation& c : conversations()) expect_same(pool, c.conversation.segments(), c.name);
}

TEST(Recorder, GivesWhatTheTableGivesForAnyCutting) {
  RecorderPool pool({});
  for (const NamedConversation& c : conversations()) {
    for (std::size_t size = 1; size < 60; ++size) {
      expect_same(pool, cut(c.conversation.segments(), size), c.name + " cut to " + std::to_string(size));
    }
  }
}

TEST(Recorder, GivesWhatTheTableGivesForConnectionsThatBreakOff) {
  constexpr std::size_t kMost = 200;  // one more segment is one more connection
  RecorderPool pool({});
  for (const NamedConversation& c : conversations()) {
    for (const std::size_t size : {std::size_t{1000}, std::size_t{7}}) {
      Segments segments = cut(c.conversation.segments(), size);
      segments.resize(std::min(segments.size(), kMost));
      while (segments.size() > 3) {
        segments.pop_back();
        expect_same(pool, segments, c.name + " ends after " + std::to_string(segments.size()));
      }
    }
  }
}

// --- by hand ---

const Endpoint kClient{*Address::parse("10.0.0.11"), 40000};
const Endpoint kProxy{*Address::parse("10.0.0.2"), 3128};
constexpr Timestamp kStart{std::chrono::seconds(1'700'000'000)};

// A Recorder with a pool of its own, fed with texts a millisecond apart.
class Relayed {
 public:
  explicit Relayed(const Limits& limits = {}, const Endpoint& client = kClient)
      : pool_(limits), recorder_(pool_, client, kProxy, kStart) {}
  Relayed& data(Direction direction, std::string_view text) {
    recorder_.on_data(direction, as_bytes(text), tick());
    return *this;
  }
  Relayed& up(std::string_view text) { return data(kUp, text); }
  Relayed& down(std::string_view text) { return data(kDown, text); }
  Relayed& unseen(Direction direction, std::uint64_t count) {
    recorder_.on_unseen(direction, count, tick());
    return *this;
  }
  Relayed& end(Direction direction) {
    recorder_.on_end(direction, tick());
    return *this;
  }
  Relayed& tunnel() { return up(kConnect).down(kEstablished); }
  Session finish() { return recorder_.finish(tick())->session; }
  [[nodiscard]] const TableCounters& counters() const { return pool_.counters(); }

 private:
  Timestamp tick() { return now_ += std::chrono::milliseconds(1); }

  RecorderPool pool_;
  Recorder recorder_;
  Timestamp now_ = kStart;
};

TEST(Recorder, TellsByTheOrderOfCallsWhatWasSentBeforeTheAnswer) {
  EXPECT_TRUE(Relayed()
                  .up(kConnect)
                  .up(client_hello())
                  .down(kEstablished)
                  .finish()
                  .has(ConnectAnomaly::kEarlyClientData));
  EXPECT_FALSE(Relayed().tunnel().up(client_hello()).finish().has(ConnectAnomaly::kEarlyClientData));
}

TEST(Recorder, CountsACallAsSegmentsOfAtMost1460Bytes) {
  const struct {
    std::size_t size;
    std::uint64_t packets;
  } cases[] = {{0, 0}, {1, 1}, {1459, 1}, {1460, 1}, {1461, 2}, {14600, 10}};
  for (const auto& c : cases) {
    const Session v4 = Relayed().down(std::string(c.size, 'x')).finish();
    EXPECT_EQ(v4.packets[1], c.packets) << c.size;
    EXPECT_EQ(v4.bytes[1], c.size + 40 * c.packets) << c.size;
    const Session v6 = Relayed({}, {*Address::parse("2001:db8::1"), 9}).up(std::string(c.size, 'x')).finish();
    EXPECT_EQ(v6.bytes[0], c.size + 60 * c.packets) << c.size;
  }
}

TEST(Recorder, LastsFromTheStartToTheEnd) {
  const Session session = Relayed().tunnel().end(kUp).end(kDown).finish();
  EXPECT_EQ(session.start, kStart);
  EXPECT_EQ(session.end, kStart + std::chrono::milliseconds(5));
  EXPECT_FALSE(session.truncated);
}

TEST(Recorder, LastsFromTheEarliestToTheLatestWhereAClockIsSetBack) {
  RecorderPool pool({});
  Recorder recorder(pool, kClient, kProxy, kStart);
  recorder.on_data(kUp, as_bytes(kConnect), kStart - std::chrono::seconds(3));
  recorder.on_data(kDown, as_bytes(kEstablished), kStart + std::chrono::seconds(2));
  const FinishedPtr record = recorder.finish(kStart);
  EXPECT_EQ(record->session.end - record->session.start, std::chrono::seconds(5));
}

TEST(Recorder, MakesARecordOfAConnectionThatSaidNothing) {
  const Session session = Relayed().end(kUp).finish();
  EXPECT_EQ(session.kind, Kind::kOther);
  EXPECT_EQ(session.destination, "");
  EXPECT_EQ(session.client, kClient);
  EXPECT_EQ(session.server, kProxy);
}

TEST(Recorder, IgnoresWhatComesBehindAnEnd) {
  const Session session = Relayed().tunnel().end(kUp).up("more").unseen(kUp, 9).end(kUp).finish();
  EXPECT_EQ(session.exchanges[0], 0u);
  EXPECT_EQ(session.packets[0], 1u);
}

TEST(Recorder, CountsUnseenBytesAsAMessageOfTheirOwn) {
  const Session session =
      Relayed().tunnel().down(kSshDown).up(kSshUp).unseen(kUp, 5000).unseen(kUp, 7000).finish();
  EXPECT_EQ(session.exchanges[0], 3u);
  ASSERT_EQ(session.messages.size(), 4u);
  EXPECT_EQ(session.messages[1].length, kSshUp.size());
  EXPECT_EQ(session.messages[2].length, 5000u);
  EXPECT_EQ(session.messages[2].bytes_count, 0u);
  EXPECT_EQ(session.bytes[0], kConnect.size() + kSshUp.size() + 5000 + 7000 + (1 + 1 + 4 + 5) * 40);
  EXPECT_EQ(session.gaps_bytes, 0u);
  EXPECT_EQ(session.inner, protocol::Inner::kSsh);
  EXPECT_TRUE(session.truncated);
}

TEST(Recorder, FindsTheRecordsAgainBehindUnseenBytes) {
  const Session session = Relayed()
                              .tunnel()
                              .up(client_hello())
                              .down(record(100).substr(0, 20))
                              .unseen(kDown, 85)  // just the rest of it
                              .down(record(50))
                              .unseen(kDown, 100'000)
                              .down(record(60) + record(61))
                              .finish();
  EXPECT_EQ(session.kind, Kind::kSsl);
  EXPECT_EQ(session.exchanges[1], 5u);
}

TEST(Recorder, CountsMoreUnseenBytesThanALengthCanHold) {
  const std::uint64_t count = (std::uint64_t{1} << 32) + 10;
  const Session session = Relayed().tunnel().up("x").unseen(kUp, count).finish();
  EXPECT_EQ(session.exchanges[0], 3u);
  EXPECT_GT(session.bytes[0], count);
}

TEST(Recorder, GoesOnWhateverWasUnseen) {
  const std::string get = "GET http://a.example/ HTTP/1.1\r\n\r\n";
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n";
  const std::array parts = {get,      ok, std::string(kConnect), std::string(kEstablished), client_hello(),
                            record(9)};
  for (const unsigned downs : {0b101010u, 0b010101u, 0b000000u, 0b111111u}) {
    for (unsigned unseen = 0; unseen < 64; ++unseen) {
      Relayed relayed;
      for (std::size_t i = 0; i < parts.size(); ++i) {
        const Direction direction = (downs >> i & 1) != 0 ? kDown : kUp;
        (unseen >> i & 1) != 0 ? relayed.unseen(direction, parts[i].size())
                               : relayed.data(direction, parts[i]);
      }
      EXPECT_EQ(relayed.finish().truncated, unseen != 0) << downs << ' ' << unseen;
    }
  }
}

TEST(Recorder, HoldsNoMoreThanTheLimitWhileNobodyAnswers) {
  Limits limits;
  limits.held_bytes = 1000;
  const struct {
    std::size_t size;
    std::uint64_t overflows;
  } cases[] = {{999, 0}, {1000, 0}, {1001, 1}};
  for (const auto& c : cases) {
    Relayed relayed(limits);
    relayed.up(kConnect).up(std::string(c.size, '\x01'));
    EXPECT_EQ(relayed.counters().held_overflows, c.overflows) << c.size;
    EXPECT_EQ(relayed.finish().truncated, c.overflows != 0) << c.size;
  }
}

class Steps final : public ProgressObserver {
 public:
  void on_progress(const Finished& so_far) override { sessions.push_back(so_far.session); }
  std::vector<Session> sessions;
};

TEST(Recorder, TellsOfASessionOnceItIsSettledAndAtEachMessage) {
  RecorderPool pool({});
  Recorder recorder(pool, kClient, kProxy, kStart);
  Steps steps;
  EXPECT_FALSE(recorder.tell(steps, kStart));
  recorder.on_data(kUp, as_bytes(kConnect), kStart);
  recorder.on_data(kDown, as_bytes(kEstablished), kStart);
  EXPECT_FALSE(recorder.tell(steps, kStart));
  recorder.on_data(kDown, as_bytes(kSshDown), kStart);
  recorder.on_data(kUp, as_bytes(kSshUp), kStart);
  EXPECT_TRUE(recorder.tell(steps, kStart));
  EXPECT_FALSE(recorder.tell(steps, kStart));
  recorder.on_data(kUp, as_bytes(kSshUp), kStart);
  EXPECT_TRUE(recorder.tell(steps, kStart));
  ASSERT_EQ(steps.sessions.size(), 2u);
  EXPECT_EQ(steps.sessions[0].kind, Kind::kConnect);
  EXPECT_EQ(steps.sessions[0].inner, protocol::Inner::kSsh);
  EXPECT_EQ(steps.sessions[0].client, kClient);
  EXPECT_EQ(steps.sessions[0].exchanges[0], 1u);
  EXPECT_EQ(steps.sessions[1].exchanges[0], 2u);
  const FinishedPtr finished = recorder.finish(kStart);
  EXPECT_EQ(finished->session.destination, steps.sessions[1].destination);
}

TEST(Recorder, LeavesNothingBehindWhereItIsNotFinished) {
  RecorderPool pool({});
  {
    Recorder recorder(pool, kClient, kProxy, kStart);
    recorder.on_data(kUp, as_bytes(kConnect), kStart);
    recorder.on_data(kUp, as_bytes(kSshUp), kStart);  // held
  }
  EXPECT_EQ(pool.counters().sessions, 0u);
  EXPECT_EQ(pool.counters().http_messages, 1u);
  const Conversation next = conversations().front().conversation;
  expect_same(pool, next.segments(), "after it");
  EXPECT_EQ(pool.counters().sessions, 1u);
}

}  // namespace
}  // namespace mogura::session
