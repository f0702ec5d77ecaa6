#include <gtest/gtest.h>

#include "session/detail/http_layer.h"

namespace mogura::session::detail {
namespace {

struct Fixture {
  Shared shared{Limits{}};
  Finished record;
  HttpLayer layer{shared, record, {}};
  std::uint64_t up_offset = 0;

  void up(std::string_view text) { up_offset += layer.feed_up(as_bytes(text), up_offset, {}).consumed; }
  void cut_up(std::uint64_t length) {
    layer.skip_up(length, up_offset);
    up_offset += length;
  }
};

TEST(HttpRecord, CountsOnlyTargetsKnownToTheirEnd) {
  const struct {
    const char* why;
    std::string_view text;
    std::uint32_t urls;
  } cases[] = {
      {"a cut path", "GET http://a/12", 0},
      {"a whole URL", "GET http://a/12 HT", 1},
      {"a path whose host was not seen", "GET /12 HTTP/1.1\r\nHost: a", 0},
      {"a path whose host was seen", "GET /12 HTTP/1.1\r\nHost: a\r\nX", 1},
      {"a CONNECT", "CONNECT a:1 H", 1},
  };
  for (const auto& c : cases) {
    Fixture f;
    f.up(c.text);
    f.cut_up(10);
    EXPECT_EQ(f.record.session.urls_count, c.urls) << c.why;
    EXPECT_EQ(f.record.session.methods.size(), 1u) << c.why;
  }
}

TEST(HttpRecord, CountsDistinctTargetsUpToItsLimit) {
  Fixture f;
  f.shared.limits.urls = 3;
  for (const char* path : {"/1", "/2", "/1", "/3", "/4"})
    f.up(std::string("GET http://a") + path + " HTTP/1.1\r\n\r\n");
  EXPECT_EQ(f.record.session.urls_count, 3u);
}

TEST(HttpRecord, CountsMethodsBeyondItsLimitTogether) {
  Fixture f;
  f.shared.limits.methods = 2;
  for (const char* method : {"GET", "POST", "PUT", "LOCK", "GET"}) {
    f.up(std::string(method) + " http://a/ HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
  }
  std::uint32_t total = 0;
  for (const auto& [method, count] : f.record.session.methods) total += count;
  EXPECT_EQ(f.record.session.methods.size(), 2u);
  EXPECT_EQ(total, 5u);
}

TEST(HttpRecord, NamesTheClientBehindAnotherProxy) {
  Fixture f;
  f.up("GET http://a/ HTTP/1.1\r\nVia: 1.1 inner\r\nX-Forwarded-For: 192.0.2.7, 10.0.0.1\r\n\r\n");
  EXPECT_EQ(f.record.session.client_forwarded, "192.0.2.7");
  EXPECT_EQ(f.record.session.via, "1.1 inner");
  EXPECT_TRUE(f.record.keys.from_proxy);
}

}  // namespace
}  // namespace mogura::session::detail
