#include "logs/session_line.h"

#include <gtest/gtest.h>

#include "logs/log_source.h"
#include "report/session_line.h"

namespace mogura::logs {
namespace {

using session::Direction;
using session::Kind;
using session::Session;

constexpr std::string_view kLeast =
    R"({"start":"2026-11-22T06:26:57.123456Z","client_ip":"10.0.0.1","kind":"other"})";

// A session in which nothing is as it is by default.
Session full_session() {
  Session session;
  session.start = Timestamp(std::chrono::microseconds(1'795'325'766'768'123));
  session.end = session.start + std::chrono::microseconds(83'398'001);
  session.client = {*Address::parse("2001:db8::13"), 40000};
  session.server = {*Address::parse("10.77.0.2"), 3128};
  session.vlan = 7;
  session.client_forwarded = "10.1.2.3";
  session.kind = Kind::kConnect;
  session.destination = "edge.example:443";
  session.methods = {{"CONNECT", 1}, {"ODD\"METHOD\\", 4'000'000'000}};
  session.status = {407, 200};
  session.user_agent = "a \"quoted\" agent\n\u202e\U0001f600";
  session.user_agent_seen = true;
  session.via = "1.1 proxy";
  session.host = "edge.example";
  session.urls_count = 3;
  session.upgrade = "websocket";
  session.sni = "edge.example";
  session.alpn = {"h2", "http/1.1"};
  session.tls_version = "TLS 1.3";
  session.cipher_suites = "1301-1302";
  session.ja3 = "38fe4a7f891f166719baeca84ef88b3d";
  session.ja4 = "t13d1517h2_8daaf6152771_cb7bf5808d99";
  session.ja4_r = "t13d1517h2_002f,0035";
  session.ja3s = "907bf3ecef1c987c889946b737b43de8";
  session.cert_subject = "CN=edge.example";
  session.cert_issuer = "CN=an issuer,O=x";
  session.ech_outer = true;
  session.inner = protocol::Inner::kSsh;
  session.flag(session::ConnectAnomaly::kEarlyClientData);
  session.flag(session::ConnectAnomaly::kInterimResponse);
  session.exchanges = {120, 134};
  session.packets = {210, 220};
  session.bytes = {24100, 18'000'000'000'000'000'000u};
  session.gaps_bytes = 5;
  session.truncated = true;
  session.lengths = {{Direction::kUp, 36, 40}, {Direction::kDown, 4'000'000'000, 5}};
  session.has_interval = true;
  session.interval_median_s = 0.21;
  session.interval_mad_s = 1e-7;
  session.message_bytes = std::string("SSH-2.0-x\r\n\0\xff", 13);
  session.messages = {
      {Direction::kUp, 21, 3, 0, 11}, {Direction::kDown, 1400, 9, 11, 2}, {Direction::kUp, 5, 9, 0, 0}};
  session.turns = 77;
  session.small_messages = {8, 9};
  session.longest_silence_s = 12.000001;
  session.http = {.requests = 2,
                  .with_referer = 1,
                  .with_cookie = 1,
                  .with_body = 2,
                  .head_bytes_max = 500,
                  .target_bytes_max = 80,
                  .target_entropy_bits = 4.25,
                  .body_bytes = {7, 8},
                  .longest_body_s = {0.5, 99.125},
                  .has_endless_body = {false, true},
                  .content_type = "text/html"};
  return session;
}

std::string written(const Session& session) {
  std::string line;
  report::write_session_line(session, {}, line);
  return line;
}

TEST(SessionLine, IsReadAsItWasWritten) {
  const Session session = full_session();
  Session parsed;
  ASSERT_TRUE(parse_session_line(written(session), parsed));
  EXPECT_EQ(parsed, session);
  EXPECT_EQ(written(parsed), written(session));
}

TEST(SessionLine, OfEveryKindAndProtocolIsReadAsItWasWritten) {
  SessionLineParser parser;
  Session parsed;
  for (std::size_t kind = 0; kind < session::kKinds; ++kind) {
    for (int inner = 0; inner <= static_cast<int>(protocol::Inner::kUnknown); ++inner) {
      Session session = full_session();
      session.kind = static_cast<Kind>(kind);
      session.inner = static_cast<protocol::Inner>(inner);
      ASSERT_TRUE(parser.parse(written(session), parsed));
      EXPECT_EQ(written(parsed), written(session));
    }
  }
}

TEST(SessionLine, LeavesNothingOfTheOneBefore) {
  SessionLineParser parser;
  Session session = full_session();
  ASSERT_TRUE(parser.parse(kLeast, session));
  Session fresh;
  ASSERT_TRUE(parser.parse(kLeast, fresh));
  EXPECT_EQ(session, fresh);
  EXPECT_EQ(session.end, session.start);
  EXPECT_FALSE(session.user_agent_seen);
}

TEST(SessionLine, TakesUnknownKeysAndAnyOrder) {
  Session session;
  EXPECT_TRUE(parse_session_line(
      R"({"new":{"deep":[1,{"x":2}]},"kind":"ssl","later":null,"client_ip":"10.0.0.1","via":null,"start":"2026-11-22T06:26:57Z"})",
      session));
  EXPECT_EQ(session.kind, Kind::kSsl);
  EXPECT_EQ(session.via, "");
}

// Once, asking whether such a value is null threw.
TEST(SessionLine, RefusesAKeyWhoseValueIsNoneOfJson) {
  Session session;
  for (const char* value : {"nul", "n", "tru", "01", "'x'", "\xff"}) {
    std::string line(kLeast);
    line.insert(line.size() - 1, ",\"sni\":" + std::string(value));
    EXPECT_FALSE(parse_session_line(line, session)) << value;
  }
}

TEST(SessionLine, TellsAnEmptyUserAgentFromNone) {
  Session session;
  std::string line(kLeast);
  line.insert(1, R"("user_agent":"",)");
  ASSERT_TRUE(parse_session_line(line, session));
  EXPECT_TRUE(session.user_agent_seen);
}

TEST(SessionLine, TakesAProtocolOfANewerVersionAsUnknown) {
  Session session;
  std::string line(kLeast);
  line.insert(1, R"("inner_protocol":"gopher",)");
  ASSERT_TRUE(parse_session_line(line, session));
  EXPECT_EQ(session.inner, protocol::Inner::kUnknown);
}

TEST(SessionLine, NamesTheKeyWhoseValueIsWrong) {
  struct {
    const char* field;
    const char* key;
  } const cases[] = {
      {R"("client_port":65536)", "client_port"},
      {R"("client_port":-1)", "client_port"},
      {R"("server_ip":"10.0.0.256")", "server_ip"},
      {R"("end":"yesterday")", "end"},
      {R"("kind":"odd")", "kind"},
      {R"("methods":["GET"])", "methods"},
      {R"("status":[99999])", "status"},
      {R"("bytes_up":18446744073709551616)", "bytes_up"},
      {R"("bytes_up":1.5)", "bytes_up"},
      {R"("truncated":"true")", "truncated"},
      {R"("lengths":[{"dir":"across","length":1,"count":2}])", "lengths"},
      {R"("messages":[{"dir":"up","length":1,"t_ms":2,"hex":"abc"}])", "messages"},
      {R"("messages":[{"dir":"up","length":1,"t_ms":2,"hex":"zz"}])", "messages"},
      {R"("interval_s":{"median":"x"})", "interval_s"},
      {R"("http":{"requests":-1})", "http"},
      {R"("sni":12)", "sni"},
  };
  for (const auto& c : cases) {
    Session session;
    std::string line(kLeast);
    line.insert(line.size() - 1, "," + std::string(c.field));
    const Result<void> parsed = parse_session_line(line, session);
    ASSERT_FALSE(parsed) << c.field;
    EXPECT_EQ(parsed.error().cause, std::string(c.key) + " has a value that it cannot have");
  }
}

TEST(SessionLine, NeedsStartClientAndKind) {
  Session session;
  for (const char* line :
       {"{}", R"({"start":"2026-11-22T06:26:57Z","kind":"ssl"})", R"({"client_ip":"10.0.0.1","kind":"ssl"})",
        R"({"client_ip":"10.0.0.1","start":"2026-11-22T06:26:57Z"})"}) {
    const Result<void> parsed = parse_session_line(line, session);
    ASSERT_FALSE(parsed) << line;
    EXPECT_EQ(parsed.error().cause, "start, client_ip or kind is missing");
  }
}

TEST(SessionLine, RefusesEveryTruncation) {
  const std::string line = written(full_session());
  Session session;
  for (std::size_t size = 0; size + 2 < line.size(); ++size) {
    const std::vector<char> exact(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(parse_session_line({exact.data(), size}, session)) << size;
  }
}

TEST(SessionLine, IsNotLostForWhatIsNotUtf8) {
  Session session;
  std::string line(kLeast);
  line.insert(1, "\"user_agent\":\"x\xff\",");
  ASSERT_TRUE(parse_session_line(line, session));
  EXPECT_EQ(session.user_agent, "x\uFFFD");
}

}  // namespace
}  // namespace mogura::logs
