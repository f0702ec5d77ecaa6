// What a connection's record keeps of its messages, and of the shape of its HTTP.

#include <gtest/gtest.h>

#include "session/testing/dialogues_test.h"

namespace mogura::session {
namespace {

using testing::client_hello;
using testing::Conversation;
using testing::kConnect;
using testing::kEstablished;
using testing::kSshDown;
using testing::kSshUp;
using testing::record;
using testing::run;

Session session_of(const Conversation& conversation) {
  const std::vector<FinishedPtr> finished = run(conversation.segments());
  EXPECT_EQ(finished.size(), 1u);
  return finished.empty() ? Session{} : finished.front()->session;
}

// "up 21 SSH-2.0; down 9": one of each message.
std::string messages_of(const Session& session) {
  std::string text;
  for (const MessageStart& message : session.messages) {
    if (!text.empty()) text += "; ";
    text += message.direction == Direction::kUp ? "up " : "down ";
    text += std::to_string(message.length);
    if (message.bytes_count != 0) text += ' ' + std::string(session.bytes_of(message));
  }
  return text;
}

std::string frame(const std::string& text) {
  return std::string("\x82") + static_cast<char>(text.size()) + text;
}
// The same from a client: masked.
std::string masked(const std::string& text) {
  std::string bytes = std::string("\x82") + static_cast<char>(text.size() | 0x80) + "MASK";
  for (std::size_t i = 0; i < text.size(); ++i) bytes += static_cast<char>(text[i] ^ "MASK"[i % 4]);
  return bytes;
}

constexpr std::string_view kUpgrade =
    "GET /s HTTP/1.1\r\nHost: w\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
constexpr std::string_view kSwitched = "HTTP/1.1 101 S\r\nUpgrade: websocket\r\n\r\n";

TEST(Messages, AreOfWhatIsInside) {
  const std::string hello = client_hello();
  const auto hello_size = std::to_string(hello.size() - 5);
  const struct {
    const char* why;
    Conversation conversation;
    std::string messages;
  } rows[] = {
      {"a tunnel's payloads",
       Conversation().open().up(kConnect).down(kEstablished).down("SSH-2.0-b").up("SSH-2.0-a"),
       "down 9 SSH-2.0-b; up 9 SSH-2.0-a"},
      {"TLS records, no bytes",
       Conversation().open().up(kConnect).down(kEstablished).up(hello).down(record(9) + record(700)),
       "up " + hello_size + "; down 9; down 700"},
      {"bare TLS", Conversation().open().up(hello).down(record(9)), "up " + hello_size + "; down 9"},
      {"a bare connection", Conversation().open().up("\x01\x02 hi").down("\x01\x03 ho"),
       "up 5 \x01\x02 hi; down 5 \x01\x03 ho"},
      {"frames, unmasked",
       Conversation().open().up(kUpgrade).down(kSwitched).up(masked("hello")).down(frame("hi")),
       "up 11 hello; down 4 hi"},
      {"a frame in two segments",
       Conversation().open().up(kUpgrade).down(kSwitched).down("\x82\x08half").down("half" + frame("x")),
       "down 6 half; down 7 halfx"},
      {"a ping has no payload of anybody's",
       Conversation().open().up(kUpgrade).down(kSwitched).down("\x89\x02hi"), "down 4"},
      {"plain HTTP: bodies, no heads",
       Conversation()
           .open()
           .up("POST http://a/ HTTP/1.1\r\nContent-Length: 6\r\n\r\nabc")
           .up("def")
           .down("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\n")
           .down("5\r\npedia\r\n1\r\n!\r\n0\r\n\r\n"),
       "up 3 abc; up 3 def; down 4 wiki; down 6 pedia"},
      {"a form may hold a password",
       Conversation()
           .open()
           .up("POST http://a/ HTTP/1.1\r\nContent-Type: Application/x-www-form-urlencoded; charset=x\r\n"
               "Content-Length: 5\r\n\r\np=abc")
           .down("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
       "up 5; down 2 ok"},
      {"HTTP in a tunnel: payloads, but no more than methods and status lines",
       Conversation()
           .open()
           .up(kConnect)
           .down(kEstablished)
           .up("GET /?secret HTTP/1.1\r\nCookie: s3c")
           .up("r3t\r\n\r\n")
           .down("HTTP/1.1 200 OK\r\nSet-Cookie: s3cr3t\r\nContent-Length: 9\r\n\r\nx")
           .down("body body"),
       "up 34 GET ; up 7; down 59 HTTP/1.1 200 OK; down 9"},
      {"a password in a tunnel",
       Conversation()
           .open()
           .up(kConnect)
           .down(kEstablished)
           .down("220 ProFTPD ready\r\n")
           .up("USER bob\r\n")
           .down("331 go on\r\n")
           .up("PASS s3cr3t\r\n"),
       "down 19 220 ProFTPD ready\r\n; up 10 USER ; down 11; up 13"},
      {"nothing of a CONNECT that was declined",
       Conversation().open().up(kConnect).down("HTTP/1.1 403 No\r\nContent-Length: 4\r\n\r\nnope"), ""},
      {"nothing of the dialogue before the tunnel",
       Conversation()
           .open()
           .up(kConnect)
           .down("HTTP/1.1 407 No\r\nContent-Length: 4\r\n\r\nnope")
           .up(kConnect)
           .down(kEstablished)
           .down(kSshDown)
           .up(kSshUp),
       "down " + std::to_string(kSshDown.size()) + ' ' + kSshDown + "; up " + std::to_string(kSshUp.size()) +
           ' ' + kSshUp},
  };
  for (const auto& row : rows) EXPECT_EQ(messages_of(session_of(row.conversation)), row.messages) << row.why;
}

TEST(Messages, HaveTimesSinceTheStart) {
  Conversation c;
  c.open().up(kConnect).down(kEstablished).wait(std::chrono::seconds(2)).down(kSshDown).up(kSshUp);
  const Session session = session_of(c);
  ASSERT_EQ(session.messages.size(), 2u);
  EXPECT_EQ(session.messages[0].time_ms, 2005u);
  EXPECT_EQ(session.messages[1].time_ms, 2006u);
}

TEST(Messages, OfPlainHttpGiveItsLengths) {
  Conversation c;
  c.open();
  for (int i = 0; i < 3; ++i) {
    c.up("POST http://a/ HTTP/1.1\r\nContent-Length: 4\r\n\r\nping").down("HTTP/1.1 204 No\r\n\r\n");
  }
  const Session session = session_of(c);
  EXPECT_EQ(session.exchanges, (std::array<std::uint64_t, 2>{3, 3}));
  EXPECT_EQ(session.lengths, (std::vector<LengthCount>{{Direction::kUp, 4, 3}})) << "of bodies, not of heads";
  EXPECT_TRUE(session.has_interval);
  EXPECT_EQ(session.turns, 5u);
}

TEST(Messages, OfAWebSocketAreOfWhatCameAfterTheUpgrade) {
  Conversation c;
  c.open()
      .up("POST /s HTTP/1.1\r\nHost: w\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: "
          "3\r\n\r\nabc")
      .down(kSwitched);
  for (int i = 0; i < 2; ++i) c.up(frame("x"));
  const Session session = session_of(c);
  EXPECT_EQ(session.exchanges, (std::array<std::uint64_t, 2>{3, 1})) << "as before: with the dialogue";
  EXPECT_EQ(session.lengths, (std::vector<LengthCount>{{Direction::kUp, 3, 2}}));
  EXPECT_EQ(session.messages.size(), 2u);
}

// Cuts the capture of the `number`th segment with payload down to `size` bytes.
std::vector<packet::TcpSegment> snapped(const Conversation& c, std::size_t number, std::size_t size) {
  std::vector<packet::TcpSegment> segments = c.segments();
  for (packet::TcpSegment& segment : segments) {
    if (!segment.payload.empty() && number-- == 0) segment.payload = segment.payload.first(size);
  }
  return segments;
}

TEST(Messages, HaveTheLengthTheyHadOnTheWire) {
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
  Conversation c;
  c.open().up("GET http://a/ HTTP/1.1\r\n\r\n").down(answer + "0123456789");
  const struct {
    std::size_t captured;
    const char* messages;
    const char* why;
  } rows[] = {{answer.size() + 10, "down 10 0123456789", "all"},
              {answer.size() + 4, "down 10 0123", "a part of the body"},
              {answer.size(), "down 10", "the head alone"}};
  for (const auto& row : rows) {
    const Session session = run(snapped(c, 1, row.captured)).front()->session;
    EXPECT_EQ(messages_of(session), row.messages) << row.why;
    EXPECT_EQ(session.http.body_bytes[1], 10u) << row.why;
    EXPECT_FALSE(session.http.has_endless_body[1]) << row.why;
  }
}

TEST(Shape, IsOfPlainRequests) {
  Conversation c;
  c.open()
      .up("POST http://a/abab?abab HTTP/1.1\r\nReferer: http://b/\r\nCookie: s3cr3t\r\nContent-Length: "
          "3\r\n\r\nabc")
      .down("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok")
      .up("GET http://a/ HTTP/1.1\r\n\r\n")
      .down("HTTP/1.1 204 No\r\nContent-Type: text/x\r\n\r\n");
  const HttpShape shape = session_of(c).http;
  EXPECT_EQ(shape.requests, 2u);
  EXPECT_EQ(shape.with_referer, 1u);
  EXPECT_EQ(shape.with_cookie, 1u);
  EXPECT_EQ(shape.with_body, 1u);
  EXPECT_EQ(shape.head_bytes_max, 91u);
  EXPECT_EQ(shape.target_bytes_max, 18u);
  EXPECT_NEAR(shape.target_entropy_bits, 1.8231, 0.2);
  EXPECT_EQ(shape.body_bytes, (std::array<std::uint64_t, 2>{3, 2}));
  EXPECT_EQ(shape.content_type, "text/plain");
  EXPECT_EQ(shape.has_endless_body, (std::array<bool, 2>{false, false})) << "an answer without body has none";
}

TEST(Shape, IsNotOfWhatIsInsideAConnect) {
  Conversation c;
  c.open()
      .up(kConnect)
      .down("HTTP/1.1 407 No\r\nContent-Length: 4\r\n\r\nnope")
      .up(kConnect)
      .down(kEstablished)
      .up("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      .down("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  EXPECT_EQ(session_of(c).http, HttpShape{});
}

TEST(Shape, IsOfTheRequestsBeforeAnUpgrade) {
  const Session session = session_of(Conversation().open().up(kUpgrade).down(kSwitched).up(frame("x")));
  EXPECT_EQ(session.kind, Kind::kWebSocket);
  EXPECT_EQ(session.http.requests, 1u);
  EXPECT_EQ(session.http.target_entropy_bits, 1);
}

TEST(Shape, MeasuresBodiesToTheirEnd) {
  using std::chrono::seconds;
  const std::string get = "GET http://a/ HTTP/1.1\r\n\r\n";
  const std::string to_close = "HTTP/1.1 200 OK\r\n\r\n";
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const struct {
    const char* why;
    Conversation conversation;
    double longest_s;
    bool is_endless;
  } rows[] = {
      {"chunks until the last",
       Conversation().open().up(get).down(chunked).wait(seconds(7)).down("0\r\n\r\n"), 7.001, false},
      {"chunks that do not end",
       Conversation()
           .open()
           .up(get)
           .down(chunked)
           .wait(seconds(5))
           .down("1\r\nx\r\n")
           .wait(seconds(6))
           .up("x"),
       11.002, true},
      {"until the server closes",
       Conversation().open().up(get).down(to_close).wait(seconds(4)).down("x").close(), 4.003, false},
      {"to have been closed is not known",
       Conversation().open().up(get).down(to_close).wait(seconds(4)).down("x"), 4.001, true},
      {"a length that was not reached",
       Conversation()
           .open()
           .up(get)
           .down("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
           .wait(seconds(3))
           .close(),
       3.003, true},
      {"no answer, no body", Conversation().open().up(get).close(), 0, false},
  };
  for (const auto& row : rows) {
    const HttpShape shape = session_of(row.conversation).http;
    EXPECT_NEAR(shape.longest_body_s[1], row.longest_s, 1e-9) << row.why;
    EXPECT_EQ(shape.has_endless_body[1], row.is_endless) << row.why;
    EXPECT_FALSE(shape.has_endless_body[0]) << row.why;
  }
}

TEST(Shape, SeesAnUploadThatNeverEnds) {
  Conversation c;
  c.open()
      .up("POST http://a/ HTTP/1.1\r\nContent-Length: 100000\r\n\r\n")
      .down("HTTP/1.1 100 Continue\r\n\r\n");
  for (int i = 0; i < 20; ++i) c.wait(std::chrono::seconds(1)).up("some data");
  const Session session = session_of(c);
  EXPECT_TRUE(session.http.has_endless_body[0]);
  EXPECT_FALSE(session.http.has_endless_body[1]) << "an interim answer has no body";
  EXPECT_NEAR(session.http.longest_body_s[0], 20.021, 0.002);
  EXPECT_EQ(session.http.body_bytes[0], 180u);
  EXPECT_EQ(session.messages.size(), 20u);
}

}  // namespace
}  // namespace mogura::session
