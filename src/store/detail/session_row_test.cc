#include "store/detail/session_row.h"

#include <gtest/gtest.h>

#include "store/detail/scene_test.h"

namespace mogura::store::detail {
namespace {

TEST(SessionRow, HasAKeyForEachTextThatIsThere) {
  const session::Session session = store::testing::session(7);
  const SessionRow row = row_of(session);
  EXPECT_EQ(row.destination_key, key_of("site7.example:443"));
  EXPECT_EQ(row.address_key, key_of("10.0.0.7"));
  EXPECT_EQ(row.user_agent_key, key_of(session.user_agent));
  EXPECT_EQ(row.cipher_suites_key, key_of(session.cipher_suites));
  EXPECT_EQ(row.ja4_key, key_of(session.ja4));
  EXPECT_EQ(row.domain_key, key_of("site7.example"));
  EXPECT_EQ(row.client_key, client_key_of("10.0.0.7", session.user_agent));
}

TEST(SessionRow, HasNoneForWhatIsNot) {
  session::Session session = store::testing::session(7);
  session.user_agent_seen = false;
  session.user_agent.clear();
  session.cipher_suites.clear();
  session.ja4.clear();
  const SessionRow row = row_of(session);
  EXPECT_EQ(row.user_agent_key, kNoKey);
  EXPECT_EQ(row.cipher_suites_key, kNoKey);
  EXPECT_EQ(row.ja4_key, kNoKey);
  EXPECT_EQ(row.client_key, client_key_of("10.0.0.7", std::nullopt));
  session.user_agent_seen = true;
  EXPECT_EQ(row_of(session).user_agent_key, key_of("")) << "an empty field is one";
}

}  // namespace
}  // namespace mogura::store::detail
