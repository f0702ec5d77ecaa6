#include "protocol/http1.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mogura::protocol {
namespace {

using Event = Http1Parser::Event;
using ::testing::HasSubstr;
using ::testing::Not;

std::string describe(const Http1Head& head) {
  std::string text = head.method + '|' + head.target + '|' + std::to_string(head.status) + '|' +
                     std::to_string(head.major) + '.' + std::to_string(head.minor) + '|' +
                     std::to_string(head.fields) + '|' + std::to_string(head.field_count) + '|' +
                     std::to_string(head.head_bytes) + '|' + std::to_string(head.content_length);
  for (const std::string* kept : {&head.host, &head.user_agent, &head.via, &head.x_forwarded_for,
                                  &head.forwarded, &head.upgrade, &head.server, &head.content_type}) {
    text += '|' + *kept;
  }
  for (const bool flag : {head.chunked, head.connection_upgrade, head.connection_close})
    text += flag ? '1' : '0';
  return text;
}

std::string name_of(Event event) {
  switch (event) {
    case Event::kNeedMore:
      return "more";
    case Event::kHead:
      return "head";
    case Event::kMessageEnd:
      return "end";
    case Event::kMalformed:
      return "malformed";
    case Event::kLimit:
      return "limit";
  }
  return "?";
}

// Feeds a view to its end, from a heap block of just its size, and notes the events. A message that ends
// without a byte is asked for once more when the view is empty.
void feed_all(Http1Parser& parser, std::string_view text, std::vector<std::string>& events) {
  const auto exact = std::make_unique<std::uint8_t[]>(text.size());
  std::memcpy(exact.get(), text.data(), text.size());
  ByteView rest(exact.get(), text.size());
  for (;;) {
    const Http1Parser::Step step = parser.feed(rest);
    rest = rest.subspan(step.consumed);
    if (step.event == Event::kNeedMore) {
      EXPECT_TRUE(rest.empty());
      return;
    }
    std::string event = name_of(step.event);
    if (step.event == Event::kHead) event += ' ' + describe(parser.head());
    if (step.event == Event::kMessageEnd) event += ' ' + std::to_string(parser.body_bytes());
    events.push_back(std::move(event));
  }
}

std::vector<std::string> events_of(Http1Role role, const std::vector<std::string_view>& views,
                                   const Limits& limits = {}) {
  Http1Parser parser(role, limits);
  std::vector<std::string> events;
  for (const std::string_view view : views) feed_all(parser, view, events);
  events.push_back("finish " + name_of(parser.finish()));
  return events;
}

// The events without what the heads hold.
std::vector<std::string> outline(Http1Role role, std::string_view text, const Limits& limits = {}) {
  std::vector<std::string> events = events_of(role, {text}, limits);
  for (std::string& event : events) {
    if (event.starts_with("head")) event = "head";
  }
  return events;
}

// The head of the first message in `text`.
Http1Head head_of(Http1Role role, std::string_view text, const Limits& limits = {}) {
  Http1Parser parser(role, limits);
  const auto step = parser.feed(as_bytes(text));
  EXPECT_EQ(step.event, Event::kHead) << text;
  return parser.head();
}

constexpr auto kRequest = Http1Role::kRequest;
constexpr auto kResponse = Http1Role::kResponse;

struct Message {
  const char* why;
  Http1Role role;
  std::string text;
  std::vector<std::string> outline;
};

const std::vector<Message>& messages() {
  static const std::vector<Message> table = {
      {"an ordinary request to a proxy",
       kRequest,
       "GET http://example.com/a?b=c HTTP/1.1\r\nHost: example.com\r\nUser-Agent: Mozilla/5.0\r\nCookie: "
       "s=1\r\n\r\n",
       {"head", "end 0", "finish more"}},
      {"pipelined requests, one with a body",
       kRequest,
       "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\n\r\n",
       {"head", "end 3", "head", "end 0", "head", "end 0", "finish more"}},
      {"empty lines between messages",
       kRequest,
       "\r\n\r\nGET / HTTP/1.1\r\n\r\n\r\n\nGET / HTTP/1.1\r\n\r\n\r\n",
       {"head", "end 0", "head", "end 0", "finish more"}},
      {"a refused CONNECT and another try",
       kRequest,
       "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\nCONNECT a:443 HTTP/1.1\r\nProxy-Authorization: Basic "
       "eA==\r\n\r\n",
       {"head", "end 0", "head", "end 0", "finish more"}},
      {"a CONNECT that declares a body, which a refusing proxy would read",
       kRequest,
       "CONNECT a:443 HTTP/1.1\r\nContent-Length: 2\r\n\r\nxyGET / HTTP/1.1\r\n\r\n",
       {"head", "end 2", "head", "end 0", "finish more"}},
      {"a declined upgrade is a message like others",
       kRequest,
       "GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nGET /2 HTTP/1.1\r\n\r\n",
       {"head", "end 0", "head", "end 0", "finish more"}},
      {"RPC over HTTP",
       kRequest,
       "RPC_IN_DATA /rpc?h:6001 HTTP/1.1\r\nContent-Length: 4\r\n\r\n\x05.\x0b\x03RPC_OUT_DATA / "
       "HTTP/1.1\r\n\r\n",
       {"head", "end 4", "head", "end 0", "finish more"}},
      {"an extra word, as smtp tunnels send it, and a line that is no field",
       kRequest,
       "CONNECT host:25 / HTTP/1.0\r\nMozilla 4.0 (compatible)\r\n\r\n",
       {"head", "end 0", "finish more"}},
      {"odd case",
       kRequest,
       "connect Host:443 http/1.1\r\nHOST: x\r\n\r\n",
       {"head", "end 0", "finish more"}},
      {"bare LF",
       kRequest,
       "GET / HTTP/1.1\nHost: a\nAccept: b\n\nGET / HTTP/1.1\n\n",
       {"head", "end 0", "head", "end 0", "finish more"}},
      {"HTTP/0.9 has no fields, so its head is its line",
       kRequest,
       "GET /old\r\nGET /older\r\n",
       {"head", "end 0", "head", "end 0", "finish more"}},
      {"folded fields",
       kRequest,
       "GET / HTTP/1.1\r\nVia: 1.1 a,\r\n\t1.1 b\r\nHost:\r\n c\r\n\r\n",
       {"head", "end 0", "finish more"}},
      {"chunks and trailers, then the next request",
       kRequest,
       "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0A\r\n0123456789\r\n0\r\nA: "
       "b\r\n\r\n"
       "GET / HTTP/1.1\r\n\r\n",
       {"head", "end 15", "head", "end 0", "finish more"}},
      {"a padded chunk size, as old servers send it",
       kResponse,
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5  \r\nhello\r\n0  \r\n\r\nHTTP/1.1 204 "
       "x\r\n\r\n",
       {"head", "end 5", "head", "end 0", "finish more"}},
      {"a request of unknown coding has no known end",
       kRequest,
       "POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\nabc",
       {"head", "finish end"}},
      {"identity is no coding",
       kRequest,
       "POST / HTTP/1.1\r\nTransfer-Encoding: identity\r\nContent-Length: 1\r\n\r\na",
       {"head", "end 1", "finish more"}},
      {"a length and keep-alive",
       kResponse,
       "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
       {"head", "end 5", "head", "end 0", "finish more"}},
      {"no reason phrase, not even its space",
       kResponse,
       "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
       {"head", "end 0", "finish more"}},
      {"any status has meaning to somebody",
       kResponse,
       "HTTP/1.1 999 Request denied\r\nContent-Length: 0\r\n\r\n",
       {"head", "end 0", "finish more"}},
      {"an interim response",
       kResponse,
       "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
       {"head", "end 0", "head", "end 1", "finish more"}},
      {"204 and 304 have no body, whatever they declare",
       kResponse,
       "HTTP/1.1 304 x\r\nContent-Length: 9\r\n\r\nHTTP/1.1 204 x\r\nTransfer-Encoding: chunked\r\n\r\n",
       {"head", "end 0", "head", "end 0", "finish more"}},
      {"a body until close", kResponse, "HTTP/1.0 200 OK\r\n\r\nabcdef", {"head", "finish end"}},
      {"chunked and Connection: close",
       kResponse,
       "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
       {"head", "end 1", "finish more"}},
      {"chunked wins over a length (RFC 9112 section 6.3)",
       kResponse,
       "HTTP/1.1 200 OK\r\nContent-Length: 50\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
       {"head", "end 1", "finish more"}},
      {"lengths that agree",
       kResponse,
       "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\nContent-Length: 2\r\n\r\nxy",
       {"head", "end 2", "finish more"}},
      {"lengths that differ tell nothing",
       kResponse,
       "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nxyz!",
       {"head", "finish end"}},
      {"a length that is no number",
       kResponse,
       "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\nxyz!",
       {"head", "finish end"}},
      {"a length of 2 to the 64th",
       kResponse,
       "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\nx",
       {"head", "finish end"}},
      {"an empty length is none",
       kRequest,
       "GET / HTTP/1.1\r\nContent-Length: \r\nA: b\r\n\r\n",
       {"head", "end 0", "finish more"}},
      {"SHOUTcast", kResponse, "ICY 200 OK\r\nicy-name: x\r\n\r\nmusic", {"head", "finish end"}},
      {"a bare CR ends a field",
       kRequest,
       "GET / HTTP/1.1\r\nVia: a\rCookie: secret\r\n\r\n",
       {"head", "end 0", "finish more"}},
      {"a name with a space before the colon",
       kRequest,
       "GET / HTTP/1.1\r\nHost : a\r\nA b: c\r\n: d\r\n\r\n",
       {"head", "end 0", "finish more"}},
      {"cut in the head", kRequest, "GET / HTTP/1.1\r\nHost: a\r\n", {"finish malformed"}},
      {"cut in the body",
       kRequest,
       "PUT / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab",
       {"head", "finish malformed"}},
      {"cut in a chunk",
       kRequest,
       "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
       {"head", "finish malformed"}},
      {"cut in the trailers",
       kRequest,
       "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n",
       {"head", "finish malformed"}},
      {"not a chunk",
       kResponse,
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
       {"head", "malformed", "finish more"}},
      {"a chunk of more than 64 bits",
       kResponse,
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000 \r\nx",
       {"head", "malformed", "finish more"}},
      {"another protocol", kRequest, "SSH-2.0-OpenSSH_9.2\r\n", {"malformed", "finish more"}},
      {"the HTTP/2 preface", kRequest, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {"malformed", "finish more"}},
      {"no version, and not HTTP/0.9 either", kRequest, "EHLO example.com\r\n", {"malformed", "finish more"}},
      {"a status of four digits", kResponse, "HTTP/1.1 2000 OK\r\n\r\n", {"malformed", "finish more"}},
      {"a status below 100", kResponse, "HTTP/1.1 099 OK\r\n\r\n", {"malformed", "finish more"}},
      {"nothing", kRequest, "", {"finish more"}},
  };
  return table;
}

TEST(Http1Parser, FindsTheMessages) {
  for (const Message& message : messages()) {
    EXPECT_EQ(outline(message.role, message.text), message.outline) << message.why;
  }
}

TEST(Http1Parser, DoesNotDependOnHowTheStreamIsCut) {
  for (const Message& message : messages()) {
    const std::string_view text = message.text;
    const auto whole = events_of(message.role, {text});
    if (whole.front() == "malformed") continue;  // what is lost is resynchronised by views
    for (std::size_t i = 0; i <= text.size(); ++i) {
      EXPECT_EQ(events_of(message.role, {text.substr(0, i), text.substr(i)}), whole)
          << message.why << " at " << i;
    }
    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < text.size(); ++i) bytes.push_back(text.substr(i, 1));
    EXPECT_EQ(events_of(message.role, bytes), whole) << message.why << " byte by byte";
  }
}

