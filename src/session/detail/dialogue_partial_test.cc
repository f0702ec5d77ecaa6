// Conversations of which the capture kept only the beginning of every segment, or lost a segment: kinds and
// methods stay what they are, and destinations, User-Agents and statuses are right or absent.

#include <gtest/gtest.h>

#include <algorithm>

#include "session/detail/dialogue.h"
#include "session/testing/conversation.h"

namespace mogura::session::detail {
namespace {

using packet::GapKind;
using packet::Side;
using testing::client_hello;
using testing::record;

constexpr std::size_t kWhole = 100'000;
// Enough of a segment to tell what each of the messages below is.
constexpr std::size_t kTelling = 24;

struct Said {
  bool is_up;
  std::string text;
};
using Talk = std::vector<Said>;

// Every segment is sent knowing all that was said before, but for what its own side said just before.
class Replay {
 public:
  Replay() { dialogue_.set_initiator(Side::kLow); }

  // A segment of which the first `kept` bytes were captured.
  Replay& say(const Said& said, std::size_t kept) {
    const Side side = said.is_up ? Side::kLow : Side::kHigh;
    const packet::Delivery delivery{{}, sent_[said.is_up ? 1 : 0]};
    const std::string seen = said.text.substr(0, kept);
    if (!seen.empty()) dialogue_.on_data(side, as_bytes(seen), delivery);
    if (seen.size() < said.text.size())
      dialogue_.on_gap(side, said.text.size() - seen.size(), GapKind::kCutByCapture, delivery);
    sent_[said.is_up ? 0 : 1] += said.text.size();
    return *this;
  }
  Replay& lose(bool is_up, std::size_t size) {
    dialogue_.on_gap(is_up ? Side::kLow : Side::kHigh, size, GapKind::kNotCaptured,
                     {{}, sent_[is_up ? 1 : 0]});
    sent_[is_up ? 0 : 1] += size;
    return *this;
  }
  Finished finish() { return std::move(*dialogue_.finish()); }

