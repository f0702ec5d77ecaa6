#include "protocol/strict_head.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace mogura::protocol {
namespace {

using Kind = HeadStep::Kind;

std::string request(std::string_view line, std::string_view fields = "Host: a.example\r\n") {
  return std::string(line) + "\r\n" + std::string(fields) + "\r\n";
}

HeadRefusal refusal_of(std::string_view bytes, const HeadLimits& limits = {}) {
  RequestHead head(limits);
  return head.parse(bytes).refusal;
}

HeadRefusal refusal_of_response(std::string_view bytes, std::string_view method = "GET") {
  ResponseHead head;
  return head.parse(bytes, method).refusal;
}

struct Read {
  explicit Read(std::string text) : bytes(std::move(text)), step(head.parse(bytes)) {}
  std::string bytes;
  RequestHead head;
  HeadStep step;
};

struct ReadResponse {
  explicit ReadResponse(std::string text, std::string_view method = "GET")
      : bytes(std::move(text)), step(head.parse(bytes, method)) {}
  std::string bytes;
  ResponseHead head;
  HeadStep step;
};

TEST(StrictHead, GivesMethodTargetAndFieldsAsTheyCame) {
  const Read read(request("GET /a?b=c HTTP/1.1", "hOsT: A.Example.:8080\r\nX-A: \t b c \t\r\nX-B:\r\n"));

  ASSERT_EQ(read.step.kind, Kind::kDone);
  EXPECT_EQ(read.step.head_bytes, read.bytes.size());
  EXPECT_EQ(read.head.method(), "GET");
  EXPECT_EQ(read.head.target(), "/a?b=c");
  EXPECT_EQ(read.head.start_line(), "GET /a?b=c HTTP/1.1\r\n");
  EXPECT_EQ(read.head.authority(), (Authority{"a.example", 8080}));
  ASSERT_EQ(read.head.fields().size(), 3u);
  EXPECT_EQ(read.head.fields()[0].id, FieldId::kHost);
  EXPECT_EQ(read.head.fields()[1].name, "X-A");
  EXPECT_EQ(read.head.fields()[1].value, "b c");
  EXPECT_EQ(read.head.fields()[1].line, "X-A: \t b c \t\r\n");
  EXPECT_EQ(read.head.fields()[2].value, "");
  EXPECT_EQ(read.head.find(FieldId::kHost), &read.head.fields()[0]);
  EXPECT_EQ(read.head.find(FieldId::kCookie), nullptr);
}

TEST(StrictHead, SkipsTwoEmptyLinesAndCountsThem) {
  const Read read("\r\n\r\n" + request("GET / HTTP/1.1"));

  ASSERT_EQ(read.step.kind, Kind::kDone);
  EXPECT_EQ(read.step.head_bytes, read.bytes.size());
  EXPECT_EQ(read.head.start_line(), "GET / HTTP/1.1\r\n");
}

TEST(StrictHead, LeavesWhatFollowsTheHead) {
  const Read read(request("GET / HTTP/1.1") + "GET /next HTTP/1.1\r\n");

  EXPECT_EQ(read.step.head_bytes, request("GET / HTTP/1.1").size());
}

TEST(StrictHead, KnowsTheFormsOfTargets) {
  const struct {
    std::string_view line;
    TargetForm form;
    std::string_view scheme, path;
    Authority authority;
  } cases[] = {
      {"GET /a?b HTTP/1.1", TargetForm::kOrigin, "", "/a?b", {"a.example", 0}},
      {"GET http://B.example:81/x?y HTTP/1.1", TargetForm::kAbsolute, "http", "/x?y", {"b.example", 81}},
      {"GET http://b.example HTTP/1.1", TargetForm::kAbsolute, "http", "/", {"b.example", 0}},
      {"GET http://b.example?q HTTP/1.1", TargetForm::kAbsolute, "http", "/?q", {"b.example", 0}},
      {"GET ws://[2001:DB8::1]:90/ HTTP/1.1", TargetForm::kAbsolute, "ws", "/", {"[2001:db8::1]", 90}},
      {"OPTIONS http://b.example HTTP/1.1", TargetForm::kAbsolute, "http", "*", {"b.example", 0}},
      {"OPTIONS http://b.example/ HTTP/1.1", TargetForm::kAbsolute, "http", "/", {"b.example", 0}},
      {"OPTIONS * HTTP/1.1", TargetForm::kAsterisk, "", "*", {"a.example", 0}},
      {"CONNECT b.example:443 HTTP/1.1", TargetForm::kAuthority, "", "", {"b.example", 443}},
      {"CONNECT [::1]:22 HTTP/1.1", TargetForm::kAuthority, "", "", {"[::1]", 22}},
  };
  for (const auto& one : cases) {
    const Read read(request(one.line));
    ASSERT_EQ(read.step.kind, Kind::kDone) << one.line;
    EXPECT_EQ(read.head.form(), one.form) << one.line;
    EXPECT_EQ(read.head.scheme(), one.scheme) << one.line;
    EXPECT_EQ(read.head.path_and_query(), one.path) << one.line;
    EXPECT_EQ(read.head.authority(), one.authority) << one.line << ' ' << read.head.authority().to_string();
  }
}

TEST(StrictHead, FindsTheFramingOfARequest) {
  const struct {
    std::string_view fields;
    Framing::Kind kind;
    std::uint64_t length;
  } cases[] = {
      {"", Framing::Kind::kNone, 0},
      {"Content-Length: 0\r\n", Framing::Kind::kLength, 0},
      {"Content-Length: 9999999999999999999\r\n", Framing::Kind::kLength, 9'999'999'999'999'999'999u},
      {"Transfer-Encoding: Chunked\r\n", Framing::Kind::kChunked, 0},
  };
  for (const auto& one : cases) {
    const Read read(request("POST / HTTP/1.1", "Host: a\r\n" + std::string(one.fields)));
    ASSERT_EQ(read.step.kind, Kind::kDone) << one.fields << name_of(read.step.refusal);
    EXPECT_EQ(read.head.framing().kind, one.kind) << one.fields;
    EXPECT_EQ(read.head.framing().length, one.length) << one.fields;
  }
}

TEST(StrictHead, KnowsWhetherTheConnectionStays) {
  const struct {
    std::string_view version, fields;
    bool stays;
  } cases[] = {
      {"1.1", "", true},
      {"1.1", "Connection: close\r\n", false},
      {"1.1", "Connection: keep-alive, CLOSE\r\n", false},
      {"1.1", "Connection: x\r\nConnection: close\r\n", false},
      {"1.1", "Proxy-Connection: close\r\n", false},
      {"1.0", "", false},
      {"1.0", "Connection: Keep-Alive\r\n", true},
      {"1.0", "Proxy-Connection: keep-alive\r\n", true},
      {"1.0", "Connection: keep-alive\r\nProxy-Connection: close\r\n", false},
  };
  for (const auto& one : cases) {
    const Read read(
        request("GET / HTTP/" + std::string(one.version), "Host: a\r\n" + std::string(one.fields)));
    ASSERT_EQ(read.step.kind, Kind::kDone) << one.fields;
    EXPECT_EQ(read.head.wants_keep_alive(), one.stays) << one.version << ' ' << one.fields;
  }
}

TEST(StrictHead, WantsAnUpgradeThatConnectionListsButNotToHttp) {
  const struct {
    std::string_view version, fields;
    bool wants;
  } cases[] = {
      {"1.1", "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n", true},
      {"1.1", "Upgrade: websocket\r\n", false},
      {"1.1", "Connection: Upgrade\r\n", false},
      {"1.0", "Connection: Upgrade\r\nUpgrade: websocket\r\n", false},
      {"1.1", "Connection: Upgrade\r\nUpgrade: h2c\r\n", false},
      {"1.1", "Connection: Upgrade\r\nUpgrade: websocket, HTTP/2.0\r\n", false},
  };
  for (const auto& one : cases) {
    const Read read(
        request("GET / HTTP/" + std::string(one.version), "Host: a\r\n" + std::string(one.fields)));
    ASSERT_EQ(read.step.kind, Kind::kDone) << one.fields;
    EXPECT_EQ(read.head.wants_upgrade(), one.wants) << one.version << ' ' << one.fields;
  }
}

TEST(StrictHead, ExpectsContinueInHttp11Only) {
  const std::string fields = "Host: a\r\nExpect: 100-Continue\r\n";
  EXPECT_TRUE(Read(request("PUT / HTTP/1.1", fields)).head.expects_continue());
  EXPECT_FALSE(Read(request("PUT / HTTP/1.0", fields)).head.expects_continue());
}

TEST(StrictHead, TellsHopByHopFields) {
  const Read read(
      request("GET / HTTP/1.1",
              "Host: a\r\nConnection: X-a, Content-Length, Cookie\r\nX-A: 1\r\nX-B: 2\r\n"
              "Content-Length: 0\r\nCookie: a=b\r\nTE: trailers\r\nTrailer: X\r\nKeep-Alive: 5\r\n"));
  ASSERT_EQ(read.step.kind, Kind::kDone);
  std::string hop_by_hop;
  for (const HeadField& field : read.head.fields())
    if (read.head.is_hop_by_hop(field)) hop_by_hop += std::string(field.name) + ' ';
  EXPECT_EQ(hop_by_hop, "Connection X-A TE Keep-Alive ");
}

TEST(StrictHead, RefusesMoreConnectionOptionsThanTheLimit) {
  const auto listing = [](std::size_t count) {
    std::string fields = "Host: a\r\nConnection: close";
    for (std::size_t i = 0; i < count; ++i) fields += ", x";
    return request("GET / HTTP/1.1", fields + "\r\n");
  };
  EXPECT_EQ(refusal_of(listing(kMaxConnectionOptions)), HeadRefusal::kNone);
  EXPECT_EQ(refusal_of(listing(kMaxConnectionOptions + 1)), HeadRefusal::kTooManyFields);
}

TEST(StrictHead, HasLimitsThatAreExact) {
  const std::string head = request("GET /0123 HTTP/1.1", "Host: a\r\nX: 1\r\n");
  const struct {
    HeadLimits limits;
    HeadRefusal refusal;
    std::string_view why;
  } cases[] = {
      {{head.size() + 1, 5, 2}, HeadRefusal::kNone, "room"},
      {{head.size(), 5, 2}, HeadRefusal::kNone, "just enough"},
      {{head.size() - 1, 5, 2}, HeadRefusal::kHeadTooLarge, "a byte too long"},
      {{head.size(), 4, 2}, HeadRefusal::kTargetTooLong, "the target a byte too long"},
      {{head.size(), 5, 1}, HeadRefusal::kTooManyFields, "a field too many"},
  };
  for (const auto& one : cases) EXPECT_EQ(refusal_of(head, one.limits), one.refusal) << one.why;
}

TEST(StrictHead, RefusesAsSoonAsItCan) {
  const struct {
    std::string_view beginning;
    HeadRefusal refusal;
  } cases[] = {
      {"\x16", HeadRefusal::kControlByte},
      {"GET  ", HeadRefusal::kStartLine},
      {"GET / X", HeadRefusal::kStartLine},
      {"GET / HTTP/2", HeadRefusal::kVersion},
      {"GET / HTTP/1.1\r\n ", HeadRefusal::kFoldedLine},
      {"GET / HTTP/1.1\r\nHost ", HeadRefusal::kSpaceBeforeColon},
      {"GET / HTTP/1.1\r\nHost: a\n", HeadRefusal::kBareLf},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n", HeadRefusal::kHost},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(refusal_of(one.beginning), one.refusal) << one.beginning;
    EXPECT_EQ(refusal_of(one.beginning.substr(0, one.beginning.size() - 1)), HeadRefusal::kNone)
        << one.beginning;
  }
}

// Each call with the bytes in another place of the heap, in a block of exactly their size.
TEST(StrictHead, ReadsTheSameByteByByte) {
  const std::string bytes =
      request("POST http://b.example?q HTTP/1.1",
              "Host: a.example\r\nConnection: x, close\r\nContent-Length: 5\r\nX: y\r\n");
  RequestHead head;
  std::unique_ptr<char[]> exact;
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    exact = std::make_unique<char[]>(size);
    bytes.copy(exact.get(), size);
    const HeadStep step = head.parse({exact.get(), size});
    ASSERT_EQ(step.kind, size < bytes.size() ? Kind::kNeedMore : Kind::kDone) << size;
  }
  const Read whole(bytes);
  EXPECT_EQ(head.path_and_query(), whole.head.path_and_query());
  EXPECT_EQ(head.authority(), whole.head.authority());
  EXPECT_EQ(head.framing().length, 5u);
  EXPECT_FALSE(head.wants_keep_alive());
  ASSERT_EQ(head.fields().size(), whole.head.fields().size());
  for (std::size_t i = 0; i < head.fields().size(); ++i)
    EXPECT_EQ(head.fields()[i].line, whole.head.fields()[i].line);
}