TEST(Http1Parser, SaysTheSameOfATruncatedStreamUpToTheCut) {
  for (const Message& message : messages()) {
    const std::string_view text = message.text;
    const auto whole = events_of(message.role, {text});
    for (std::size_t size = 0; size < text.size(); ++size) {
      auto cut = events_of(message.role, {text.substr(0, size)});
      ASSERT_FALSE(cut.empty());
      EXPECT_TRUE(cut.back().starts_with("finish ")) << message.why;
      cut.pop_back();
      ASSERT_LE(cut.size(), whole.size()) << message.why;
      EXPECT_TRUE(std::equal(cut.begin(), cut.end(), whole.begin())) << message.why << " at " << size;
    }
  }
}

TEST(Http1Parser, KeepsWhatTheRequestSays) {
  const Http1Head head =
      head_of(kRequest,
              "GET http://Example.com:81/x HTTP/1.1\r\nHOST: Example.com:81 \r\nhost: second\r\n"
              "User-Agent: Mozilla/5.0 (X11)\r\nVia: 1.1 a\r\nVia: 1.0 b\r\n"
              "X-Forwarded-For: 10.0.0.1, 10.0.0.2\r\nForwarded: for=10.0.0.1\r\n"
              "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nReferer: http://r/\r\n"
              "Content-Type: text/plain\r\nX-Other: y\r\n\r\n");
  EXPECT_EQ(head.method, "GET");
  EXPECT_EQ(head.target, "http://Example.com:81/x");
  EXPECT_EQ(head.host, "Example.com:81");
  EXPECT_EQ(head.user_agent, "Mozilla/5.0 (X11)");
  EXPECT_EQ(head.via, "1.1 a, 1.0 b");
  EXPECT_EQ(head.x_forwarded_for, "10.0.0.1, 10.0.0.2");
  EXPECT_EQ(head.forwarded, "for=10.0.0.1");
  EXPECT_EQ(head.upgrade, "websocket");
  EXPECT_EQ(head.content_type, "text/plain");
  EXPECT_TRUE(head.connection_upgrade);
  EXPECT_FALSE(head.connection_close);
  EXPECT_EQ(head.field_count, 12u);
  EXPECT_TRUE(head.has(Http1Head::kReferer));
  EXPECT_FALSE(head.has(Http1Head::kCookie));
}

