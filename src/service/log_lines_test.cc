#include "service/log_lines.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace mogura::service {
namespace {

using nlohmann::json;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// 2026-11-22T06:26:57.123456Z
constexpr Timestamp kTime{seconds(1'795'328'817) + microseconds(123'456)};

AccessRecord record() {
  AccessRecord record;
  record.time = kTime;
  record.elapsed = milliseconds(192);
  record.client = {*Address::parse("192.168.0.68"), 40'000};
  record.server = {*Address::parse("203.0.113.9"), 80};
  record.result = "TCP_MISS";
  record.status = 200;
  record.bytes_down = 1507;
  record.bytes_up = 321;
  record.method = "GET";
  record.url = "http://www.example.com/a?b=c%20d";
  record.user_agent = "Mozilla/5.0";
  record.content_type = "text/html; charset=utf-8";
  record.host = "www.example.com";
  return record;
}

std::string squid(const AccessRecord& record) {
  std::string line;
  write_squid_line(record, line);
  return line;
}

json access(const AccessRecord& record) {
  std::string line;
  write_access_json(record, line);
  EXPECT_EQ(line.back(), '\n');
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  return json::parse(line);
}

TEST(SquidLine, IsThatOfTheNativeFormat) {
  EXPECT_EQ(squid(record()),
            "1795328817.123    192 192.168.0.68 TCP_MISS/200 1507 GET http://www.example.com/a?b=c%20d - "
            "HIER_DIRECT/203.0.113.9 text/html\n");
}

TEST(SquidLine, IsAppended) {
  std::string out = "before\n";
  write_squid_line(record(), out);
  EXPECT_EQ(out, "before\n" + squid(record()));
}

TEST(SquidLine, ShowsATunnel) {
  AccessRecord tunnel = record();
  tunnel.result = "TCP_TUNNEL";
  tunnel.elapsed = seconds(3600);
  tunnel.method = "CONNECT";
  tunnel.url = "[2001:db8::1]:443";
  tunnel.server.address = *Address::parse("2001:db8::1");
  tunnel.client.address = *Address::parse("fd00::5");
  tunnel.user = "alice";
  tunnel.content_type = {};
  EXPECT_EQ(squid(tunnel),
            "1795328817.123 3600000 fd00::5 TCP_TUNNEL/200 1507 CONNECT [2001:db8::1]:443 alice "
            "HIER_DIRECT/2001:db8::1 -\n");
}

TEST(SquidLine, ShowsAHeadThatCouldNotBeRead) {
  AccessRecord refused;
  refused.time = Timestamp(seconds(1) + milliseconds(7));
  refused.client = record().client;
  refused.result = "NONE_NONE";
  refused.status = 400;
  EXPECT_EQ(squid(refused),
            "1.007      0 192.168.0.68 NONE_NONE/400 0 NONE error:invalid-request - HIER_NONE/- -\n");
}

TEST(SquidLine, ShowsTheParent) {
  AccessRecord given = record();
  given.via_parent = true;
  EXPECT_NE(squid(given).find(" FIRSTUP_PARENT/203.0.113.9 "), std::string::npos);
}

TEST(SquidLine, ShowsNoStatusAndTimesBeforeTheirTimeAsZero) {
  AccessRecord given = record();
  given.status = 0;
  given.elapsed = milliseconds(-5);
  given.time = Timestamp(seconds(-5));
  EXPECT_TRUE(squid(given).starts_with("0.000      0 192.168.0.68 TCP_MISS/000 ")) << squid(given);
}

TEST(SquidLine, HasTenWordsWhateverComes) {
  struct {
    std::string text, url, user, why;
  } const cases[] = {
      {"a b", "a%20b", "a%20b", "a space would begin another word"},
      {"a\r\n1795328817.123 0 forged", "a%0D%0A1795328817.123%200%20forged",
       "a%0D%0A1795328817.123%200%20forged", "a line of somebody else's"},
      {"a\x1b[2J", "a%1B[2J", "a%1B[2J", "terminal control"},
      {"caf\xc3\xa9", "caf%C3%A9", "caf%C3%A9", "beyond ASCII"},
      {std::string("a\0b", 3), "a%00b", "a%00b", "NUL"},
      {"a%20b", "a%20b", "a%2520b", "a URL is escaped already, a name is not"},
      {"a\"\\b", "a%22%5Cb", "a%22%5Cb", "quotes"},
      {"-", "-", "%2D", "not the name of nobody"},
  };
  for (const auto& [text, url, user, why] : cases) {
    AccessRecord given = record();
    given.url = given.user = given.content_type = given.method = text;
    const std::string line = squid(given);
    EXPECT_NE(line.find(" " + url + " " + user + " HIER_DIRECT/"), std::string::npos) << why << ": " << line;
    const std::string words = line.substr(line.find("192.168"));
    EXPECT_EQ(std::count(words.begin(), words.end(), ' '), 7) << why << ": " << line;
    EXPECT_EQ(line.find('\n'), line.size() - 1) << why;
  }
}

TEST(SquidLine, CutsText) {
  for (const std::size_t size : {kLoggedText - 1, kLoggedText, kLoggedText + 1}) {
    const std::string url(size, 'u');
    AccessRecord given = record();
    given.url = url;
    const std::string line = squid(given);
    EXPECT_EQ(std::count(line.begin(), line.end(), 'u'), std::min(size, kLoggedText)) << size;
  }
}

TEST(AccessJson, HasWhatIsKnown) {
  EXPECT_EQ(access(record()), json::parse(R"({
    "time": "2026-11-22T06:26:57.123456Z", "elapsed_s": 0.192, "client_ip": "192.168.0.68",
    "client_port": 40000, "server_ip": "203.0.113.9", "server_port": 80, "result": "TCP_MISS",
    "status": 200, "bytes_down": 1507, "bytes_up": 321, "method": "GET",
    "url": "http://www.example.com/a?b=c%20d", "host": "www.example.com", "user_agent": "Mozilla/5.0",
    "content_type": "text/html; charset=utf-8"})"));
}

TEST(AccessJson, LeavesOutWhatIsNot) {
  AccessRecord refused;
  refused.time = kTime;
  refused.client = record().client;
  refused.result = "TCP_DENIED";
  refused.status = 403;
  refused.refusal = "port";
  EXPECT_EQ(access(refused), json::parse(R"({
    "time": "2026-11-22T06:26:57.123456Z", "elapsed_s": 0.0, "client_ip": "192.168.0.68",
    "client_port": 40000, "result": "TCP_DENIED", "status": 403, "bytes_down": 0, "bytes_up": 0,
    "refusal": "port"})"));
}

TEST(AccessJson, NamesParentAndUser) {
  AccessRecord given = record();
  given.via_parent = true;
  given.user = "alice";
  EXPECT_EQ(access(given)["via_parent"], true);
  EXPECT_EQ(access(given)["user"], "alice");
}

TEST(AccessJson, IsJsonWhateverComes) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    const std::string text = std::string("a") + static_cast<char>(byte) + "b";
    AccessRecord given = record();
    given.url = given.user = given.user_agent = given.host = given.method = text;
    const json read = access(given);
    const std::string expected = byte < 0x80 ? text
                                             : "a\xEF\xBF\xBD"
                                               "b";
    EXPECT_EQ(read["url"], expected) << byte;
    EXPECT_EQ(read["user_agent"], expected) << byte;
  }
}