TEST(StrictHead, StartsAfreshAfterForget) {
  RequestHead head;
  const std::string first = request("POST / HTTP/1.0", "Host: a\r\nContent-Length: 5\r\nConnection: x\r\n");
  ASSERT_EQ(head.parse(first).kind, Kind::kDone);
  head.forget();
  const std::string second = request("GET /b HTTP/1.1", "Host: b\r\nX: 1\r\n");
  ASSERT_EQ(head.parse(second).kind, Kind::kDone);
  EXPECT_EQ(head.framing().kind, Framing::Kind::kNone);
  EXPECT_EQ(head.authority().host, "b");
  EXPECT_EQ(head.fields().size(), 2u);
  EXPECT_FALSE(head.is_hop_by_hop(head.fields()[1]));
  EXPECT_TRUE(head.wants_keep_alive());
  head.forget();
  EXPECT_EQ(head.parse("GET\t").refusal, HeadRefusal::kControlByte);
  head.forget();
  EXPECT_EQ(head.parse(second).kind, Kind::kDone);
}

TEST(StrictResponse, GivesStatusAndFields) {
  const ReadResponse read("HTTP/1.0 404 Not here\r\nServer: x\r\nContent-Length: 3\r\n\r\nabc");

  ASSERT_EQ(read.step.kind, Kind::kDone);
  EXPECT_EQ(read.head.status(), 404u);
  EXPECT_EQ(read.head.minor_version(), 0u);
  EXPECT_EQ(read.head.start_line(), "HTTP/1.0 404 Not here\r\n");
  EXPECT_EQ(read.head.framing().length, 3u);
  EXPECT_EQ(read.head.fields().size(), 2u);
  EXPECT_FALSE(read.head.wants_keep_alive());
}

