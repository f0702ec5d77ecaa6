#include "session/detail/redaction.h"

#include <gtest/gtest.h>

namespace mogura::session::detail {
namespace {

using protocol::Inner;

constexpr auto kUp = Direction::kUp;
constexpr auto kDown = Direction::kDown;

void add(Session& session, Direction direction, std::string_view text) {
  session.messages.push_back({direction, static_cast<std::uint32_t>(text.size()), 0,
                              static_cast<std::uint32_t>(session.message_bytes.size()),
                              static_cast<std::uint32_t>(text.size())});
  session.message_bytes += text;
}

TEST(PresentableHttp, IsTheMethodOrTheStatusLine) {
  const struct {
    std::string_view message, presentable;
    const char* why;
  } rows[] = {
      {"GET /?token=s3cret HTTP/1.1\r\nCookie: a=b\r\n\r\n", "GET ", "a target may hold secrets"},
      {"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\n\r\n", "HTTP/1.1 200 OK", "the status line"},
      {"HTTP/1.1 200 O", "HTTP/1.1 200 O", "cut by its segment"},
      {"ie: a=b\r\nX: y\r\n\r\n", "", "the rest of a head"},
      {"<html>", "", "a body"},
      {"\r\nGET / HTTP/1.1\r\n", "", "an empty line first"},
      {"GET\t/s3cret HTTP/1.1\r\n", "", "an odd space must not make the target a method"},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "PRI * HTTP/2.0", "the preface of HTTP/2"},
      {"", "", "nothing"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(as_text(presentable_http(as_bytes(row.message))), row.presentable) << row.why;
  }
}

TEST(Redaction, KeepsOfEachProtocolWhatLogsNobodyIn) {
  const struct {
    Inner inner;
    Direction direction;
    std::string_view before, first, later;
    const char* why;
  } rows[] = {
      {Inner::kSsh, kUp, "SSH-2.0-x\r\n", "SSH-2.0-x\r\n", "SSH-2.0-x\r\n", "encrypted from then on"},
      {Inner::kTls, kUp, "\x16\x03\x01", "", "", "of records lengths and times only"},
      {Inner::kHttp, kUp, "GET /s HTTP/1.1\r\n", "GET ", "GET ", "every request"},
      {Inner::kHttp2, kUp, "\x00\x01\x02 secret", "", "", "a HEADERS frame may be in clear"},
      {Inner::kFtp, kDown, "220 ready\r\n", "220 ready\r\n", "", "the banner, and it alone"},
      {Inner::kFtp, kUp, "PASS hunter2\r\n", "PASS ", "", "the first command's name"},
      {Inner::kPop3, kUp, "dXNlcjpwYXNz\r\n", "", "", "a password on a line of its own"},
      {Inner::kSmtp, kUp, "AUTH PLAIN AGJvYg==\r\n", "AUTH ", "", "no argument"},
      {Inner::kImap, kUp, "a1 LOGIN bob hunter2\r\n", "a1 LOGIN ", "", "tag and command"},
      {Inner::kImap, kUp, "a1 IDLE\r\n", "a1 ", "", "only what a space ends"},
      {Inner::kIrc, kUp, "PASS hunter2\r\n", "PASS ", "", "it may begin so"},
      {Inner::kSocks, kUp,
       "\x05\x01\x02\x01\x03"
       "bob",
       "\x05\x01\x02", "", "the methods, not the name behind"},
      {Inner::kSocks, kUp, "\x04\x01", "", "", "SOCKS 4 names its user"},
      {Inner::kSocks, kDown, "\x05\x02", "\x05\x02", "", "the method chosen"},
      {Inner::kPostgreSql, kUp, "p\x00\x00", "", "", "a password message"},
      {Inner::kUnknown, kUp, "\x01\x02hello", "\x01\x02hello", "\x01\x02hello",
       "unknown is what must be looked at"},
      {Inner::kUnknown, kUp, "POST /x HTTP/1.1\r\nCookie: a", "POST ", "POST ", "HTTP found in its middle"},
      {Inner::kUnknown, kUp, "x\r\nProxy-AUTHORIZATION: Basic YTpi", "", "", "a field that holds a secret"},
  };
  for (const auto& row : rows) {
    Session session;
    session.kind = Kind::kConnect;
    session.inner = row.inner;
    add(session, row.direction, row.before);
    add(session, row.direction, row.before);
    redact(session);
    EXPECT_EQ(session.bytes_of(session.messages[0]), row.first) << row.why;
    EXPECT_EQ(session.bytes_of(session.messages[1]), row.later) << row.why;
    EXPECT_EQ(session.messages[1].length, row.before.size()) << row.why;
    EXPECT_EQ(session.message_bytes, std::string(row.first) + std::string(row.later)) << row.why;
  }
}

TEST(Redaction, LeavesMessagesBeforeItsFirst) {
  Session session;
  session.kind = Kind::kConnect;
  session.inner = Inner::kHttp;
  add(session, kUp, "CONNECT ");
  add(session, kUp, "secret");
  add(session, kUp, "GET /secret");
  redact(session, 1);
  EXPECT_EQ(session.bytes_of(session.messages[0]), "CONNECT ");
  EXPECT_EQ(session.bytes_of(session.messages[1]), "");
  EXPECT_EQ(session.bytes_of(session.messages[2]), "GET ");
}

TEST(Redaction, LeavesPiecesOfBodies) {
  Session session;
  session.kind = Kind::kGetPost;
  add(session, kDown, "HTTP/1.1 is what this text is about");
  const Session before = session;
  redact(session);
  EXPECT_EQ(session, before);
}

}  // namespace
}  // namespace mogura::session::detail