TEST(AccessJson, CutsTextBetweenCharacters) {
  // The last character of four bytes begins at each distance before the limit.
  for (std::size_t before = 0; before < 6; ++before) {
    const std::string start(kLoggedText - before, 'u');
    const std::string url = start + "\xF0\x9F\x90\xBE" + "tail";
    AccessRecord given = record();
    given.url = url;
    const std::string read = access(given)["url"];
    EXPECT_LE(read.size(), kLoggedText) << before;
    EXPECT_TRUE(url.starts_with(read)) << before;
    EXPECT_GE(read.size(), start.size()) << before;
  }
}

TEST(Event, ShowsAChallengeAsTheContractHasIt) {
  const EventContext context{
      kTime, *Address::parse("10.0.0.5"), "odd/1", "www.example.com", "http://www.example.com/", {}};
  std::string line;
  write_event(context, challenge::ChallengeEvent{challenge::State::kSuspicious, 2, 3, "it never came back"},
              line);
  EXPECT_EQ(line, R"({"time":"2026-11-22T06:26:57.123456Z","event":"challenge","client_ip":"10.0.0.5",)"
                  R"("user_agent":"odd/1","host":"www.example.com","url":"http://www.example.com/",)"
                  R"("state":"suspicious","misses":2,"issued":3,"reason":"it never came back"})"
                  "\n");
}

