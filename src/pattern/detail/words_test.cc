#include "pattern/detail/words.h"

#include <gtest/gtest.h>

#include "pattern/testing/sessions.h"

namespace mogura::pattern::detail {
namespace {

using On = Condition::On;
using session::Direction;
using testing::bytes_at;
using testing::condition;
using testing::length_of;
using testing::list_of;

TEST(PatternWords, SayWhatIsAsked) {
  Condition rhythm = condition(On::kRhythm);
  rhythm.rhythm = {9, 11.5, 0.2};
  Condition exchanges = condition(On::kExchanges);
  exchanges.exchanges = {10, 20};
  Condition duration = condition(On::kDuration);
  duration.seconds = 60;
  Condition body = condition(On::kLongBody);
  body.long_body = {Direction::kDown, 5};
  const struct {
    Condition condition;
    const char* words;
  } cases[] = {
      {condition(On::kKind, "ssl"), "the kind is \"ssl\""},
      {condition(On::kInner, "ssh"), "the inner protocol is \"ssh\""},
      {condition(On::kDestination, "*"), "the destination is \"*\""},
      {condition(On::kUserAgent, "a\"b"), "the User-Agent is \"a\\\"b\""},
      {condition(On::kNoUserAgent), "there is no User-Agent"},
      {condition(On::kCipherSuites, "1301"), "the cipher list is \"1301\""},
      {condition(On::kJa4, "t"), "JA4 is \"t\""},
      {condition(On::kSni, "x"), "the TLS server name is \"x\""},
      {condition(On::kNoSni), "the TLS hello names no server"},
      {condition(On::kMethod, "PUT"), "a request had the method \"PUT\""},
      {condition(On::kUpgrade, "x"), "there was an upgrade to \"x\""},
      {length_of(Direction::kUp, 36, 5), "5 or more messages of 36 bytes from the client"},
      {length_of(Direction::kDown, 36, 1, 2), "message 2 from the server is 36 bytes long"},
      {bytes_at(Direction::kUp, 0, 4, "SSH"), "message 0 from the client has \"SSH\" at offset 4"},
      {bytes_at(Direction::kDown, {}, {}, "\x01.", std::string("\xff\0", 2)),
       "a message from the server has the bytes 01??"},
      {rhythm, "messages from the client every 9 s to 11.5 s"},
      {exchanges, "10 or more messages from the client and 20 from the server"},
      {duration, "it lasted 60 s or more"},
      {body, "a body from the server lasted 5 s or more"},
      {list_of(On::kAny, {condition(On::kNoSni), list_of(On::kAll, {duration, body})}),
       "(the TLS hello names no server or (it lasted 60 s or more and a body from the server lasted 5 s or "
       "more))"},
  };
  for (const auto& one : cases) EXPECT_EQ(words_for(one.condition), one.words);
}

}  // namespace
}  // namespace mogura::pattern::detail