TEST(Http1Parser, KeepsWhatTheResponseSays) {
  constexpr std::string_view kText =
      "HTTP/1.0 407 Proxy Authentication Required\r\nServer: squid/5.7\r\nContent-Length: 12\r\n\r\n";
  const Http1Head head = head_of(kResponse, kText);
  EXPECT_EQ(head.status, 407);
  EXPECT_EQ(head.major, 1);
  EXPECT_EQ(head.minor, 0);
  EXPECT_EQ(head.server, "squid/5.7");
  EXPECT_EQ(head.content_length, 12u);
  EXPECT_EQ(head.head_bytes, kText.size());
  EXPECT_TRUE(head.connection_close) << "HTTP/1.0 without keep-alive";
}

TEST(Http1Parser, TellsAnAbsentFieldFromAnEmptyOne) {
  const Http1Head head = head_of(kRequest, "GET / HTTP/1.1\r\nUser-Agent:\r\nContent-Length:\r\n\r\n");
  EXPECT_TRUE(head.has(Http1Head::kUserAgent));
  EXPECT_EQ(head.user_agent, "");
  EXPECT_TRUE(head.has(Http1Head::kContentLength));
  EXPECT_FALSE(head.has(Http1Head::kHost));
}

TEST(Http1Parser, ReadsConnectWithAnExtraWord) {
  const Http1Head head = head_of(kRequest, "CONNECT host:25 / HTTP/1.0\r\nMozilla 4.0\r\nHost: x\r\n\r\n");
  EXPECT_EQ(head.method, "CONNECT");
  EXPECT_EQ(head.target, "host:25");
  EXPECT_EQ(head.minor, 0);
  EXPECT_EQ(head.host, "x");
}

