#include "logs/detail/session_keys.h"

#include <gtest/gtest.h>

namespace mogura::logs::detail {
namespace {

TEST(FindSessionKey, GoesRoundFromWhereTheLastWasFound) {
  std::size_t next = 0;
  for (const char* name : {"session_id", "start", "upgrade", "session_id", "kind", "end"}) {
    const SessionKey* const key = find_session_key(name, next);
    ASSERT_NE(key, nullptr) << name;
    EXPECT_EQ(key->name, name);
  }
  const std::size_t before = next;
  EXPECT_EQ(find_session_key("no such key", next), nullptr);
  EXPECT_EQ(find_session_key("", next), nullptr);
  EXPECT_EQ(next, before);
}

TEST(SessionFields, EndNoEarlierThanTheyBegin) {
  session::Session session;
  session.start = Timestamp(std::chrono::seconds(100));
  session.end = Timestamp(std::chrono::seconds(99));
  SessionFields fields(session);
  fields.has_end = true;
  fields.finish();
  EXPECT_EQ(session.end, session.start);
}

}  // namespace
}  // namespace mogura::logs::detail
