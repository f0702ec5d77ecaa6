// Heads that a gap breaks off: what is seen of them is reported, and nothing that was not.

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/detail/http1_test_agreement.h"
#include "protocol/http1.h"

namespace mogura::protocol {
namespace {

using Event = Http1Parser::Event;
using Skip = Http1Parser::Skip;

constexpr auto kRequest = Http1Role::kRequest;
constexpr auto kResponse = Http1Role::kResponse;

struct Whole {
  const char* why;
  Http1Role role;
  std::string_view text;
  std::size_t enough;  // so many bytes tell that it is a head
};

constexpr Whole kHeads[] = {
    {"a request to a proxy", kRequest,
     "GET http://example.com:81/a?b=c HTTP/1.1\r\nHost: example.com\r\nUser-Agent: Mozilla/5.0\r\n\r\n",
     sizeof("GET http://") - 1},
    {"a request to the server", kRequest,
     "POST /a/b HTTP/1.1\r\nHost: Example.com\r\nCookie: s=1\r\nUser-Agent:\r\nVia: 1.1 a\r\nVia: 1.1 "
     "b\r\n\r\n",
     sizeof("POST /") - 1},
    {"a CONNECT", kRequest,
     "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\nProxy-Authorization: Basic eA==\r\n\r\n",
     sizeof("CONNECT a") - 1},
    {"a CONNECT with an extra word", kRequest, "CONNECT host:25 / HTTP/1.0\r\nMozilla 4.0\r\nHost: x\r\n\r\n",
     sizeof("CONNECT h") - 1},
    {"a URL without a path", kRequest, "GET http://a.example HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
     sizeof("GET http://") - 1},
    {"a URL with a query only", kRequest, "GET ws://a.example?b HTTP/1.1\r\n\r\n", sizeof("GET ws://") - 1},
    {"the server itself", kRequest, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", sizeof("OPTIONS * HTTP/1.") - 1},
    {"empty lines before it", kRequest, "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
     sizeof("\r\n\r\nGET /") - 1},
    {"a simple request", kRequest, "GET /index.html\r\n", sizeof("GET /") - 1},
    {"an upgrade", kRequest,
     "GET / HTTP/1.1\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nHost: a\r\n\r\n",
     sizeof("GET /") - 1},
    {"folded and repeated fields", kRequest,
     "GET / HTTP/1.1\r\nUser-Agent: a\r\n b\r\nHost: c\r\nHost: d\r\nUser-Agent: e\r\n\r\n",
     sizeof("GET /") - 1},
    {"two clients behind proxies", kRequest,
     "GET / HTTP/1.1\r\nX-Forwarded-For: 10.0.0.1\r\nX-Forwarded-For: 10.0.0.2\r\nForwarded: for=a\r\n\r\n",
     sizeof("GET /") - 1},
    {"bare LF and bare CR", kRequest, "GET / HTTP/1.1\nVia: a\rHost: b\nUser-Agent: c\n\n",
     sizeof("GET /") - 1},
    {"a response", kResponse,
     "HTTP/1.1 407 Authentication\r\nServer: squid\r\nConnection: close\r\nContent-Length: 12\r\n\r\n",
     sizeof("HTTP/1.1 407 ") - 1},
    {"a response without reason", kResponse, "HTTP/1.1 200\r\nSet-Cookie: a\r\n\r\n",
     sizeof("HTTP/1.1 200\r") - 1},
    {"a switch of protocols", kResponse,
     "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
     sizeof("HTTP/1.1 101 ") - 1},
    {"SHOUTcast", kResponse, "ICY 200 OK\r\nicy-name: x\r\n\r\n", sizeof("ICY 200 ") - 1},
};

Http1Head read_whole(const Whole& whole) {
  Http1Parser parser(whole.role, {});
  EXPECT_EQ(parser.feed(as_bytes(whole.text)).event, Event::kHead) << whole.why;
  return parser.head();
}

// Feeds the first `size` bytes in views of `step`, from heap blocks that are gone before the gap comes.
Skip cut(Http1Parser& parser, std::string_view text, std::size_t size, std::size_t step) {
  for (std::size_t i = 0; i < size; i += step) {
    const std::string_view piece = text.substr(i, std::min(step, size - i));
    const auto block = std::make_unique<std::uint8_t[]>(piece.size());
    std::memcpy(block.get(), piece.data(), piece.size());
    EXPECT_EQ(parser.feed({block.get(), piece.size()}).event, Event::kNeedMore);
  }
  return parser.skip(1);
}

TEST(PartialHead, SaysNothingButWhatTheWholeOneSays) {
  for (const Whole& whole : kHeads) {
    const Http1Head head = read_whole(whole);
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, whole.text.size()}) {
      for (std::size_t size = 0; size < whole.text.size(); ++size) {
        SCOPED_TRACE(std::string(whole.why) + " cut at " + std::to_string(size));
        Http1Parser parser(whole.role, {});
        const Skip skipped = cut(parser, whole.text, size, step);
        EXPECT_EQ(skipped, size >= whole.enough ? Skip::kPartialHead : Skip::kLost);
        EXPECT_TRUE(parser.is_lost());
        if (skipped != Skip::kPartialHead) continue;
        EXPECT_EQ(detail::disagreement(parser.head(), head, Limits{}.text_bytes), "");
      }
    }
  }
}

Http1Head partial_of(Http1Role role, std::string_view text) {
  Http1Parser parser(role, {});
  EXPECT_EQ(cut(parser, text, text.size(), text.size()), Skip::kPartialHead) << text;
  return parser.head();
}

TEST(PartialHead, KeepsAFieldOnceTheNextLineHasBegun) {
  EXPECT_FALSE(partial_of(kRequest, "GET / HTTP/1.1\r\nUser-Agent: a").has(Http1Head::kUserAgent));
  EXPECT_FALSE(partial_of(kRequest, "GET / HTTP/1.1\r\nUser-Agent: a\r\n").has(Http1Head::kUserAgent))
      << "the next line may continue it";
  const Http1Head head = partial_of(kRequest, "GET / HTTP/1.1\r\nUser-Agent: a\r\nH");
  EXPECT_TRUE(head.has(Http1Head::kUserAgent));
  EXPECT_EQ(head.user_agent, "a");
}

TEST(PartialHead, KeepsTheLinesOfAListBeforeTheOneThatWasCut) {
  const Http1Head head = partial_of(kRequest, "GET / HTTP/1.1\r\nVia: 1.1 a\r\nVia: 1.1 b");
  EXPECT_TRUE(head.has(Http1Head::kVia));
  EXPECT_EQ(head.via, "1.1 a");
}

TEST(PartialHead, KnowsOfASecretThatItWasThere) {
  EXPECT_TRUE(partial_of(kRequest, "GET / HTTP/1.1\r\nCookie: a").has(Http1Head::kCookie));
  EXPECT_FALSE(partial_of(kRequest, "GET / HTTP/1.1\r\nCookie").has(Http1Head::kCookie));
}

TEST(PartialHead, KeepsOfATargetWhatNamesWhereItLeads) {
  const struct {
    const char* why;
    std::string_view text, target;
    bool is_cut;
  } cases[] = {
      {"a path", "GET /a/b", "/a/b", true},
      {"a whole path", "GET /a/b ", "/a/b", false},
      {"an authority that may go on", "GET http://example.co", "", true},
      {"an authority that a path ends", "GET http://example.com/", "http://example.com/", true},
      {"an authority that a space ends", "GET http://example.com ", "http://example.com", false},
      {"a port that may go on", "GET http://example.com:8", "", true},
      {"a CONNECT that may go on", "CONNECT example.com:44", "", true},
      {"a CONNECT that a space ends", "CONNECT example.com:443 ", "example.com:443", false},
      {"a CONNECT to a URL that may go on", "CONNECT http://example.com/a", "", true},
  };
  for (const auto& c : cases) {
    const Http1Head head = partial_of(kRequest, c.text);
    EXPECT_EQ(head.target, c.target) << c.why;
    EXPECT_EQ(head.is_target_cut, c.is_cut) << c.why;
  }
}

TEST(PartialHead, JudgesNoPersistenceThatItHasNotSeen) {
  EXPECT_FALSE(partial_of(kResponse, "HTTP/1.0 200 OK\r\nServer: a").connection_close)
      << "keep-alive may follow";
  EXPECT_TRUE(partial_of(kResponse, "HTTP/1.1 200 OK\r\nConnection: close\r\nServer: a").connection_close);
}

TEST(PartialHead, IsReportedOnceAndTheNextMessageIsFound) {
  Http1Parser parser(kRequest, {});
  ASSERT_EQ(cut(parser, "GET /one HTT", 12, 12), Skip::kPartialHead);
  EXPECT_EQ(parser.skip(1), Skip::kLost);
  EXPECT_EQ(parser.feed(as_bytes("P/1.1\r\nHost: a\r\n\r\n")).event, Event::kNeedMore);
  ASSERT_EQ(parser.feed(as_bytes("GET /two HTTP/1.1\r\n\r\n")).event, Event::kHead);
  EXPECT_EQ(parser.head().target, "/two");
  EXPECT_FALSE(parser.head().is_partial);
  EXPECT_FALSE(parser.head().is_target_cut);
}

TEST(PartialHead, IsNoneOfWhatIsNoHead) {
  const struct {
    const char* why;
    Http1Role role;
    std::string_view text;
  } cases[] = {
      {"a method of no list without a version", kRequest, "FROB /x"},
      {"half a scheme", kRequest, "GET htt"},
      {"a response where requests are expected", kRequest, "HTTP/1.1 200 OK\r"},
      {"a status that may go on", kResponse, "HTTP/1.1 200"},
      {"a status of four digits", kResponse, "HTTP/1.1 2000"},
      {"an empty line", kRequest, "\r\n"},
  };
  for (const auto& c : cases) {
    Http1Parser parser(c.role, {});
    (void)parser.feed(as_bytes(c.text));
    EXPECT_EQ(parser.skip(1), Skip::kLost) << c.why;
  }
}

TEST(PartialHead, IsWhatExceedsTheLimit) {
  const std::string begin = "CONNECT a.example:443 HTTP/1.1\r\nHost: a\r\nCookie: ";
  for (const std::size_t limit : {begin.size() + 99, begin.size() + 100, begin.size() + 101}) {
    Limits limits;
    limits.http_head_bytes = limit;
    Http1Parser parser(kRequest, limits);
    const std::string text = begin + std::string(96, 'c') + "\r\n\r\n";
    const bool fits = text.size() <= limit;
    ASSERT_EQ(parser.feed(as_bytes(text)).event, fits ? Event::kHead : Event::kLimit) << limit;
    EXPECT_EQ(parser.head().is_partial, !fits);
    EXPECT_EQ(parser.is_lost(), !fits);
    EXPECT_EQ(parser.head().target, "a.example:443");
    EXPECT_EQ(parser.head().host, "a");
    EXPECT_TRUE(parser.head().has(Http1Head::kCookie));
  }
}

TEST(PartialHead, IsWhatBreaksOff) {
  const std::string junk(200, 'j');
  std::string bad_lines;
  for (int i = 0; i < 40; ++i) bad_lines += "no field\r\n";
  const struct {
    const char* why;
    Http1Role role;
    std::string text;
    bool is_over;  // by its own bytes; else by the end of the stream
    bool is_partial;
  } cases[] = {
      {"a target beyond the limit", kRequest, "GET /" + junk, true, true},
      {"fields beyond the limit", kRequest, "GET / HTTP/1.1\r\nA: " + junk, true, true},
      {"an answer beyond the limit", kResponse, "HTTP/1.1 200 OK\r\nA: " + junk, true, true},
      {"a reason beyond the limit", kResponse, "HTTP/1.1 200 " + junk, true, true},
      {"lines that are not fields", kRequest, "GET / HTTP/1.1\r\n" + bad_lines, true, true},
      {"the end in the first line", kRequest, "GET http://a/", false, true},
      {"the end in the fields", kRequest, "GET http://a/ HTTP/1.1\r\nHost: a", false, true},
      {"the end in an answer", kResponse, "HTTP/1.1 200 OK\r\n", false, true},
      {"the end in a method", kRequest, "GE", false, false},
      {"another protocol", kRequest, "GET /x RTSP/1.0\r\n", true, false},
      {"trailers beyond the limit", kRequest,
       "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: " + junk, true, false},
      {"the end in a body", kRequest, "PUT / HTTP/1.1\r\nContent-Length: 9\r\n\r\n", false, false},
  };
  for (const auto& c : cases) {
    Limits limits;
    limits.http_head_bytes = 128;
    Http1Parser parser(c.role, limits);
    std::string_view rest = c.text;
    auto event = Event::kNeedMore;
    do {
      const auto step = parser.feed(as_bytes(rest));
      event = step.event;
      rest.remove_prefix(step.consumed);
    } while (!rest.empty());
    EXPECT_EQ(parser.is_lost(), c.is_over) << c.why;
    if (!c.is_over) event = parser.finish();
    EXPECT_TRUE(event == Event::kMalformed || event == Event::kLimit) << c.why;
    EXPECT_EQ(parser.head().is_partial, c.is_partial) << c.why;
    EXPECT_TRUE(parser.is_lost()) << c.why;
  }
}

TEST(PartialHead, IsNotMadeOfTrailers) {
  Http1Parser parser(kRequest, {});
  constexpr std::string_view kText = "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nHost: a\r\n";
  const std::size_t head_bytes = parser.feed(as_bytes(kText)).consumed;
  EXPECT_EQ(parser.feed(as_bytes(kText.substr(head_bytes))).event, Event::kNeedMore);
  EXPECT_EQ(parser.skip(1), Skip::kLost);
}

}  // namespace
}  // namespace mogura::protocol
