#include "http2/message.h"

#include <gtest/gtest.h>

#include "http2/frames_test.h"

namespace mogura::http2 {
namespace {

struct Row {
  std::string_view why;
  Fields fields;
  bool is_whole;
  std::string_view http1;  // empty: refused
  Refusal refusal;
  Body body;
};

Fields with(Fields fields, const Fields& more) {
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

TEST(Http2Message, RequestsToHttp1) {
  const Row rows[] = {
      {"plain",
       with(get("/a?b"), {{"accept", "*/*"}}),
       true,
       "GET /a?b HTTP/1.1\r\nhost: a.example\r\naccept: */*\r\n\r\n",
       {},
       Body::kNone},
      {"cookie crumbs become one field (RFC 9113 8.2.3)",
       with(get(), {{"cookie", "a=1"}, {"x", "y"}, {"cookie", "b=2"}, {"cookie", "c=3; d=4"}}),
       true,
       "GET / HTTP/1.1\r\nhost: a.example\r\ncookie: a=1; b=2; c=3; d=4\r\nx: y\r\n\r\n",
       {},
       Body::kNone},
      {"a body of known length",
       post({{"content-length", "3"}}),
       false,
       "POST / HTTP/1.1\r\nhost: a.example\r\ncontent-length: 3\r\n\r\n",
       {},
       Body::kLength},
      {"a body of unknown length",
       post(),
       false,
       "POST / HTTP/1.1\r\nhost: a.example\r\ntransfer-encoding: chunked\r\n\r\n",
       {},
       Body::kChunked},
      {"announced trailers need chunks",
       post({{"content-length", "3"}, {"trailer", "x-sum"}}),
       false,
       "POST / HTTP/1.1\r\nhost: a.example\r\ntrailer: x-sum\r\ntransfer-encoding: chunked\r\n\r\n",
       {},
       Body::kChunked},
      {"a POST of nothing says so (RFC 9110 8.6)",
       post(),
       true,
       "POST / HTTP/1.1\r\nhost: a.example\r\ncontent-length: 0\r\n\r\n",
       {},
       Body::kNone},
      {"TE: trailers passes",
       with(get(), {{"te", "trailers"}}),
       true,
       "GET / HTTP/1.1\r\nhost: a.example\r\nte: trailers\r\n\r\n",
       {},
       Body::kNone},
      {"Host stands in for :authority",
       {{":method", "GET"}, {":scheme", "https"}, {":path", "/"}, {"host", "b:8443"}},
       true,
       "GET / HTTP/1.1\r\nhost: b:8443\r\n\r\n",
       {},
       Body::kNone},
      {"Host beside the same :authority",
       with(get(), {{"host", "A.example"}}),
       true,
       "GET / HTTP/1.1\r\nhost: a.example\r\n\r\n",
       {},
       Body::kNone},
      {"Expect passes",
       post({{"expect", "100-continue"}, {"content-length", "1"}}),
       false,
       "POST / HTTP/1.1\r\nhost: a.example\r\nexpect: 100-continue\r\ncontent-length: 1\r\n\r\n",
       {},
       Body::kLength},
      {"asterisk",
       {{":method", "OPTIONS"}, {":scheme", "https"}, {":authority", "a"}, {":path", "*"}},
       true,
       "OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n",
       {},
       Body::kNone},
      {"Host that differs", with(get(), {{"host", "b.example"}}), true, "", Refusal::kAuthority, {}},
      {"no host at all",
       {{":method", "GET"}, {":scheme", "https"}, {":path", "/"}},
       true,
       "",
       Refusal::kAuthority,
       {}},
      {"a user in the authority",
       {{":method", "GET"}, {":scheme", "https"}, {":authority", "u@a"}, {":path", "/"}},
       true,
       "",
       Refusal::kAuthority,
       {}},
      {"a space in the path", get("/a HTTP/1.1"), true, "", Refusal::kPath, {}},
      {"a line end in the path", get("/a\r\nx: y"), true, "", Refusal::kField, {}},
      {"a path from nowhere", get("a"), true, "", Refusal::kPath, {}},
      {"asterisk of GET", get("*"), true, "", Refusal::kPath, {}},
      {"a method of two words",
       {{":method", "GET /x"}, {":scheme", "https"}, {":authority", "a"}, {":path", "/"}},
       true,
       "",
       Refusal::kMethod,
       {}},
      {"another scheme",
       {{":method", "GET"}, {":scheme", "ftp"}, {":authority", "a"}, {":path", "/"}},
       true,
       "",
       Refusal::kScheme,
       {}},
      {"a tunnel", {{":method", "CONNECT"}, {":authority", "a:443"}}, false, "", Refusal::kConnect, {}},
      {"extended CONNECT", with(get(), {{":protocol", "websocket"}}), false, "", Refusal::kField, {}},
      {"a response's pseudo-header", with(get(), {{":status", "200"}}), true, "", Refusal::kField, {}},
      {"a value with a line end", with(get(), {{"x", "a\r\nb: c"}}), true, "", Refusal::kField, {}},
      {"a value with NUL", with(get(), {{"x", std::string("a\0b", 3)}}), true, "", Refusal::kField, {}},
      {"a name with a capital", with(get(), {{"X-A", "a"}}), true, "", Refusal::kField, {}},
      {"Transfer-Encoding", post({{"transfer-encoding", "chunked"}}), false, "", Refusal::kField, {}},
      {"Connection", with(get(), {{"connection", "x"}}), true, "", Refusal::kField, {}},
      {"TE: gzip", with(get(), {{"te", "gzip"}}), true, "", Refusal::kField, {}},
      {"two hosts",
       with(get(), {{"host", "a.example"}, {"host", "a.example"}}),
       true,
       "",
       Refusal::kField,
       {}},
  };
  for (const Row& row : rows) {
    std::string out = "before ";
    const Translated got = to_http1_request(row.fields, row.is_whole, false, out);
    EXPECT_EQ(out, "before " + std::string(row.http1)) << row.why;
    EXPECT_EQ(name_of(got.refusal), name_of(row.refusal)) << row.why;
    if (row.refusal == Refusal::kNone) {
      EXPECT_EQ(got.body, row.body) << row.why;
    }
  }
}

TEST(Http2Message, RequestsInAbsoluteForm) {
  std::string out;
  to_http1_request(get("/a"), true, true, out);
  EXPECT_EQ(out, "GET https://a.example/a HTTP/1.1\r\nhost: a.example\r\n\r\n");
  out.clear();
  to_http1_request({{":method", "OPTIONS"}, {":scheme", "http"}, {":authority", "a"}, {":path", "*"}}, true,
                   true, out);
  EXPECT_EQ(out, "OPTIONS http://a HTTP/1.1\r\nhost: a\r\n\r\n");
}

TEST(Http2Message, ResponsesToHttp1) {
  const struct {
    std::string_view why, method;
    Fields fields;
    bool is_whole;
    std::string_view http1;
    Refusal refusal;
    Body body;
  } rows[] = {
      {"a body of known length",
       "GET",
       {{":status", "200"}, {"content-length", "3"}},
       false,
       "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n",
       {},
       Body::kLength},
      {"a body of unknown length",
       "GET",
       {{":status", "200"}, {"x", "y"}},
       false,
       "HTTP/1.1 200 OK\r\nx: y\r\ntransfer-encoding: chunked\r\n\r\n",
       {},
       Body::kChunked},
      {"announced trailers",
       "GET",
       {{":status", "200"}, {"content-length", "3"}, {"trailer", "x"}},
       false,
       "HTTP/1.1 200 OK\r\ntrailer: x\r\ntransfer-encoding: chunked\r\n\r\n",
       {},
       Body::kChunked},
      {"no body",
       "GET",
       {{":status", "404"}},
       true,
       "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
       {},
       Body::kNone},
      {"HEAD keeps the length",
       "HEAD",
       {{":status", "200"}, {"content-length", "9"}},
       true,
       "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n",
       {},
       Body::kNone},
      {"HEAD without length", "HEAD", {{":status", "200"}}, true, "HTTP/1.1 200 OK\r\n\r\n", {}, Body::kNone},
      {"HEAD ended late", "HEAD", {{":status", "200"}}, false, "HTTP/1.1 200 OK\r\n\r\n", {}, Body::kNone},
      {"304 keeps the length",
       "GET",
       {{":status", "304"}, {"content-length", "9"}, {"etag", "e"}},
       true,
       "HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\netag: e\r\n\r\n",
       {},
       Body::kNone},
      {"204",
       "GET",
       {{":status", "204"}, {"content-length", "0"}},
       true,
       "HTTP/1.1 204 No Content\r\n\r\n",
       {},
       Body::kNone},
      {"interim", "POST", {{":status", "100"}}, false, "HTTP/1.1 100 Continue\r\n\r\n", {}, Body::kNone},
      {"early hints",
       "GET",
       {{":status", "103"}, {"link", "</a>"}},
       false,
       "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n",
       {},
       Body::kNone},
      {"a status of nobody",
       "GET",
       {{":status", "299"}},
       true,
       "HTTP/1.1 299 \r\ncontent-length: 0\r\n\r\n",
       {},
       Body::kNone},
      {"cookies are set one by one",
       "GET",
       {{":status", "302"}, {"set-cookie", "a"}, {"set-cookie", "b"}},
       true,
       "HTTP/1.1 302 Found\r\nset-cookie: a\r\nset-cookie: b\r\ncontent-length: 0\r\n\r\n",
       {},
       Body::kNone},
      {"101 is not of HTTP/2", "GET", {{":status", "101"}}, false, "", Refusal::kStatus, {}},
      {"no status", "GET", {{"x", "y"}}, true, "", Refusal::kStatus, {}},
      {"two digits", "GET", {{":status", "20"}}, true, "", Refusal::kStatus, {}},
      {"a sign", "GET", {{":status", "+20"}}, true, "", Refusal::kStatus, {}},
      {"a line end", "GET", {{":status", "200"}, {"x", "a\nb"}}, true, "", Refusal::kField, {}},
      {"Transfer-Encoding",
       "GET",
       {{":status", "200"}, {"transfer-encoding", "chunked"}},
       true,
       "",
       Refusal::kField,
       {}},
      {"a request's pseudo-header",
       "GET",
       {{":status", "200"}, {":path", "/"}},
       true,
       "",
       Refusal::kField,
       {}},
  };
  for (const auto& row : rows) {
    std::string out = "before ";
    const Translated got = to_http1_response(row.fields, row.is_whole, row.method, out);
    EXPECT_EQ(out, "before " + std::string(row.http1)) << row.why;
    EXPECT_EQ(name_of(got.refusal), name_of(row.refusal)) << row.why;
    if (row.refusal == Refusal::kNone) {
      EXPECT_EQ(got.body, row.body) << row.why;
    }
  }
}

Fields request_fields(std::string_view head) {
  protocol::RequestHead request;
  EXPECT_EQ(request.parse(head).kind, protocol::HeadStep::Kind::kDone) << head;
  return from_http1_request(request, "https");
}

Fields response_fields(std::string_view head) {
  protocol::ResponseHead response;
  EXPECT_EQ(response.parse(head, "GET").kind, protocol::HeadStep::Kind::kDone) << head;
  return from_http1_response(response);
}

TEST(Http2Message, RequestsFromHttp1) {
  const struct {
    std::string_view why, head;
    Fields more;  // behind those of get("/")
  } rows[] = {
      {"names become small", "X-Mixed: A b\r\nAccept: */*\r\n", {{"x-mixed", "A b"}, {"accept", "*/*"}}},
      {"what is of the connection goes",
       "Connection: X-Hop, close\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nProxy-Connection: close\r\nX: 1\r\n",
       {{"x", "1"}}},
      {"TE but trailers goes", "TE: gzip;q=1, trailers\r\nConnection: TE\r\n", {{"te", "trailers"}}},
      {"TE without them goes whole", "TE: gzip\r\nConnection: TE\r\n", {}},
      {"framing goes, length stays", "Content-Length: 3\r\n", {{"content-length", "3"}}},
      {"chunks are HTTP/1.1's", "Transfer-Encoding: chunked\r\n", {}},
      {"cookies pass as they are", "Cookie: a=1; b=2\r\n", {{"cookie", "a=1; b=2"}}},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(request_fields("GET / HTTP/1.1\r\nHost: a.example\r\n" + std::string(row.head) + "\r\n"),
              with(get(), row.more))
        << row.why;
  }
}

TEST(Http2Message, ResponsesFromHttp1) {
  EXPECT_EQ(response_fields("HTTP/1.1 200 Fine\r\nServer: x\r\nConnection: X-Hop\r\nX-Hop: 1\r\n"
                            "Transfer-Encoding: chunked\r\nKeep-Alive: 1\r\nSet-Cookie: a\r\n\r\n"),
            (Fields{{":status", "200"}, {"server", "x"}, {"set-cookie", "a"}}));
  EXPECT_EQ(response_fields("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"),
            (Fields{{":status", "407"}, {"proxy-authenticate", "Basic"}, {"content-length", "0"}}));
}

TEST(Http2Message, WhatIsTranslatedBackIsTheSame) {
  std::string http1;
  const Fields fields = with(get("/p?q"), {{"user-agent", "u"}, {"cookie", "a=1; b=2"}, {"te", "trailers"}});
  ASSERT_EQ(to_http1_request(fields, true, false, http1).refusal, Refusal::kNone);
  EXPECT_EQ(request_fields(http1), fields);
}

}  // namespace
}  // namespace mogura::http2