TEST(Event, ShowsAVerdictAsTheContractHasIt) {
  const EventContext context{
      kTime, *Address::parse("10.0.0.5"), "odd/1", "www.example.com", "http://www.example.com/", "alice"};
  std::string line;
  write_event(context, challenge::VerdictEvent{challenge::Verdict::kNoJar, {"one", "two"}, 0.75}, line);
  EXPECT_EQ(line, R"({"time":"2026-11-22T06:26:57.123456Z","event":"verdict","client_ip":"10.0.0.5",)"
                  R"("user_agent":"odd/1","host":"www.example.com","verdict":"no-jar",)"
                  R"("evidence":["one","two"],"score":0.75,"user":"alice"})"
                  "\n");
}

TEST(Event, WritesWhatWasSeenOfATunnel) {
  const EventContext context{kTime,  *Address::parse("10.0.0.5"), "odd/1", "a.example", "a.example:443",
                             "alice"};
  std::string line;
  write_event(context, TunnelEvent{.is_blocked = true, .protocol = protocol::Inner::kSsh}, line);
  EXPECT_EQ(line, R"({"time":"2026-11-22T06:26:57.123456Z","event":"tunnel","client_ip":"10.0.0.5",)"
                  R"("user_agent":"odd/1","host":"a.example","url":"a.example:443","reason":"not-tls",)"
                  R"("action":"blocked","inner_protocol":"ssh","user":"alice"})"
                  "\n");
}

TEST(Event, LeavesOutWhatIsNotKnown) {
  const EventContext context{kTime, *Address::parse("10.0.0.5"), {}, "a.example", {}, {}};
  std::string line;
  write_event(context, challenge::ChallengeEvent{challenge::State::kSet, 0, 1, {}}, line);
  const json read = json::parse(line);
  EXPECT_FALSE(read.contains("user_agent") || read.contains("url") || read.contains("reason"));
  EXPECT_EQ(read["state"], "set");
  EXPECT_EQ(read["misses"], 0);
}

TEST(Event, CapsAndEscapesWhatTheClientSent) {
  const std::string url(kLoggedText + 1000, 'u');
  const EventContext context{kTime, *Address::parse("10.0.0.5"), "odd\"\n\x1b/1\xff", "a.example", url, {}};
  std::string line;
  write_event(context, challenge::ChallengeEvent{challenge::State::kNeverSet, 0, 0, "exempt"}, line);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  const json read = json::parse(line);
  EXPECT_EQ(read["user_agent"], "odd\"\n\x1b/1\xEF\xBF\xBD");
  EXPECT_EQ(read["url"].get<std::string>().size(), kLoggedText);
}

TEST(EventLine, OfWhatWasNoticedHasSentencesAndCodes) {
  const EventContext context{.time = Timestamp(seconds(1'700'000'000)),
                             .client = Address::v4(0x0A000001),
                             .user_agent = "a\x1b",
                             .host = "h.test",
                             .url = {},
                             .user = {}};
  std::string line;
  write_event(context,
              challenge::PassiveEvent{0.4, {{"header-order-of-another-program", "a \"sentence\"", 0.4}}},
              line);
  const json read = json::parse(line);
  EXPECT_EQ(read["event"], "passive");
  EXPECT_EQ(read["evidence"], json::array({"a \"sentence\""}));
  EXPECT_EQ(read["codes"], json::array({"header-order-of-another-program"}));
  EXPECT_EQ(read["score"], 0.4);
}

TEST(EventLine, OfABypassSaysUntilWhen) {
  const Timestamp time{std::chrono::seconds(1'700'000'000)};
  const EventContext context{.time = time,
                             .client = Address::v4(0x0A000001),
                             .user_agent = {},
                             .host = "www.example",
                             .url = {},
                             .user = {}};
  std::string line;
  write_event(context, BypassEvent{"the client refused", time + std::chrono::hours(1)}, line);
  EXPECT_EQ(line,
            "{\"time\":\"2023-11-14T22:13:20.000000Z\",\"event\":\"bypass\",\"client_ip\":\"10.0.0.1\","
            "\"host\":\"www.example\",\"reason\":\"the client refused\","
            "\"until\":\"2023-11-14T23:13:20.000000Z\"}\n");
}

}  // namespace
}  // namespace mogura::service