TEST(StrictResponse, FindsTheFraming) {
  using enum Framing::Kind;
  const struct {
    std::string_view method, line, fields;
    Framing::Kind kind;
  } cases[] = {
      {"GET", "200 OK", "Content-Length: 3\r\n", kLength},
      {"GET", "200 OK", "Transfer-Encoding: chunked\r\n", kChunked},
      {"GET", "200 OK", "", kUntilClose},
      {"HEAD", "200 OK", "Content-Length: 3\r\n", kNone},
      {"HEAD", "200 OK", "Transfer-Encoding: chunked\r\n", kNone},
      {"GET", "304 Not Modified", "Content-Length: 3\r\n", kNone},
      {"GET", "204 No Content", "", kNone},
      {"GET", "101 Switching Protocols", "", kNone},
      {"GET", "103 Early Hints", "", kNone},
      {"CONNECT", "200 OK", "", kNone},
      {"CONNECT", "407 No", "Content-Length: 3\r\n", kLength},
  };
  for (const auto& one : cases) {
    const ReadResponse read("HTTP/1.1 " + std::string(one.line) + "\r\n" + std::string(one.fields) + "\r\n",
                            one.method);
    ASSERT_EQ(read.step.kind, Kind::kDone) << one.line;
    EXPECT_EQ(read.head.framing().kind, one.kind) << one.method << ' ' << one.line;
  }
}

TEST(StrictResponse, DoesNotKeepAConnectionWhoseEndIsTheBodys) {
  EXPECT_FALSE(ReadResponse("HTTP/1.1 200 OK\r\n\r\n").head.wants_keep_alive());
  EXPECT_TRUE(ReadResponse("HTTP/1.1 204 OK\r\n\r\n").head.wants_keep_alive());
}

TEST(StrictResponse, TellsInterimFromFinal) {
  EXPECT_TRUE(ReadResponse("HTTP/1.1 100 Continue\r\n\r\n").head.is_interim());
  EXPECT_FALSE(ReadResponse("HTTP/1.1 101 Switching\r\n\r\n").head.is_interim());
  EXPECT_FALSE(ReadResponse("HTTP/1.1 200 OK\r\n\r\n").head.is_interim());
}

TEST(StrictResponse, RefusesAnEmptyLineInFront) {
  EXPECT_EQ(refusal_of_response("\r\nHTTP/1.1 200 OK\r\n\r\n"), HeadRefusal::kStartLine);
}

}  // namespace
}  // namespace mogura::protocol
