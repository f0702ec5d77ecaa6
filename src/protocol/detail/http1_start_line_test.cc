#include "protocol/detail/http1_start_line.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace mogura::protocol::detail {
namespace {

constexpr std::size_t kTextBytes = 64;

// Reads the line in views of `step` bytes and parses it.
struct Parsed {
  bool ok = false;
  Http1Head head;
};
Parsed parse(Http1Role role, std::string_view text, std::size_t step) {
  StartLineReader reader(kTextBytes);
  reader.start();
  const std::string line = std::string(text) + "\r\n";
  for (std::size_t i = 0; i < line.size(); i += step) {
    ByteView rest = as_bytes(std::string_view(line).substr(i, step));
    EXPECT_EQ(reader.read(rest), i + step >= line.size());
    EXPECT_TRUE(rest.empty());
  }
  Parsed parsed;
  parsed.ok = role == Http1Role::kRequest ? parse_request_line(reader.line(), kTextBytes, parsed.head)
                                          : parse_status_line(reader.line(), parsed.head);
  return parsed;
}

TEST(RequestLine, IsReadLeniently) {
  const std::string path = "/" + std::string(500, 'p');
  const struct {
    const char* why;
    std::string text;
    std::string method, target, version;  // no method: refused
  } cases[] = {
      {"the ordinary", "GET /x HTTP/1.1", "GET", "/x", "1.1"},
      {"an extra word", "CONNECT h:25 / HTTP/1.0", "CONNECT", "h:25", "1.0"},
      {"many spaces and tabs", "GET \t /x \t HTTP/1.1 \t", "GET", "/x", "1.1"},
      {"a small version", "GET /x http/1.1", "GET", "/x", "1.1"},
      {"an old version", "GET /x HTTP/0.9", "GET", "/x", "0.9"},
      {"an unknown minor version", "GET /x HTTP/1.7", "GET", "/x", "1.7"},
      {"a long target", "GET " + path + " HTTP/1.1", "GET", path.substr(0, kTextBytes), "1.1"},
      {"HTTP/0.9", "GET /x", "GET", "/x", "0.9"},
      {"HTTP/0.9 knows only GET", "POST /x", "", "", ""},
      {"HTTP/0.9 with a word", "GET x", "", "", ""},
      {"HTTP/0.9 with a target that was cut", "GET " + path, "", "", ""},
      {"a version for a target", "GET HTTP/1.1", "", "", ""},
      {"another version", "GET /x HTTP/2.0", "GET", "/x", "2.0"},
      {"another version of a CONNECT", "CONNECT a:443 HTTP/3.0", "CONNECT", "a:443", "3.0"},
      {"another version of a method of no list", "FROB /x HTTP/2.0", "", "", ""},
      {"what HTTP/2 begins with", "PRI * HTTP/2.0", "", "", ""},
      {"no minor version", "GET /x HTTP/2", "", "", ""},
      {"a CONNECT without version", "CONNECT a:443", "CONNECT", "a:443", "1.0"},
      {"a small CONNECT without version", "connect a:443 ", "connect", "a:443", "1.0"},
      {"a CONNECT with a version of its own", "CONNECT a:443 HTTP/x", "CONNECT", "a:443", "1.0"},
      {"tabs", "CONNECT\ta:443\tHTTP/1.1", "CONNECT", "a:443", "1.1"},
      {"two spaces", "CONNECT  a:443  HTTP/1.1", "CONNECT", "a:443", "1.1"},
      {"other spaces", "CONNECT\v\fa:443\rHTTP/1.1", "CONNECT", "a:443", "1.1"},
      {"another protocol", "GET /x RTSP/1.0", "", "", ""},
      {"a version and more", "GET /x HTTP/1.1x", "", "", ""},
      {"a leading space", " GET /x HTTP/1.1", "", "", ""},
      {"only a method", "GET", "", "", ""},
      {"a method that is no token", "G(T /x HTTP/1.1", "", "", ""},
      {"the longest method", std::string(32, 'M') + " / HTTP/1.1", std::string(32, 'M'), "/", "1.1"},
      {"a longer method", std::string(33, 'M') + " / HTTP/1.1", "", "", ""},
      {"an empty line", "", "", "", ""},
  };
  for (const auto& c : cases) {
    for (const std::size_t step : {1u, 7u, 100'000u}) {
      const Parsed parsed = parse(Http1Role::kRequest, c.text, step);
      ASSERT_EQ(parsed.ok, !c.method.empty()) << c.why;
      if (!parsed.ok) continue;
      EXPECT_EQ(parsed.head.method, c.method) << c.why;
      EXPECT_EQ(parsed.head.target, c.target) << c.why;
      EXPECT_EQ(std::to_string(parsed.head.major) + '.' + std::to_string(parsed.head.minor), c.version)
          << c.why;
    }
  }
}

TEST(StatusLine, IsReadLeniently) {
  const struct {
    const char* why;
    std::string_view text;
    unsigned status;  // 0: refused
  } cases[] = {
      {"the ordinary", "HTTP/1.1 200 OK", 200},
      {"no reason", "HTTP/1.1 200", 200},
      {"an empty reason", "HTTP/1.1 200 ", 200},
      {"a reason too near", "HTTP/1.1 404Not Found", 404},
      {"the lowest", "HTTP/1.0 100 x", 100},
      {"the highest", "HTTP/1.0 999 x", 999},
      {"below", "HTTP/1.1 099 x", 0},
      {"too many digits", "HTTP/1.1 2000", 0},
      {"too few digits", "HTTP/1.1 20 x", 0},
      {"two spaces", "HTTP/1.1  200", 200},
      {"small letters", "http/1.1 200 ok", 200},
      {"SHOUTcast", "ICY 200 OK", 200},
      {"no space", "HTTP/1.1200", 0},
      {"another version", "HTTP/2.0 200 OK", 0},
      {"another protocol", "RTSP/1.0 200 OK", 0},
      {"no status", "HTTP/1.1", 0},
      {"nothing", "", 0},
  };
  for (const auto& c : cases) {
    for (const std::size_t step : {1u, 5u, 1000u}) {
      const Parsed parsed = parse(Http1Role::kResponse, c.text, step);
      EXPECT_EQ(parsed.ok, c.status != 0) << c.why;
      EXPECT_EQ(parsed.head.status, c.status) << c.why;
    }
  }
}

TEST(RequestLine, IsReadAsFarAsItGoes) {
  const std::string path = "/" + std::string(500, 'p');
  const struct {
    const char* why;
    std::string text;
    std::string method, target;  // no method: refused
    bool is_cut;
  } cases[] = {
      {"in the version", "GET /x HTTP/1", "GET", "/x", false},
      {"behind the version", "GET /x HTTP/1.1\r", "GET", "/x", false},
      {"in a path", "GET /x", "GET", "/x", true},
      {"in a long path", "GET " + path, "GET", path.substr(0, kTextBytes), true},
      {"in an authority", "GET http://a", "GET", "", true},
      {"in a URL's path", "GET http://a/b", "GET", "http://a/b", true},
      {"in a URL's query", "GET http://a?b", "GET", "http://a?b", true},
      {"in a CONNECT's authority", "CONNECT a:4", "CONNECT", "", true},
      {"behind a CONNECT's authority", "CONNECT a:4 ", "CONNECT", "a:4", false},
      {"in a method", "POS", "", "", false},
      {"behind a method", "POST ", "", "", false},
      {"in a scheme", "POST http:", "", "", false},
      {"another protocol's URL", "OPTIONS rtsp://a/", "", "", false},
      {"nothing", "", "", "", false},
  };
  for (const auto& c : cases) {
    StartLineReader reader(kTextBytes);
    reader.start();
    ByteView rest = as_bytes(c.text);
    EXPECT_FALSE(reader.read(rest));
    Http1Head head;
    EXPECT_EQ(parse_cut_request_line(reader.line(), kTextBytes, head), !c.method.empty()) << c.why;
    EXPECT_EQ(head.method, c.method) << c.why;
    EXPECT_EQ(head.target, c.target) << c.why;
    EXPECT_EQ(head.is_target_cut, c.is_cut) << c.why;
  }
}

TEST(StatusLine, IsReadOnceTheStatusHasEnded) {
  for (const std::string_view text : {"HTTP/1.1 404 ", "HTTP/1.0 404\r", "ICY 404 N", "HTTP/1.1 404 Not 9"}) {
    Http1Head head;
    EXPECT_TRUE(parse_cut_status_line({text, text, text.size()}, head)) << text;
    EXPECT_EQ(head.status, 404) << text;
  }
  for (const std::string_view text : {"HTTP/1.1 404", "HTTP/1.1 4040", "HTTP/1.1 40", "HTTP/1.1", ""}) {
    Http1Head head;
    EXPECT_FALSE(parse_cut_status_line({text, text, text.size()}, head)) << text;
  }
}

TEST(StartLineReader, HoldsOnlyTheEndsOfALongLine) {
  StartLineReader reader(kTextBytes);
  reader.start();
  for (int i = 0; i < 1000; ++i) {
    ByteView rest = as_bytes("0123456789");
    EXPECT_FALSE(reader.read(rest));
  }
  EXPECT_EQ(reader.line().size, 10'000u);
  EXPECT_LE(reader.line().front.size(), kTextBytes + 100);
  EXPECT_EQ(reader.line().back.size(), kLineBackBytes);
}

TEST(StartLineReader, LeavesWhatFollowsTheLine) {
  StartLineReader reader(kTextBytes);
  reader.start();
  ByteView rest = as_bytes("a\r\nbc");
  EXPECT_TRUE(reader.read(rest));
  EXPECT_EQ(as_text(rest), "bc");
  EXPECT_EQ(reader.line().front, "a\r");
}

TEST(StartLine, IsRefusedAsEarlyAsCanBe) {
  EXPECT_TRUE(may_be_request_line("GE"));
  EXPECT_TRUE(may_be_request_line("GET "));
  EXPECT_FALSE(may_be_request_line("\x16"));
  EXPECT_FALSE(may_be_request_line("GET:"));
  EXPECT_TRUE(may_be_status_line("HT"));
  EXPECT_TRUE(may_be_status_line("hTtp/"));
  EXPECT_TRUE(may_be_status_line("ICY "));
  EXPECT_FALSE(may_be_status_line("HTP"));
  EXPECT_FALSE(may_be_status_line("HTTP:"));
  EXPECT_FALSE(may_be_status_line("220 mail"));
}

}  // namespace
}  // namespace mogura::protocol::detail
