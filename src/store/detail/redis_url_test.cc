#include "store/detail/redis_url.h"

#include <gtest/gtest.h>

namespace mogura::store::detail {
namespace {

struct Good {
  const char* url;
  const char *user, *password, *place;
  std::uint32_t database;
};

TEST(RedisUrl, ReadsEveryFormThatIsDocumented) {
  for (const Good& c : {
           Good{"redis://cache.example", "", "", "cache.example:6379", 0},
           Good{"redis://cache.example/", "", "", "cache.example:6379", 0},
           Good{"redis://cache.example:7000/15", "", "", "cache.example:7000", 15},
           Good{"redis://127.0.0.1:65535", "", "", "127.0.0.1:65535", 0},
           Good{"redis://[2001:db8::1]:7000/2", "", "", "[2001:db8::1]:7000", 2},
           Good{"redis://[::1]", "", "", "[::1]:6379", 0},
           Good{"redis://:secret@h", "", "secret", "h:6379", 0},
           Good{"redis://anna:secret@h/1", "anna", "secret", "h:6379", 1},
           Good{"redis://:a%40b%2f%25@h", "", "a@b/%", "h:6379", 0},
           Good{"redis://:a@b:c@h", "", "a@b:c", "h:6379", 0},
           Good{"redis+unix:///run/redis.sock", "", "", "/run/redis.sock", 0},
           Good{"redis+unix:///run/my%20redis?db=3", "", "", "/run/my redis", 3},
           Good{"redis+unix://u:p@/run/redis.sock", "u", "p", "/run/redis.sock", 0},
       }) {
    const auto url = parse_redis_url(c.url);
    ASSERT_TRUE(url) << c.url << ": " << url.error().message();
    EXPECT_EQ(url->user, c.user) << c.url;
    EXPECT_EQ(url->password, c.password) << c.url;
    EXPECT_EQ(url->place(), c.place) << c.url;
    EXPECT_EQ(url->database, c.database) << c.url;
  }
}

TEST(RedisUrl, RefusesWhatMakesNoSenseAndShowsNoPassword) {
  struct Bad {
    const char *url, *why;
  };
  for (const Bad& c : {
           Bad{"", "nothing"},
           Bad{"hidden", "no scheme"},
           Bad{"http://h", "another scheme"},
           Bad{"rediss://:hidden@h", "TLS is not supported"},
           Bad{"redis://", "no host"},
           Bad{"redis:///1", "no host"},
           Bad{"redis://h:", "a port that is empty"},
           Bad{"redis://h:0", "port 0"},
           Bad{"redis://h:65536", "a port too large"},
           Bad{"redis://h:-1", "a port below zero"},
           Bad{"redis://h:70x", "a port with a letter"},
           Bad{"redis://h/x", "a database that is no number"},
           Bad{"redis://h/1/2", "two databases"},
           Bad{"redis://h/4294967296", "a database too large"},
           Bad{"redis://[::1", "a bracket that stays open"},
           Bad{"redis://[]:1", "an empty address"},
           Bad{"redis://[::1]x", "something behind the bracket"},
           Bad{"redis://hidden@h", "a user without a password"},
           Bad{"redis://:@h", "an empty password"},
           Bad{"redis://u:hidden%@h", "an escape without digits"},
           Bad{"redis://u:hidden%4@h", "an escape with one digit"},
           Bad{"redis://u:hidden%-1@h", "an escape with a sign"},
           Bad{"redis://u:hidden%00@h", "a NUL"},
           Bad{"redis+unix://", "no path"},
           Bad{"redis+unix://run/redis", "a relative path"},
           Bad{"redis+unix:///run/redis?database=1", "an unknown parameter"},
           Bad{"redis+unix:///run/redis?db=", "a database that is empty"},
       }) {
    const auto url = parse_redis_url(c.url);
    ASSERT_FALSE(url) << c.why;
    EXPECT_EQ(url.error().code, ErrorCode::kUsage) << c.why;
    EXPECT_EQ(url.error().message().find("hidden"), std::string::npos) << c.why;
  }
  EXPECT_FALSE(parse_redis_url("redis://" + std::string(2041, 'a')));
  EXPECT_TRUE(parse_redis_url("redis://" + std::string(2040, 'a')));
}

}  // namespace
}  // namespace mogura::store::detail
