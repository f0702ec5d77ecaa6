#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "protocol/http1.h"

namespace mogura::protocol {
namespace {

constexpr auto kNo = Likeness::kNo;
constexpr auto kMore = Likeness::kNeedMore;
constexpr auto kYes = Likeness::kYes;

struct Case {
  const char* why;
  std::string_view text;
  Likeness likeness;
};

constexpr Case kRequests[] = {
    {"a path", "GET /", kYes},
    {"a URL", "GET http://a", kYes},
    {"a URL not yet told from a word", "GET htt", kMore},
    {"a method only", "POST", kMore},
    {"a method and its space", "POST ", kMore},
    {"part of a method", "CONN", kMore},
    {"CONNECT", "CONNECT e", kYes},
    {"CONNECT to IPv6", "CONNECT [", kYes},
    {"odd case", "connect a:443 http/1.1", kYes},
    {"the server itself", "OPTIONS * HTTP/1.1\r\n", kYes},
    {"WebDAV", "PROPFIND /dav", kYes},
    {"versioning", "VERSION-CONTROL /", kYes},
    {"RPC over HTTP", "RPC_IN_DATA /rpc/rpcproxy.dll", kYes},
    {"RPC over HTTP, the other way", "RPC_OUT_DATA /", kYes},
    {"Exchange", "X-MS-ENUMATTS /", kYes},
    {"a method of no list, with a URL", "FROB http://a", kYes},
    {"a method of no list, with a path and a version", "FROB /x HTTP/1.0", kYes},
    {"a method of no list, version still to come", "FROB /x", kMore},
    {"a method of no list, with a path and no version", "FROB /x y", kNo},
    {"a target that is neither path nor URL", "GET index.html HTTP/1.0\r\n", kYes},
    {"leading empty lines", "\r\n\r\nGET /", kYes},
    {"nothing but empty lines", "\r\n", kMore},
    {"nothing", "", kMore},
    {"SMTP", "EHLO example.com\r\n", kNo},
    {"an SMTP greeting", "220 mail ESMTP\r\n", kNo},
    {"IMAP", "* OK IMAP4rev1\r\n", kNo},
    {"an IMAP command", "a001 LOGIN x y\r\n", kNo},
    {"POP3", "+OK ready\r\n", kNo},
    {"FTP", "USER anonymous\r\n", kNo},
    {"SSH", "SSH-2.0-OpenSSH_9.2\r\n", kNo},
    {"memcached", "get key\r\n", kNo},
    {"RTSP", "OPTIONS rtsp://a/b RTSP/1.0\r\n", kNo},
    {"SIP", "OPTIONS sip:a@b SIP/2.0\r\n", kNo},
    {"HTTP/2", "PRI * HTTP/2.0\r\n", kNo},
    {"a response", "HTTP/1.1 200 OK\r\n", kNo},
    {"TLS", "\x16\x03\x01", kNo},
    {"SOCKS", "\x05\x01", kNo},
    {"a word too long", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", kNo},
    {"a lower-case word", "hello", kNo},
    {"CONNECT to nowhere", "CONNECT \x01", kNo},
    {"two spaces", "CONNECT  a:443  HTTP/1.1", kYes},
    {"a tab", "CONNECT\ta:443\tHTTP/1.1", kYes},
    {"a tab and a path", "GET\t/", kYes},
    {"spaces and tabs before the version", "GET x \t HTTP/1.1", kYes},
    {"spaces and nothing yet", "GET  ", kMore},
    {"a line that ends behind its method", "CONNECT\r\naccept-version:1.2\r\n", kNo},
    {"another version", "GET x HTTP/2.0", kYes},
    {"another version of a method of no list", "FROB /x HTTP/2.0", kNo},
    {"HTTP/2 with two spaces", "PRI  *  HTTP/2.0\r\n", kNo},
    {"a word of another line", "get key\nx HTTP/1.1", kNo},
};

constexpr Case kResponses[] = {
    {"HTTP/1.1", "HTTP/1.1 200 OK", kYes},
    {"as little as tells", "HTTP/1.0", kYes},
    {"not yet told", "HTTP/1.", kMore},
    {"SHOUTcast", "ICY 200 OK", kYes},
    {"part of SHOUTcast's", "ICY", kMore},
    {"nothing", "", kMore},
    {"small letters", "http/1.1 200 ok", kYes},
    {"not yet told, small", "http/", kMore},
    {"HTTP/2", "HTTP/2.0 200", kNo},
    {"no digit", "HTTP/1.x", kNo},
    {"a request", "GET /", kNo},
    {"SSH", "SSH-2.0-", kNo},
};

TEST(LooksLikeRequest, FollowsTheTable) {
  for (const Case& c : kRequests) EXPECT_EQ(looks_like_request(as_bytes(c.text)), c.likeness) << c.why;
}

TEST(LooksLikeResponse, FollowsTheTable) {
  for (const Case& c : kResponses) EXPECT_EQ(looks_like_response(as_bytes(c.text)), c.likeness) << c.why;
}

TEST(LooksLikeRequest, NeverChangesItsMind) {
  for (const Case& c : kRequests) {
    for (std::size_t size = 0; size < c.text.size(); ++size) {
      const Likeness early = looks_like_request(as_bytes(c.text.substr(0, size)));
      EXPECT_TRUE(early == kMore || early == c.likeness) << c.why << " at " << size;
    }
  }
}

TEST(LooksLikeRequest, StopsSeekingATarget) {
  EXPECT_EQ(looks_like_request(as_bytes("GET" + std::string(2047, ' '))), kMore);
  EXPECT_EQ(looks_like_request(as_bytes("GET" + std::string(2047, ' ') + "/")), kYes);
  EXPECT_EQ(looks_like_request(as_bytes("GET" + std::string(2048, ' ') + "/")), kNo);
}

TEST(LooksLikeRequest, StopsSeekingAVersion) {
  EXPECT_EQ(looks_like_request(as_bytes("GET " + std::string(2000, 'a'))), kMore);
  EXPECT_EQ(looks_like_request(as_bytes("GET " + std::string(3000, 'a'))), kNo);
}

}  // namespace
}  // namespace mogura::protocol