TEST(Http1Parser, KeepsMethodsAsSent) {
  EXPECT_EQ(head_of(kRequest, "connect a:1 HTTP/1.1\r\n\r\n").method, "connect");
  EXPECT_EQ(head_of(kRequest, "RPC_OUT_DATA / HTTP/1.1\r\n\r\n").method, "RPC_OUT_DATA");
  EXPECT_EQ(head_of(kRequest, "X!$% / HTTP/1.1\r\n\r\n").method, "X!$%");
}

TEST(Http1Parser, JudgesPersistence) {
  const struct {
    const char* why;
    std::string_view text;
    bool closes;
  } cases[] = {
      {"1.1 persists", "GET / HTTP/1.1\r\n\r\n", false},
      {"1.1 told to close", "GET / HTTP/1.1\r\nConnection: x, Close\r\n\r\n", true},
      {"1.0 closes", "GET / HTTP/1.0\r\n\r\n", true},
      {"1.0 asked to stay", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", false},
      {"the field of old proxies", "GET / HTTP/1.0\r\nProxy-Connection: keep-alive\r\n\r\n", false},
      {"0.9 closes", "GET /\r\n", true},
  };
  for (const auto& c : cases) EXPECT_EQ(head_of(kRequest, c.text).connection_close, c.closes) << c.why;
}

TEST(Http1Parser, NeverKeepsSecrets) {
  constexpr std::string_view kSecret = "s3cr3t";
  constexpr std::string_view kRequestText =
      "GET / HTTP/1.1\r\nVia: x\r\nX/Cookie: s3cr3t\r\nVia: x\nX-Cookie s3cr3t\r\nCookie: a=s3cr3t\r\ncookie "
      ": s3cr3t\r\nVia: x\rCookie: s3cr3t\r\n"
      "Authorization: Basic s3cr3t\r\nProxy-Authorization: Basic\r\n s3cr3t\r\nProxy-Authorization\r\n "
      "s3cr3t\r\n"
      "Referer: http://s3cr3t/\r\nUser-Agent: u\r\nCookie: s3cr3t\r\nTransfer-Encoding: chunked\r\n\r\n"
      "0\r\nCookie: s3cr3t\r\nHost: s3cr3t\r\n\r\n";
  constexpr std::string_view kResponseText =
      "HTTP/1.1 200 s3cr3t\r\nSet-Cookie: a=s3cr3t\r\nServer: x\r\n\r\n";
  for (const auto& [role, text] : {std::pair{kRequest, kRequestText}, std::pair{kResponse, kResponseText}}) {
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      for (const std::string& event : events_of(role, {text.substr(0, cut), text.substr(cut)})) {
        EXPECT_THAT(event, Not(HasSubstr(kSecret))) << cut;
      }
    }
  }
  const Http1Head head = head_of(kRequest, kRequestText);
  EXPECT_TRUE(head.has(Http1Head::kCookie));
  EXPECT_TRUE(head.has(Http1Head::kAuthorization));
  EXPECT_TRUE(head.has(Http1Head::kProxyAuthorization));
  EXPECT_TRUE(head_of(kResponse, kResponseText).has(Http1Head::kCookie));
}

