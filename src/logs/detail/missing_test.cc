#include "logs/detail/missing.h"

#include <gmock/gmock.h>

namespace mogura::logs::detail {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(MissingOf, SaysNothingAboutSessionLines) {
  FieldsSeen fields;
  fields.sessions = true;
  EXPECT_THAT(missing_of(fields), IsEmpty());
  EXPECT_TRUE(seen_of(fields).user_agents && seen_of(fields).client_hello && seen_of(fields).messages);
}

TEST(MissingOf, DependsOnSquidsFormat) {
  FieldsSeen native;
  native.squid[0] = true;
  EXPECT_THAT(missing_of(native), Contains(HasSubstr("no User-Agent")));
  EXPECT_FALSE(seen_of(native).user_agents);
  FieldsSeen combined;
  combined.squid[2] = true;
  EXPECT_THAT(missing_of(combined), Not(Contains(HasSubstr("no User-Agent"))));
  EXPECT_THAT(missing_of(combined), Contains(HasSubstr("no durations")));
  EXPECT_TRUE(seen_of(combined).user_agents);
  EXPECT_FALSE(seen_of(combined).client_hello);
}

TEST(MissingOf, DependsOnWhatTheSessionsOfAMonitorHad) {
  FieldsSeen fields;
  fields.zeek.was_read = true;
  EXPECT_THAT(missing_of(fields), Contains(HasSubstr("no requests")));
  session::Session session;
  session.methods = {{"CONNECT", 1}};
  session.sni = "a.example";
  session.packets = {1, 1};
  fields.zeek.saw(session);
  EXPECT_THAT(missing_of(fields), Contains("Zeek's logs here have no JA3 and no JA4"));
  EXPECT_THAT(missing_of(fields), Contains(HasSubstr("no cipher lists")));
  EXPECT_FALSE(seen_of(fields).client_hello);
  session.ja3 = "aa";
  session.cipher_suites = "1301";
  fields.zeek.saw(session);
  EXPECT_EQ(missing_of(fields).size(), 1u);
  EXPECT_TRUE(seen_of(fields).client_hello);
}

}  // namespace
}  // namespace mogura::logs::detail
