#include "icap/detail/exchange_session.h"

#include <gtest/gtest.h>

namespace mogura::icap::detail {
namespace {

using std::chrono::seconds;

constexpr Timestamp kNow{seconds(1'800'000'000)};
const Endpoint kClient{Address::v4(0x0A000007), 4000};

struct Request {
  explicit Request(std::string text) : bytes(std::move(text)) {
    EXPECT_EQ(head.parse(bytes).kind, protocol::HeadStep::Kind::kDone) << bytes;
  }
  [[nodiscard]] AskedFigures figures() const { return figures_of(head, kClient, kNow); }
  [[nodiscard]] AskedTexts texts() const {
    const protocol::HeadField* const agent = head.find(protocol::FieldId::kUserAgent);
    return {.method = head.method(),
            .url = head.target(),
            .host = head.authority().host,
            .user_agent = agent == nullptr ? std::string_view() : agent->value};
  }

  std::string bytes;
  protocol::RequestHead head;
};

TEST(ExchangeSession, HasWhatTwoHeadsTell) {
  const Request request(
      "POST http://Site.example/a?b=c HTTP/1.1\r\nHost: site.example\r\nUser-Agent: probe/1\r\n"
      "Referer: http://site.example/\r\nCookie: a=1\r\nContent-Length: 7\r\n\r\n");
  const std::string bytes = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100\r\n\r\n";
  protocol::ResponseHead response;
  ASSERT_EQ(response.parse(bytes, "POST").kind, protocol::HeadStep::Kind::kDone);
  const session::Session session =
      session_of(request.figures(), request.texts(), answer_of(response, bytes.size(), kNow + seconds(2)));
  EXPECT_EQ(session.start, kNow);
  EXPECT_EQ(session.end, kNow + seconds(2));
  EXPECT_EQ(session.client, kClient);
  EXPECT_EQ(session.kind, session::Kind::kGetPost);
  EXPECT_EQ(session.destination, "site.example:80");
  EXPECT_EQ(session.methods, (decltype(session.methods){{"POST", 1}}));
  EXPECT_EQ(session.status, std::vector<std::uint16_t>{200});
  EXPECT_EQ(session.user_agent, "probe/1");
  EXPECT_TRUE(session.user_agent_seen);
  EXPECT_EQ(session.bytes, (std::array<std::uint64_t, 2>{request.bytes.size() + 7, bytes.size() + 100}));
  EXPECT_EQ(session.http.requests, 1u);
  EXPECT_EQ(session.http.with_referer + session.http.with_cookie + session.http.with_body, 3u);
  EXPECT_EQ(session.http.head_bytes_max, request.bytes.size());
  EXPECT_EQ(session.http.target_bytes_max, 25u);
  EXPECT_GT(session.http.target_entropy_bits, 2);
  EXPECT_EQ(session.http.body_bytes, (std::array<std::uint64_t, 2>{7, 100}));
  EXPECT_EQ(session.http.content_type, "text/html");
}

TEST(ExchangeSession, OfWhatNeverCameNothingIsSaid) {
  const Request request("GET https://site.example/ HTTP/1.1\r\nHost: site.example\r\n\r\n");
  const session::Session session = session_of(request.figures(), request.texts(), {});
  EXPECT_EQ(session.destination, "site.example:443");
  EXPECT_EQ(session.end, kNow) << "not before it began";
  EXPECT_TRUE(session.status.empty());
  EXPECT_FALSE(session.user_agent_seen);
  EXPECT_EQ(session.http.with_body, 0u);
}

TEST(ExchangeSession, AConnectHasNoHttpInsideThatIsSeen) {
  const Request request("CONNECT [2001:DB8::1]:8443 HTTP/1.1\r\nHost: [2001:db8::1]:8443\r\n\r\n");
  const session::Session session = session_of(request.figures(), request.texts(), {.status = 403});
  EXPECT_EQ(session.kind, session::Kind::kConnect);
  EXPECT_EQ(session.destination, "[2001:db8::1]:8443");
  EXPECT_EQ(session.http, session::HttpShape{});
  EXPECT_EQ(session.status, std::vector<std::uint16_t>{403});
}

TEST(ExchangeSession, AnUpgradeThatWasAnsweredIsAWebSocket) {
  const Request request("GET http://site.example/chat HTTP/1.1\r\nHost: site.example\r\n\r\n");
  EXPECT_EQ(session_of(request.figures(), request.texts(), {.status = 101}).kind, session::Kind::kWebSocket);
}

TEST(ExchangeSession, ABodyWithoutALengthIsABodyAllTheSame) {
  const Request request(
      "POST http://site.example:8080/ HTTP/1.1\r\nHost: site.example:8080\r\nTransfer-Encoding: "
      "chunked\r\n\r\n");
  const AskedFigures figures = request.figures();
  EXPECT_TRUE(figures.has_body);
  EXPECT_EQ(figures.body_bytes, 0u);
  EXPECT_EQ(figures.port, 8080);
}

}  // namespace
}  // namespace mogura::icap::detail