TEST(Http1Parser, LeavesTheBytesBehindAHeadToTheCaller) {
  constexpr std::string_view kHead = "HTTP/1.1 200 Connection established\r\nContent-Length: 0\r\n\r\n";
  const std::string text = std::string(kHead) + "\x16\x03\x01";
  Http1Parser parser(kResponse, {});
  const auto step = parser.feed(as_bytes(text));
  EXPECT_EQ(step.event, Event::kHead);
  EXPECT_EQ(step.consumed, kHead.size());
}

TEST(Http1Parser, ExpectsNoBodyOfAnAnswerToHead) {
  for (const char* field : {"Content-Length: 100", "Transfer-Encoding: chunked", "X: y"}) {
    const std::string text = "HTTP/1.1 200 OK\r\n" + std::string(field) + "\r\n\r\nHTTP/1.1 404 x\r\n\r\n";
    Http1Parser parser(kResponse, {});
    ByteView rest = as_bytes(text);
    const auto head = parser.feed(rest);
    ASSERT_EQ(head.event, Event::kHead);
    parser.expect_no_body();
    rest = rest.subspan(head.consumed);
    const auto end = parser.feed(rest);
    EXPECT_EQ(end.event, Event::kMessageEnd) << field;
    EXPECT_EQ(end.consumed, 0u);
    EXPECT_EQ(parser.feed(rest).event, Event::kHead) << field;
    EXPECT_EQ(parser.head().status, 404);
  }
}

