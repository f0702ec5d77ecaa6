#include "report/alert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace mogura::report {
namespace {

using Json = nlohmann::ordered_json;

Alert pattern_alert() {
  Alert alert;
  alert.alert_id = "relay-ssh/1:abc=-1795325766768123";
  alert.time = Timestamp(std::chrono::microseconds(1'795'325'766'768'123));
  alert.pattern_id = "relay-ssh";
  alert.pattern_name = "SSH behind CONNECT";
  alert.finding_id = "0123456789abcdef";
  alert.application = "OpenSSH";
  alert.session_id = "1:abc=-1795325766768123";
  alert.community_id = "1:abc=";
  alert.client = {*Address::parse("192.0.2.7"), 40'000};
  alert.server = {*Address::parse("2001:db8::1"), 3128};
  alert.client_forwarded = "198.51.100.4";
  alert.destination = "edge.example:443";
  alert.user_agent = "probe/1";
  alert.score = 0.85;
  alert.severity = "high";
  alert.sentences = {"the client's third message was 52 bytes long", "the inner protocol is ssh"};
  return alert;
}

Alert finding_alert() {
  Alert alert;
  alert.alert_id = "0123456789abcdef";
  alert.kind = AlertKind::kFinding;
  alert.finding_id = "0123456789abcdef";
  alert.clients = {"192.0.2.7", "192.0.2.8"};
  return alert;
}

TEST(AlertLine, HasEveryKeyInOneOrder) {
  EXPECT_EQ(write_alert_line(pattern_alert()),
            R"({"schema":"mogura.alert/1","alert_id":"relay-ssh/1:abc=-1795325766768123",)"
            R"("time":"2026-11-22T05:36:06.768123Z","kind":"pattern","severity":"high","score":0.85,)"
            R"("pattern_id":"relay-ssh","pattern_name":"SSH behind CONNECT","finding_id":"0123456789abcdef",)"
            R"("application":"OpenSSH","session_id":"1:abc=-1795325766768123","community_id":"1:abc=",)"
            R"("client_ip":"192.0.2.7","client_port":40000,"server_ip":"2001:db8::1","server_port":3128,)"
            R"("client_forwarded":"198.51.100.4","destination":"edge.example:443","user_agent":"probe/1",)"
            R"("sentences":["the client's third message was 52 bytes long","the inner protocol is ssh"]})");
}

TEST(AlertLine, SaysWhichChallengeAClientFailed) {
  Alert alert;
  alert.alert_id = "verdict/no-jar/1";
  alert.kind = AlertKind::kVerdict;
  alert.verdict = "no-jar";
  alert.destination = "edge.example";
  alert.clients = {"192.0.2.7"};
  EXPECT_EQ(
      write_alert_line(alert),
      R"({"schema":"mogura.alert/1","alert_id":"verdict/no-jar/1","time":"1970-01-01T00:00:00.000000Z",)"
      R"("kind":"verdict","score":0,"verdict":"no-jar","destination":"edge.example",)"
      R"("clients":["192.0.2.7"]})");
}

TEST(AlertLine, LeavesOutWhatWasNotSeen) {
  EXPECT_EQ(
      write_alert_line(finding_alert()),
      R"({"schema":"mogura.alert/1","alert_id":"0123456789abcdef","time":"1970-01-01T00:00:00.000000Z",)"
      R"("kind":"finding","score":0,"finding_id":"0123456789abcdef","clients":["192.0.2.7","192.0.2.8"]})");
}

TEST(AlertLine, StaysOneLineOfJsonWhateverIsInIt) {
  const std::vector<std::string> hostile = {"a\nb",         "\r\n{\"alert_id\":\"x\"}",
                                            "\x1b[2J",      std::string("\0", 1),
                                            "\xff\xfe",     "\"\\",
                                            "\u202e\u2028", "\xed\xa0\x80"};
  for (const std::string& text : hostile) {
    Alert alert = pattern_alert();
    for (std::string* field :
         {&alert.alert_id, &alert.pattern_id, &alert.pattern_name, &alert.finding_id, &alert.application,
          &alert.session_id, &alert.community_id, &alert.client_forwarded, &alert.destination,
          &alert.user_agent, &alert.severity}) {
      *field = text;
    }
    alert.clients = alert.sentences = {text, text};
    const std::string line = write_alert_line(alert);
    EXPECT_THAT(line, testing::Not(testing::ContainsRegex("[\x01-\x1f]")));
    EXPECT_EQ(line.find('\0'), std::string::npos);
    const Json read = Json::parse(line);
    EXPECT_EQ(read["kind"], "pattern");
    EXPECT_EQ(read["sentences"].size(), 2u);
  }
}

TEST(AlertKind, HasANameForEveryValue) {
  EXPECT_EQ(name_of(AlertKind::kPattern), "pattern");
  EXPECT_EQ(name_of(AlertKind::kFinding), "finding");
}

}  // namespace
}  // namespace mogura::report
