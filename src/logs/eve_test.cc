#include "logs/eve.h"

#include <gtest/gtest.h>

#include "logs/detail/open_sessions.h"

namespace mogura::logs {
namespace {

using protocol::Inner;
using session::Kind;
using session::Session;

std::string event(std::string_view kind, std::string_view more, std::string_view protocol = "TCP") {
  return R"({"timestamp":"2023-01-05T18:51:06.123456+0100","flow_id":1847382910293847,"event_type":")" +
         std::string(kind) +
         R"(","src_ip":"10.0.0.1","src_port":50000,"dest_ip":"192.0.2.1","dest_port":3128,"proto":")" +
         std::string(protocol) + "\"" + std::string(more) + "}";
}

struct Joined {
  Result<EveUse> use = EveUse::kUsed;
  std::vector<Session> sessions;
};

Joined join(const std::vector<std::string>& lines) {
  Joined joined;
  detail::OpenSessions open(Limits{}, 10,
                            [&joined](const Session& session) { joined.sessions.push_back(session); });
  EveReader reader;
  EveRow row;
  for (const std::string& line : lines) {
    EXPECT_TRUE(reader.read(line, row)) << line;
    joined.use = add_eve_row(row, open);
  }
  open.finish();
  return joined;
}

const std::string kConnect = event(
    "http",
    R"(,"tx_id":0,"http":{"hostname":"a.example","url":"a.example:443","http_user_agent":"x/1","http_method":"CONNECT","protocol":"HTTP/1.1","status":200,"length":0})");
const std::string kTls = event(
    "tls",
    R"(,"tls":{"subject":"CN=a","issuerdn":"CN=i","serial":"1","sni":"a.example","version":"TLS 1.2","ja3":{"hash":"aa","string":"771,4865-2570-49195,0-16,29,0"},"ja3s":{"hash":"bb","string":"771,4865,43"},"ja4":"t13d"})");
const std::string kFlow = event(
    "flow",
    R"(,"app_proto":"tls","app_proto_orig":"http","flow":{"pkts_toserver":10,"pkts_toclient":12,"bytes_toserver":2000,"bytes_toclient":30000,"start":"2023-01-05T18:51:05.000000+0100","end":"2023-01-05T18:52:05.500000+0100","state":"closed"})");

TEST(Eve, EventsOfOneFlowMakeOneSession) {
  const Joined joined = join({kConnect, kTls, kFlow});
  ASSERT_TRUE(joined.use);
  ASSERT_EQ(joined.sessions.size(), 1u);
  const Session& session = joined.sessions.front();
  EXPECT_EQ(session.kind, Kind::kSsl);
  EXPECT_EQ(session.destination, "a.example:443");
  EXPECT_EQ(session.user_agent, "x/1");
  EXPECT_EQ(session.tls_version, "TLS 1.2");
  EXPECT_EQ(session.cipher_suites, "1301-c02b");
  EXPECT_EQ(session.alpn, std::vector<std::string>{"?"});
  EXPECT_EQ(session.ja3 + session.ja3s + session.ja4, "aabbt13d");
  EXPECT_EQ(session.cert_subject + session.cert_issuer, "CN=aCN=i");
  EXPECT_EQ(session.bytes, (std::array<std::uint64_t, 2>{2000, 30000}));
  EXPECT_EQ(session.packets, (std::array<std::uint64_t, 2>{10, 12}));
  EXPECT_EQ(to_rfc3339(session.start), "2023-01-05T17:51:05.000000Z");
  EXPECT_EQ(session.end - session.start, std::chrono::milliseconds(60'500));
}

TEST(Eve, SeesOtherProtocolsInATunnel) {
  const std::string flow = event(
      "flow",
      R"(,"app_proto":"PROTO","flow":{"pkts_toserver":10,"pkts_toclient":12,"bytes_toserver":2000,"bytes_toclient":BYTES,"start":"2023-01-05T18:51:05.0+0100"})");
  const auto inner = [&](std::string_view protocol, std::string_view bytes,
                         const std::vector<std::string>& more = {}) {
    std::string line = flow;
    line.replace(line.find("PROTO\","), 5, protocol);
    line.replace(line.find("BYTES"), 5, bytes);
    std::vector<std::string> lines{kConnect, line};
    lines.insert(lines.end(), more.begin(), more.end());
    return join(lines).sessions.at(0).inner;
  };
  EXPECT_EQ(inner("ssh", "30000"), Inner::kSsh);
  EXPECT_EQ(inner("failed", "30000"), Inner::kUnknown);
  EXPECT_EQ(inner("http", "1500"), Inner::kNone);
  EXPECT_EQ(inner("http", "1500", {event("smtp", "")}), Inner::kSmtp);
}

TEST(Eve, TakesNamesOfAlpnWhereItHasThem) {
  const std::string line =
      event("tls", R"(,"tls":{"sni":"a.example","client_alpns":["h2","http/1.1"],"server_alpns":["h2"]})");
  EXPECT_EQ(join({line}).sessions.at(0).alpn, (std::vector<std::string>{"h2", "http/1.1"}));
}

TEST(Eve, PassesOverOtherEventsAndProtocols) {
  EXPECT_EQ(join({event("dns", R"(,"dns":{"rrname":"x"})", "UDP")}).use, EveUse::kOtherEvent);
  EXPECT_EQ(join({R"({"timestamp":"x","event_type":"stats","stats":{"a":{"b":{"c":{"d":{"e":1}}}}}})"}).use,
            EveUse::kOtherEvent);
  EXPECT_EQ(join({event("flow", "", "UDP")}).use, EveUse::kNotTcp);
}

TEST(Eve, RefusesWhatIsMissingOrOutOfRange) {
  struct {
    std::string line;
    const char* why;
  } const cases[] = {
      {R"({"event_type":"tls","proto":"TCP"})", "nothing"},
      {R"({"event_type":"tls","proto":"TCP","timestamp":"2023-01-05T18:51:06Z","flow_id":1})",
       "no endpoints"},
      {event("http", R"(,"http":{"status":99999})"), "a status"},
      {event("http", R"(,"http":{"length":-1})"), "a length"},
      {event("flow", R"(,"flow":{"start":"soon"})"), "a start"},
      {event("flow", R"(,"flow":{"start":"2023-01-05T18:51:05Z","pkts_toserver":1e99})"), "packets"},
  };
  for (const auto& c : cases) EXPECT_FALSE(join({c.line}).use) << c.why;
}

TEST(EveReader, RefusesWhatIsNoEvent) {
  EveReader reader;
  EveRow row;
  for (const char* line : {"", "[]", "{}", "{\"event_type\":null}", "{\"event_type\":\"tls\""}) {
    EXPECT_FALSE(reader.read(line, row)) << line;
  }
}

TEST(EveReader, RefusesEveryTruncation) {
  EveReader reader;
  EveRow row;
  for (std::size_t size = 0; size < kTls.size(); ++size) {
    const std::vector<char> exact(kTls.begin(), kTls.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(reader.read({exact.data(), size}, row)) << size;
  }
}

}  // namespace
}  // namespace mogura::logs