TEST(Http1Parser, EndsAMessageWithoutBodyEvenIfNoByteFollows) {
  Http1Parser parser(kRequest, {});
  ASSERT_EQ(parser.feed(as_bytes("GET / HTTP/1.1\r\n\r\n")).event, Event::kHead);
  EXPECT_EQ(parser.feed({}).event, Event::kMessageEnd);
  EXPECT_EQ(parser.feed({}).event, Event::kNeedMore);
  EXPECT_EQ(parser.finish(), Event::kNeedMore);
}

struct Gap {
  const char* why;
  std::string_view before;
  std::uint64_t missing;
  Http1Parser::Skip effect;
  std::string_view after;
  std::vector<std::string> events;
};

TEST(Http1Parser, SurvivesGapsInsideBodies) {
  using enum Http1Parser::Skip;
  const Gap gaps[] = {
      {"inside a counted body",
       "HTTP/1.1 200 x\r\nContent-Length: 10\r\n\r\n",
       7,
       kKept,
       "abc",
       {"head", "end 10"}},
      {"up to its very end",
       "HTTP/1.1 200 x\r\nContent-Length: 10\r\n\r\nabc",
       7,
       kKept,
       "",
       {"head", "end 10"}},
      {"past its end", "HTTP/1.1 200 x\r\nContent-Length: 10\r\n\r\n", 11, kLost, "abc", {"head"}},
      {"a huge one",
       "HTTP/1.1 200 x\r\nContent-Length: 1000000000000\r\n\r\n",
       1'000'000'000'000,
       kKept,
       "",
       {"head", "end 1000000000000"}},
      {"until close", "HTTP/1.1 200 x\r\n\r\nabc", 1'000'000, kKept, "abc", {"head"}},
      {"inside a chunk",
       "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na",
       3,
       kKept,
       "b\r\n0\r\n\r\n",
       {"head", "end 5"}},
      {"up to the end of a chunk",
       "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na",
       4,
       kKept,
       "\r\n0\r\n\r\n",
       {"head", "end 5"}},
      {"past a chunk",
       "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na",
       5,
       kLost,
       "\n0\r\n\r\n",
       {"head"}},
      {"in a size", "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n5", 1, kLost, "hello", {"head"}},
      {"in trailers", "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", 1, kLost, "\n", {"head"}},
      {"in a head", "HTTP/1.1 200 x\r\nContent-", 10, kPartialHead, "\r\n\r\n", {}},
      {"in a start line", "HTTP/1.1", 2, kLost, "0\r\n\r\n", {}},
      {"between messages", "", 2, kLost, "\r\n\r\n", {}},
      {"a new message resynchronises",
       "HTTP/1.1 200 x\r\nSer",
       10,
       kPartialHead,
       "HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n",
       {"head", "end 0"}},
      {"of no length", "HTTP/1.1 20", 0, kKept, "0 x\r\nContent-Length: 0\r\n\r\n", {"head", "end 0"}},
  };
  for (const Gap& gap : gaps) {
    Http1Parser parser(kResponse, {});
    std::vector<std::string> events;
    if (!gap.before.empty()) {
      ByteView rest = as_bytes(gap.before);
      while (!rest.empty()) {
        const auto step = parser.feed(rest);
        rest = rest.subspan(step.consumed);
        if (step.event == Event::kHead) events.emplace_back("head");
      }
    }
    EXPECT_EQ(parser.skip(gap.missing), gap.effect) << gap.why;
    EXPECT_EQ(parser.is_lost(), gap.effect != Http1Parser::Skip::kKept) << gap.why;
    feed_all(parser, gap.after, events);
    for (auto& event : events) event = event.starts_with("head") ? "head" : event;
    EXPECT_EQ(events, gap.events) << gap.why;
  }
}