 private:
  Shared shared_{Limits{}};
  Dialogue dialogue_{shared_};
  std::size_t sent_[2] = {0, 0};
};

Finished replay(const Talk& talk, std::size_t kept = kWhole) {
  Replay replay;
  for (const Said& said : talk) replay.say(said, kept);
  return replay.finish();
}

constexpr bool kUp = true;
constexpr bool kDown = false;
const std::string kConnect =
    "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\nUser-Agent: ua/1\r\nX-Last: z\r\n\r\n";
const std::string kEstablished = "HTTP/1.1 200 Connection established\r\nVia: 1.1 p\r\n\r\n";
const std::string kSshUp = "SSH-2.0-x\r\n";
const std::string kSshDown = "SSH-2.0-y\r\n";

struct Case {
  const char* name;
  Talk talk;
};

std::vector<Case> cases() {
  const std::string cookies = "Cookie: " + std::string(200, 'c') + "\r\n";
  return {
      {"Get",
       {{kUp,
         "GET http://www.example.com:81/a HTTP/1.1\r\nUser-Agent: ua/1\r\nHost: www.example.com:81\r\n\r\n"},
        {kDown, "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope"}}},
      {"ToTheServer",
       {{kUp, "GET /a HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: ua/1\r\nVia: 1.1 x\r\n\r\n"},
        {kDown, "HTTP/1.1 200 OK\r\nServer: s\r\n\r\nbody until close"},
        {kDown, "and more of it"}}},
      {"TwoRequests",
       {{kUp, "POST http://a.example/1 HTTP/1.1\r\nUser-Agent: ua/1\r\nContent-Length: 40\r\n\r\n"},
        {kUp, std::string(40, 'b')},
        {kDown, "HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n" + std::string(50, 'd')},
        {kDown, std::string(250, 'd')},
        {kUp, "GET http://b.example/2 HTTP/1.1\r\nUser-Agent: ua/2\r\nAccept: x\r\n\r\n"},
        {kDown, "HTTP/1.1 304 Not Modified\r\nDate: x\r\n\r\n"}}},
      {"LongHead",
       {{kUp, "GET http://a.example/1 HTTP/1.1\r\nUser-Agent: ua/1\r\n" + cookies},
        {kUp, cookies + "\r\n"},
        {kDown, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
        {kUp, "HEAD http://a.example/1 HTTP/1.1\r\nUser-Agent: ua/1\r\n\r\n"},
        {kDown, "HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n"}}},
      {"Tls", {{kUp, kConnect}, {kDown, kEstablished}, {kUp, client_hello()}, {kDown, record(90)}}},
      {"Ssh", {{kUp, kConnect}, {kDown, kEstablished}, {kDown, kSshDown}, {kUp, kSshUp}}},
      {"Nothing", {{kUp, kConnect}, {kDown, kEstablished}}},
      {"NeverAnswered", {{kUp, kConnect}}},
      {"LongConnect",
       {{kUp, "CONNECT a.example:443 HTTP/1.1\r\nUser-Agent: ua/1\r\n" + cookies},
        {kUp, "C" + cookies + cookies},
        {kUp, cookies + "\r\n"},
        {kDown, kEstablished},
        {kUp, client_hello()},
        {kDown, record(90)}}},
      {"HelloBeforeTheAnswer",
       {{kUp, kConnect}, {kUp, client_hello()}, {kDown, kEstablished}, {kDown, record(90)}}},
      {"Retry407",
       {{kUp, kConnect},
        {kDown, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 200\r\n\r\n"},
        {kDown, std::string(200, 'n')},
        {kUp, kConnect},
        {kDown, kEstablished},
        {kUp, client_hello()}}},
      {"AnotherTry",
       {{kUp, "CONNECT first.example.net:443 HTTP/1.1\r\nUser-Agent: ua/1\r\n\r\n"},
        {kDown, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\nno"},
        {kUp, "CONNECT b.example:22 HTTP/1.1\r\nUser-Agent: ua/1\r\n\r\n"},
        {kDown, kEstablished},
        {kDown, kSshDown},
        {kUp, kSshUp}}},
      {"Upgrade",
       {{kUp,
         "GET /ws HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX: y\r\n\r\n"},
        {kDown, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"},
        {kUp, std::string("\x81\x81\0\0\0\0z", 7)}}},
      {"HttpInside",
       {{kUp, kConnect},
        {kDown, kEstablished},
        {kUp, "GET / HTTP/1.1\r\nHost: other.example\r\nUser-Agent: ua/1\r\n\r\n"},
        {kDown, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}}},
  };
}

class Cut : public ::testing::TestWithParam<Case> {};

TEST_P(Cut, SaysNothingWrong) {
  const Session whole = replay(GetParam().talk).session;
  for (std::size_t kept = 0; kept < 300; ++kept) {
    SCOPED_TRACE("segments cut to " + std::to_string(kept));
    const Session cut = replay(GetParam().talk, kept).session;
    EXPECT_TRUE(cut.destination.empty() || cut.destination == whole.destination) << cut.destination;
    EXPECT_TRUE(!cut.user_agent_seen || cut.user_agent == whole.user_agent) << cut.user_agent;
    EXPECT_TRUE(cut.host.empty() || cut.host == whole.host) << cut.host;
    EXPECT_TRUE(cut.via.empty() || cut.via == whole.via) << cut.via;
    EXPECT_TRUE(cut.upgrade.empty() || cut.upgrade == whole.upgrade) << cut.upgrade;
    EXPECT_LE(cut.urls_count, whole.urls_count);
    EXPECT_EQ(cut.connect_anomalies & ~whole.connect_anomalies, 0);
    for (const auto& method : cut.methods)
      EXPECT_EQ(std::count(whole.methods.begin(), whole.methods.end(), method), 1) << method.first;
  }
}

TEST_P(Cut, TellsKindMethodsAndStatusFromTheFirstBytes) {
  const Session whole = replay(GetParam().talk).session;
  for (std::size_t kept = kTelling; kept < 300; ++kept) {
    SCOPED_TRACE("segments cut to " + std::to_string(kept));
    const Session cut = replay(GetParam().talk, kept).session;
    EXPECT_EQ(name_of(cut.kind), name_of(whole.kind));
    EXPECT_EQ(cut.methods, whole.methods);
    EXPECT_EQ(cut.status, whole.status);
    // What is inside a WebSocket is unknown until its frames are known to be its frames.
    if (whole.kind == Kind::kWebSocket) continue;
    EXPECT_EQ(protocol::name_of(cut.inner), protocol::name_of(whole.inner));
  }
}

INSTANTIATE_TEST_SUITE_P(Dialogue, Cut, ::testing::ValuesIn(cases()),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(PartialHeads, MakeNoPairingKeys) {
  const Talk talk = {{kUp, "GET http://a.example/1 HTTP/1.1\r\nUser-Agent: ua/1\r\nX: y\r\n\r\n"}};
  EXPECT_EQ(replay(talk).keys.requests.size(), 1u);
  for (std::size_t kept = 0; kept < talk[0].text.size(); ++kept)
    EXPECT_TRUE(replay(talk, kept).keys.requests.empty()) << kept;
  EXPECT_TRUE(replay(talk, kTelling).keys.to_proxy);
}

TEST(PartialHeads, LendNoLaterDestination) {
  const Session session = Replay()
                              .say({kUp, "GET http://a-long-name.example/1 HTTP/1.1\r\n\r\n"}, kTelling)
                              .say({kUp, "GET http://b.example/1 HTTP/1.1\r\n\r\n"}, kWhole)
                              .finish()
                              .session;
  EXPECT_EQ(session.destination, "");
  EXPECT_EQ(session.methods[0].second, 2u);
}

TEST(PartialHeads, LendNoLaterUserAgent) {
  const std::string outside = "CONNECT a.example:80 HTTP/1.1\r\nUser-Agent: ua/1\r\n\r\n";
  const Session session =
      Replay()
          .say({kUp, outside}, 40)
          .say({kDown, kEstablished}, kWhole)
          .say({kUp, "GET / HTTP/1.1\r\nHost: b.example\r\nUser-Agent: ua/2\r\n\r\n"}, kWhole)
          .finish()
          .session;
  EXPECT_FALSE(session.user_agent_seen) << session.user_agent;
  EXPECT_EQ(session.destination, "a.example:80");
}

TEST(PartialHeads, ForgetTheDestinationOfAConnectThatWasDeclined) {
  const Session session = Replay()
                              .say({kUp, kConnect}, kWhole)
                              .say({kDown, "HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n"}, kWhole)
                              .say({kUp, "CONNECT another-long-name.example:443 HTTP/1.1\r\n\r\n"}, kTelling)
                              .say({kDown, kEstablished}, kTelling)
                              .finish()
                              .session;
  EXPECT_EQ(session.destination, "");
  EXPECT_EQ(session.kind, Kind::kConnect);
}

// A segment in the middle of a head is missing, not only cut.
TEST(PartialHeads, OfAConnectReachToTheirEmptyLine) {
  const std::string rest = "ld-header: y\r\n\r\n";
  const Session session = Replay()
                              .say({kUp, "CONNECT a.example:443 HTTP/1.1\r\nX-O"}, kWhole)
                              .lose(kUp, 100)
                              .say({kUp, rest + client_hello()}, kWhole)
                              .say({kDown, kEstablished}, kWhole)
                              .say({kDown, record(40)}, kWhole)
                              .finish()
                              .session;
  EXPECT_EQ(session.kind, Kind::kSsl);
  EXPECT_EQ(session.sni, "inside.example");
  EXPECT_EQ(session.destination, "a.example:443");
}

TEST(PartialHeads, DoNotReachBeyondTheAnswer) {
  const Session session = Replay()
                              .say({kUp, kConnect}, kTelling)
                              .say({kDown, kEstablished}, kWhole)
                              .say({kUp, kSshUp}, kWhole)
                              .say({kDown, kSshDown}, kWhole)
                              .finish()
                              .session;
  EXPECT_EQ(protocol::name_of(session.inner), "ssh");
  EXPECT_EQ(session.exchanges[0], 1u);
}

// An answer that was cut leaves the way down in its body; the next one is still told by its own offset.
TEST(PartialHeads, OfADeclinedConnectRaiseNoSuspicionOfTheNext) {
  const Session session = Replay()
                              .say({kUp, kConnect}, kWhole)
                              .say({kDown, "HTTP/1.1 407 No\r\nContent-Length: 200\r\n\r\n"}, kTelling)
                              .say({kDown, std::string(200, 'n')}, kTelling)
                              .say({kUp, kConnect}, kWhole)
                              .say({kDown, kEstablished}, kWhole)
                              .say({kUp, client_hello()}, kWhole)
                              .finish()
                              .session;
  EXPECT_EQ(session.connect_anomalies, 0);
  EXPECT_EQ(session.kind, Kind::kSsl);
}

}  // namespace
}  // namespace mogura::session::detail
