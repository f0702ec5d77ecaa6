#include "logs/detail/zeek_records.h"

#include <gtest/gtest.h>

namespace mogura::logs::detail {
namespace {

using session::Kind;
using session::Session;

constexpr std::string_view kHead =
    R"("ts":1672843056.913119,"uid":"C1","id.orig_h":"10.0.0.1","id.orig_p":55548,"id.resp_h":"192.0.2.1","id.resp_p":3128)";

// One row of JSON through to the session.
struct Joined {
  Result<ZeekUse> use = ZeekUse::kUsed;
  std::vector<Session> sessions;
};

Joined join(const std::vector<std::string>& fields, std::string_view head = kHead) {
  Joined joined;
  OpenSessions open(Limits{}, 10, [&joined](const Session& session) { joined.sessions.push_back(session); });
  ZeekJson json;
  ZeekRow row;
  for (const std::string& field : fields) {
    EXPECT_TRUE(json.read("{" + field + std::string(head) + "}", row));
    joined.use = add_zeek_row(row, log_of(row), open);
  }
  open.finish();
  return joined;
}

TEST(ZeekRecords, OfAllThreeLogsMakeOneSession) {
  const Joined joined = join({
      R"("_path":"http","trans_depth":1,"method":"CONNECT","host":"a.example","uri":"a.example:443","user_agent":"x/1",
      "status_code":200,"proxied":["PROXY-CONNECTION -> Keep-Alive","X-FORWARDED-FOR -> 10.9.8.7, 10.0.0.1","VIA -> 1.1 inner"],)",
      R"("_path":"ssl","version":"TLSv13","server_name":"a.example","next_protocol":"h2","established":true,
      "ja3":"aa","ja3s":"bb","ja4":"t13d","client_ciphers":[4865,2570,49195],"subject":"CN=a","issuer":"CN=i",)",
      R"("_path":"conn","proto":"tcp","service":"http,ssl","duration":2.5,"orig_bytes":1030,"resp_bytes":20275,
      "conn_state":"SF","missed_bytes":7,"history":"ShADadFf","orig_pkts":18,"orig_ip_bytes":1974,"resp_pkts":14,"resp_ip_bytes":21011,)",
  });
  ASSERT_EQ(joined.sessions.size(), 1u);
  const Session& session = joined.sessions.front();
  EXPECT_EQ(session.kind, Kind::kSsl);
  EXPECT_EQ(session.destination, "a.example:443");
  EXPECT_EQ(session.client.to_string(), "10.0.0.1:55548");
  EXPECT_EQ(session.server.to_string(), "192.0.2.1:3128");
  EXPECT_EQ(session.client_forwarded, "10.9.8.7");
  EXPECT_EQ(session.via, "1.1 inner");
  EXPECT_EQ(session.user_agent, "x/1");
  EXPECT_EQ(session.tls_version, "TLS 1.3");
  EXPECT_EQ(session.alpn, std::vector<std::string>{"h2"});
  EXPECT_EQ(session.cipher_suites, "1301-c02b");
  EXPECT_EQ(session.ja3 + session.ja3s + session.ja4, "aabbt13d");
  EXPECT_EQ(session.cert_subject + session.cert_issuer, "CN=aCN=i");
  EXPECT_EQ(session.bytes, (std::array<std::uint64_t, 2>{1974, 21011}));
  EXPECT_EQ(session.packets, (std::array<std::uint64_t, 2>{18, 14}));
  EXPECT_EQ(session.gaps_bytes, 7u);
  EXPECT_EQ(to_rfc3339(session.start), "2023-01-04T14:37:36.913119Z");
  EXPECT_EQ(session.end - session.start, std::chrono::milliseconds(2500));
  EXPECT_FALSE(session.truncated);
}

TEST(ZeekRecords, SayWhereAConnectionBeganBefore) {
  const auto is_truncated = [](const std::string& history) {
    const Joined joined =
        join({R"("_path":"conn","proto":"tcp","conn_state":"OTH","history":")" + history + R"(",)"});
    return joined.sessions.at(0).truncated;
  };
  EXPECT_FALSE(is_truncated("ShADad"));
  EXPECT_FALSE(is_truncated("sHADad"));
  EXPECT_FALSE(is_truncated(""));
  EXPECT_TRUE(is_truncated("DadA"));
}

TEST(ZeekRecords, PassOverOtherLogsAndProtocols) {
  const Joined udp = join({R"("_path":"conn","proto":"udp","conn_state":"SF",)"});
  EXPECT_EQ(udp.use, ZeekUse::kNotTcp);
  const Joined dns = join({R"("_path":"dns",)"});
  EXPECT_EQ(dns.use, ZeekUse::kOtherLog);
  EXPECT_TRUE(udp.sessions.empty() && dns.sessions.empty());
}

TEST(ZeekRecords, RefuseWhatIsMissingOrOutOfRange) {
  struct {
    const char* fields;
    const char* head;
    const char* why;
  } const cases[] = {
      {R"("trans_depth":1,)", R"("ts":-5,"uid":"C1")", "no such time"},
      {R"("trans_depth":1,)", R"("ts":1,"uid":"C1")", "no endpoints"},
      {R"("trans_depth":1,)",
       R"("ts":1,"id.orig_h":"10.0.0.1","id.orig_p":1,"id.resp_h":"10.0.0.2","id.resp_p":2)", "no uid"},
      {R"("trans_depth":1,)",
       R"("ts":1,"uid":"C1","id.orig_h":"10.0.0.1","id.orig_p":70000,"id.resp_h":"10.0.0.2","id.resp_p":2)",
       "a port"},
      {R"("trans_depth":1,"status_code":99999,)", kHead.data(), "a status"},
      {R"("trans_depth":1,"request_body_len":"x",)", kHead.data(), "a length"},
      {R"("conn_state":"SF","proto":"tcp","duration":"long",)", kHead.data(), "a duration"},
      {R"("conn_state":"SF","proto":"tcp","orig_pkts":-1,)", kHead.data(), "packets"},
  };
  for (const auto& c : cases) {
    const Joined joined = join({c.fields}, c.head);
    EXPECT_FALSE(joined.use) << c.why;
    EXPECT_TRUE(joined.sessions.empty()) << c.why;
  }
}

TEST(WrittenAt, IsTheEndOfAConnectionAndTheTimeOfOtherRows) {
  ZeekJson json;
  ZeekRow row;
  ASSERT_TRUE(json.read(R"({"ts":100.5,"duration":10})", row));
  EXPECT_EQ(written_at(row, ZeekLog::kHttp), Timestamp(std::chrono::milliseconds(100'500)));
  EXPECT_EQ(written_at(row, ZeekLog::kConn), Timestamp(std::chrono::milliseconds(110'500)));
  ASSERT_TRUE(json.read(R"({"ts":"2023-01-04T14:37:36.913119Z"})", row));
  EXPECT_EQ(to_rfc3339(written_at(row, ZeekLog::kSsl).value()), "2023-01-04T14:37:36.913119Z");
  ASSERT_TRUE(json.read(R"({"ts":1672843056913})", row));
  EXPECT_EQ(to_rfc3339(written_at(row, ZeekLog::kSsl).value()), "2023-01-04T14:37:36.913000Z");
  ASSERT_TRUE(json.read(R"({"ts":"soon"})", row));
  EXPECT_FALSE(written_at(row, ZeekLog::kSsl));
}

}  // namespace
}  // namespace mogura::logs::detail