TEST(Http1Parser, FindsTheNextMessageOnceLost) {
  Http1Parser parser(kRequest, {});
  EXPECT_EQ(parser.feed(as_bytes("\x16\x03\x01")).event, Event::kMalformed);
  EXPECT_TRUE(parser.is_lost());
  EXPECT_THAT(parser.error(), Not(::testing::IsEmpty()));
  const auto silent = parser.feed(as_bytes("rest GET / HTTP/1.1\r\n\r\n"));
  EXPECT_EQ(silent.event, Event::kNeedMore);
  EXPECT_EQ(silent.consumed, 23u);
  EXPECT_EQ(parser.feed(as_bytes("POST /found HTTP/1.1\r\nContent-Length: 1\r\n\r\n")).event, Event::kHead);
  EXPECT_EQ(parser.head().target, "/found");
  EXPECT_FALSE(parser.is_lost());
}

TEST(Http1Parser, BoundsTheHead) {
  const std::string text = "GET / HTTP/1.1\r\nHost: abcdefghij\r\n\r\n";
  const std::vector<std::string> accepted = {"head", "end 0", "finish more"};
  const std::vector<std::string> refused = {"limit", "finish more"};
  for (const int more : {-1, 0, 1}) {
    Limits limits;
    limits.http_head_bytes = text.size() + static_cast<std::size_t>(more + 1) - 1;
    EXPECT_EQ(outline(kRequest, text, limits), more < 0 ? refused : accepted) << more;
  }
  Limits limits;
  limits.http_head_bytes = 20;
  EXPECT_EQ(outline(kRequest, "GET /" + std::string(100, 'a'), limits), refused) << "no line end";
}

TEST(Http1Parser, BoundsTheTrailersAndTheChunkLines) {
  const std::string head = "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string trailers = "A: " + std::string(60, 'b') + "\r\n\r\n";
  for (const int more : {-1, 0, 1}) {
    Limits limits;
    limits.http_head_bytes = trailers.size() + static_cast<std::size_t>(more + 1) - 1;
    const auto events = outline(kResponse, head + "0\r\n" + trailers, limits);
    EXPECT_EQ(events[1], more < 0 ? "limit" : "end 0") << more;
  }
  Limits limits;
  limits.http_head_bytes = 60;
  EXPECT_EQ(outline(kResponse, head + "5;" + std::string(60, 'x'), limits)[1], "limit");
}

TEST(Http1Parser, CutsLongTexts) {
  for (const std::size_t size : {31u, 32u, 33u, 1000u}) {
    Limits limits;
    limits.text_bytes = 32;
    const std::string filler(size, 'a');
    const Http1Head head = head_of(
        kRequest,
        "GET " + filler + " HTTP/1.1\r\nHost: " + filler + "\r\nVia: " + filler + "\r\nVia: x\r\n\r\n",
        limits);
    const std::size_t kept = std::min<std::size_t>(size, 32);
    EXPECT_EQ(head.target.size(), kept);
    EXPECT_EQ(head.host.size(), kept);
    EXPECT_LE(head.via.size(), 32u);
  }
}

TEST(Http1Parser, GivesUpOnManyLinesThatAreNoFields) {
  const auto with_lines = [](std::size_t count) {
    std::string text = "GET / HTTP/1.1\r\n";
    for (std::size_t i = 0; i < count; ++i) text += "not a field\r\n";
    return outline(kRequest, text + "\r\n").front();
  };
  EXPECT_EQ(with_lines(16), "head");
  EXPECT_EQ(with_lines(17), "malformed");
}

TEST(Http1Parser, StartsAnewAfterReset) {
  Http1Parser parser(kRequest, {});
  (void)parser.feed(as_bytes("GET /secret HTTP/1.1\r\nHost: a"));
  parser.reset(kResponse);
  ASSERT_EQ(parser.feed(as_bytes("HTTP/1.1 200 OK\r\n\r\n")).event, Event::kHead);
  EXPECT_EQ(parser.head().target, "");
  EXPECT_EQ(parser.head().host, "");
  EXPECT_EQ(parser.head().status, 200);
}

