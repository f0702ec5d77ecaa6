#include "report/session_line.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/detail/sample_test.h"

namespace mogura::report {
namespace {

using Json = nlohmann::ordered_json;
using session::Kind;
using session::Session;

std::string line_of(const Session& session, const SessionLineOptions& options = {}) {
  std::string line;
  write_session_line(session, options, line);
  return line;
}

std::vector<std::string> keys_of(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& item : object.items()) keys.push_back(item.key());
  return keys;
}

Session full_session() {
  Session s;
  s.start = testing::at(1'795'325'766'768'123);
  s.end = testing::at(1'795'325'850'166'124);
  s.client = {Address::v4(0x0A4D000D), 40'000};
  s.server = {*Address::parse("2001:db8::3128"), 3128};
  s.vlan = 7;
  s.client_forwarded = "192.0.2.7";
  s.kind = Kind::kSsl;
  s.destination = "edge.example:443";
  s.methods = {{"CONNECT", 2}, {"GET", 1}};
  s.status = {407, 200};
  s.user_agent = "Agent \"x\"\t\x1b[31m";
  s.user_agent_seen = true;
  s.via = "1.1 proxy";
  s.host = "edge.example";
  s.urls_count = 3;
  s.upgrade = "websocket";
  s.sni = "edge.example";
  s.alpn = {"h2", "http/1.1"};
  s.tls_version = "TLS 1.3";
  s.cipher_suites = "1301-1302";
  s.ja3 = "0123456789abcdef0123456789abcdef";
  s.ja4 = "t13d0203h2_aaaaaaaaaaaa_bbbbbbbbbbbb";
  s.ja4_r = "t13d0203h2_1301,1302_0000";
  s.ja3s = "fedcba9876543210fedcba9876543210";
  s.cert_subject = "CN=edge.example";
  s.cert_issuer = "CN=Example CA";
  s.ech_outer = true;
  s.inner = protocol::Inner::kTls;
  s.connect_anomalies = 0b1000001;
  s.exchanges = {12, 34};
  s.packets = {50, 60};
  s.bytes = {7000, 80'000};
  s.gaps_bytes = 99;
  s.truncated = true;
  s.lengths = {{session::Direction::kUp, 52, 40},
               {session::Direction::kDown, 36, 5},
               {session::Direction::kUp, 99, 4}};
  s.turns = 20;
  s.small_messages = {11, 3};
  s.longest_silence_s = 12.000001;
  s.messages = {{session::Direction::kUp, 21, 4, 0, 9},
                {session::Direction::kDown, 517, 4'294'967'295, 9, 0}};
  s.message_bytes = "SSH-2.0\r\n";
  s.http.requests = 4;
  s.http.with_referer = 3;
  s.http.with_cookie = 2;
  s.http.with_body = 1;
  s.http.head_bytes_max = 400;
  s.http.target_bytes_max = 30;
  s.http.target_entropy_bits = 3.5;
  s.http.body_bytes = {100, 5'000'000'000};
  s.http.longest_body_s = {1.25, 0.5};
  s.http.has_endless_body = {true, true};
  s.http.content_type = "text/html";
  s.has_interval = true;
  s.interval_median_s = 30.5;
  s.interval_mad_s = 0.25;
  return s;
}

constexpr RepeatedBytes kStrings[] = {{session::Direction::kUp, 0, "SSH-2.0-\x01", 3},
                                      {session::Direction::kDown, 4, "\x01\xff", 5}};

TEST(SessionLine, MatchesTheGoldenFile) {
  const SessionLineOptions options{10, 5, false, kStrings};
  testing::expect_golden("sessions.jsonl", line_of(full_session(), options) + line_of(Session{}));
}

TEST(SessionLine, HasEveryKeyInItsOrder) {
  const Json json = Json::parse(line_of(full_session(), {10, 5, false, kStrings}));
  EXPECT_EQ(keys_of(json), (std::vector<std::string>{"session_id",
                                                     "start",
                                                     "end",
                                                     "client_ip",
                                                     "client_port",
                                                     "server_ip",
                                                     "server_port",
                                                     "vlan",
                                                     "client_forwarded",
                                                     "kind",
                                                     "destination",
                                                     "methods",
                                                     "status",
                                                     "user_agent",
                                                     "via",
                                                     "host",
                                                     "urls_count",
                                                     "sni",
                                                     "alpn",
                                                     "tls_version",
                                                     "cipher_suites",
                                                     "ja3",
                                                     "ja4",
                                                     "ja4_r",
                                                     "ja3s",
                                                     "cert_subject",
                                                     "cert_issuer",
                                                     "inner_protocol",
                                                     "exchanges_up",
                                                     "exchanges_down",
                                                     "packets_up",
                                                     "packets_down",
                                                     "bytes_up",
                                                     "bytes_down",
                                                     "duration_s",
                                                     "gaps_bytes",
                                                     "truncated",
                                                     "turns",
                                                     "small_up",
                                                     "small_down",
                                                     "longest_silence_s",
                                                     "http",
                                                     "lengths",
                                                     "strings",
                                                     "messages",
                                                     "interval_s",
                                                     "connect_anomalies",
                                                     "ech_outer",
                                                     "upgrade"}));
  EXPECT_EQ(json["start"], "2026-11-22T05:36:06.768123Z");
  EXPECT_EQ(json["client_ip"], "10.77.0.13");
  EXPECT_EQ(json["server_ip"], "2001:db8::3128");
  EXPECT_EQ(json["methods"].dump(), R"({"CONNECT":2,"GET":1})");
  EXPECT_EQ(json["status"].dump(), "[407,200]");
  EXPECT_EQ(json["duration_s"].dump(), "83.398001");
  EXPECT_EQ(json["lengths"].dump(),
            R"([{"dir":"up","length":52,"count":40},{"dir":"down","length":36,"count":5}])");
  EXPECT_EQ(json["longest_silence_s"].dump(), "12.000001");
  EXPECT_EQ(
      json["http"].dump(),
      R"({"requests":4,"with_referer":3,"with_cookie":2,"with_body":1,"head_bytes_max":400,)"
      R"("target_bytes_max":30,"target_entropy_bits":3.5,"body_bytes_up":100,"body_bytes_down":5000000000,)"
      R"("longest_body_up_s":1.25,"longest_body_down_s":0.5,"has_endless_body_up":true,)"
      R"("has_endless_body_down":true,"content_type":"text/html"})");
  EXPECT_EQ(json["strings"].dump(),
            R"([{"dir":"up","offset":0,"hex":"5353482d322e302d01","text":"SSH-2.0-","count":3},)"
            R"({"dir":"down","offset":4,"hex":"01ff","count":5}])");
  EXPECT_EQ(json["messages"].dump(), R"([{"dir":"up","length":21,"t_ms":4,"hex":"5353482d322e300d0a"},)"
                                     R"({"dir":"down","length":517,"t_ms":4294967295}])");
  EXPECT_EQ(json["interval_s"].dump(), R"({"median":30.5,"mad":0.25})");
  EXPECT_EQ(json["connect_anomalies"].dump(), R"(["request-body","early-server-data"])");
}

TEST(SessionLine, LeavesOutWhatWasNotSeen) {
  EXPECT_EQ(keys_of(Json::parse(line_of(Session{}))),
            (std::vector<std::string>{"session_id", "start", "end", "client_ip", "client_port", "server_ip",
                                      "server_port", "kind", "inner_protocol", "exchanges_up",
                                      "exchanges_down", "packets_up", "packets_down", "bytes_up",
                                      "bytes_down", "duration_s", "gaps_bytes", "truncated"}));
}

TEST(SessionLine, IsOneLineWhateverTheNames) {
  Session session = full_session();
  session.destination = session.host = session.via = session.sni = "a\nb\r\x1b[2J\u2028\u202E\xff\u0085";
  session.methods = {{"M\"\n", 1}};
  const std::string line = line_of(session);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  for (const char c : line.substr(0, line.size() - 1)) ASSERT_GE(static_cast<unsigned char>(c), 0x20);
  EXPECT_EQ(Json::parse(line)["host"], "a\nb\r\x1b[2J\u2028\u202E\uFFFD\u0085");
}

TEST(SessionLine, WritesAnEmptyUserAgentOnlyIfOneWasSent) {
  Session session;
  EXPECT_FALSE(Json::parse(line_of(session)).contains("user_agent"));
  session.user_agent_seen = true;
  EXPECT_EQ(Json::parse(line_of(session))["user_agent"], "");
}

TEST(SessionLine, WritesLengthsOfAnalysedSessionsThatRepeatOftenEnough) {
  const struct {
    std::uint64_t min_exchanges;
    std::uint32_t min_repeats;
    std::size_t lengths;
    const char* why;
  } rows[] = {
      {12, 5, 2, "exactly enough messages and repeats"},
      {13, 5, 0, "not enough messages, nor another reason"},
      {10, 4, 3, "fewer repeats asked for"},
      {10, 40, 1, "one length repeats that often"},
      {10, 41, 0, "none does"},
  };
  for (const auto& row : rows) {
    Session session = full_session();
    session.http = {};
    const Json json = Json::parse(line_of(session, {row.min_exchanges, row.min_repeats}));
    EXPECT_EQ(json.contains("lengths") ? json["lengths"].size() : 0, row.lengths) << row.why;
  }
}

TEST(SessionLine, TellsInFullOnlyWhereItMattersHowASessionGoesOn) {
  const auto of_kind = [](Kind kind) {
    Session session = full_session();
    session.kind = kind;
    session.exchanges = {3, 3};
    session.http = {};
    return session;
  };
  Session slow = of_kind(Kind::kGetPost);
  slow.http.longest_body_s[1] = 10.5;
  Session quick = of_kind(Kind::kGetPost);
  quick.http.longest_body_s[1] = 10;
  Session endless = of_kind(Kind::kGetPost);
  endless.http.has_endless_body[0] = true;
  const struct {
    Session session;
    bool all, has_lengths, has_messages;
    const char* why;
  } rows[] = {
      {full_session(), false, true, true, "analysed"},
      {of_kind(Kind::kSsl), false, false, false, "too few messages"},
      {of_kind(Kind::kSsl), true, true, true, "all are asked for"},
      {of_kind(Kind::kConnect), false, false, true, "what a CONNECT without TLS begins with"},
      {of_kind(Kind::kWebSocket), false, true, true, "a WebSocket"},
      {quick, false, false, false, "ordinary HTTP"},
      {slow, false, true, true, "a slow body"},
      {endless, false, true, true, "a body without end"},
      {of_kind(Kind::kOther), false, false, false, "no HTTP"},
  };
  for (const auto& row : rows) {
    SessionLineOptions options;
    options.all_messages = row.all;
    const Json json = Json::parse(line_of(row.session, options));
    EXPECT_EQ(json.contains("lengths"), row.has_lengths) << row.why;
    EXPECT_EQ(json.contains("messages"), row.has_messages) << row.why;
  }
}

TEST(SessionLine, SaysWhatIsInsideATunnelEvenIfNothing) {
  Session session;
  session.kind = Kind::kConnect;
  EXPECT_EQ(Json::parse(line_of(session))["inner_protocol"], "none");
  session.kind = Kind::kGetPost;
  EXPECT_FALSE(Json::parse(line_of(session)).contains("inner_protocol"));
}

TEST(SessionLine, NeverWritesANegativeDuration) {
  Session session;
  session.start = testing::at(10);
  session.end = testing::at(5);
  EXPECT_EQ(Json::parse(line_of(session))["duration_s"], 0.0);
}

}  // namespace
}  // namespace mogura::report
