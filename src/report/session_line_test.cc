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
  s.has_interval = true;
  s.interval_median_s = 30.5;
  s.interval_mad_s = 0.25;
  return s;
}

TEST(SessionLine, MatchesTheGoldenFile) {
  testing::expect_golden("sessions.jsonl", line_of(full_session()) + line_of(Session{}));
}

TEST(SessionLine, HasEveryKeyInItsOrder) {
  const Json json = Json::parse(line_of(full_session()));
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
                                                     "lengths",
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
      {13, 5, 0, "not enough messages"},
      {10, 4, 3, "fewer repeats asked for"},
      {10, 40, 1, "one length repeats that often"},
      {10, 41, 0, "none does"},
  };
  for (const auto& row : rows) {
    const Json json = Json::parse(line_of(full_session(), {row.min_exchanges, row.min_repeats}));
    EXPECT_EQ(json.contains("lengths") ? json["lengths"].size() : 0, row.lengths) << row.why;
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