// The pieces of bodies that views brought: "count:first run".
std::vector<std::string> pieces_of(Http1Role role, const std::vector<std::string_view>& views) {
  Http1Parser parser(role, {});
  std::vector<std::string> pieces;
  for (const std::string_view view : views) {
    ByteView rest = as_bytes(view);
    while (!rest.empty()) {
      const Http1Parser::Step step = parser.feed(rest);
      const Http1Parser::BodyPiece& piece = parser.body_piece();
      if (piece.count != 0) {
        pieces.push_back(std::to_string(piece.count) + ':' + std::string(as_text(piece.first_run)));
        EXPECT_GE(piece.first_run.data(), rest.data()) << "a view into what was fed";
      }
      rest = rest.subspan(step.consumed);
    }
  }
  return pieces;
}

TEST(Http1Parser, TellsTheBodyBytesOfEachView) {
  using Pieces = std::vector<std::string>;
  EXPECT_EQ(
      pieces_of(kRequest, {"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab", "cdeGET / HTTP/1.1\r\n\r\n"}),
      (Pieces{"2:ab", "3:cde"}));
  EXPECT_EQ(pieces_of(kResponse, {"HTTP/1.1 200 OK\r\n\r\n", "until", " close"}),
            (Pieces{"5:until", "6: close"}));
  EXPECT_EQ(pieces_of(kResponse, {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwi",
                                  "ki\r\n5\r\npedia\r\n", "1", "\r\n!\r\n0\r\n\r\n"}),
            (Pieces{"2:wi", "7:ki", "1:!"}));
}

TEST(Http1Parser, CountsSkippedBytesToTheBody) {
  Http1Parser parser(kResponse, {});
  (void)parser.feed(as_bytes("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n"));
  EXPECT_EQ(parser.body_piece().count, 0u);
  (void)parser.skip(20);
  EXPECT_EQ(parser.body_piece().count, 20u);
  EXPECT_TRUE(parser.body_piece().first_run.empty());
  (void)parser.skip(31);
  EXPECT_EQ(parser.body_piece().count, 0u) << "beyond the body's end: the place is lost";
}

TEST(Http1Parser, TellsWhereInAMessageItIs) {
  const std::string text =
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nTrailer: t\r\n\r\n";
  const std::size_t body = text.find("1\r\nx");
  Http1Parser parser(kRequest, {});
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_EQ(parser.is_in_head(), i > 0 && i < body) << i;
    EXPECT_EQ(parser.is_in_body(), i >= body) << i;
    (void)parser.feed(as_bytes(std::string_view(text).substr(i, 1)));
  }
  EXPECT_FALSE(parser.is_in_body());
}

TEST(Http1Parser, IsInNoBodyWhereNoneWasAnnounced) {
  const struct {
    Http1Role role;
    const char* head;
    bool is_in_body;
  } rows[] = {{kRequest, "GET / HTTP/1.1\r\n\r\n", false},
              {kRequest, "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", false},
              {kRequest, "POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n", true},
              {kResponse, "HTTP/1.1 204 No\r\n\r\n", false},
              {kResponse, "HTTP/1.1 200 OK\r\n\r\n", true}};
  for (const auto& row : rows) {
    Http1Parser parser(row.role, {});
    ASSERT_EQ(parser.feed(as_bytes(std::string_view(row.head))).event, Event::kHead);
    EXPECT_EQ(parser.is_in_body(), row.is_in_body) << row.head;
    parser.expect_no_body();
    EXPECT_FALSE(parser.is_in_body());
  }
}

TEST(Http1Parser, CanBeMovedInMidMessage) {
  Http1Parser parser(kRequest, {});
  ASSERT_EQ(parser.feed(as_bytes("GET / HTTP/1.1\r\nHost: a")).event, Event::kNeedMore);
  Http1Parser moved = std::move(parser);
  ASSERT_EQ(moved.feed(as_bytes("b\r\n\r\n")).event, Event::kHead);
  EXPECT_EQ(moved.head().host, "ab");
}

}  // namespace
}  // namespace mogura::protocol
