#include "pattern/detail/traits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pattern/detail/evaluate.h"
#include "pattern/detail/words.h"
#include "pattern/testing/sessions.h"

namespace mogura::pattern::detail {
namespace {

using session::Direction;
using session::Session;
using testing::add_message;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::ssh_session;

std::vector<const Session*> pointers_to(const std::vector<Session>& sessions) {
  std::vector<const Session*> pointers;
  for (const Session& session : sessions) pointers.push_back(&session);
  return pointers;
}

std::vector<std::string> words_of(const std::vector<Trait>& traits) {
  std::vector<std::string> words;
  for (const Trait& trait : traits) words.push_back(words_for(trait.condition));
  return words;
}

TEST(FindTraits, EachHoldsForEverySession) {
  const std::vector<Session> sessions = {ssh_session(1), ssh_session(2), ssh_session(3)};
  for (const Trait& trait : find_traits(pointers_to(sessions), 5)) {
    for (const Session& session : sessions)
      EXPECT_TRUE(holds(trait.condition, session)) << words_for(trait.condition);
  }
}

TEST(FindTraits, OfSshAreBannerAndLengthsButNoVersionAndNoHost) {
  const std::vector<Session> sessions = {ssh_session(1), ssh_session(2), ssh_session(3)};
  const std::vector<std::string> words = words_of(find_traits(pointers_to(sessions), 5));
  EXPECT_THAT(words, Contains("message 0 from the client has \"SSH-2.0-OpenSSH_\" at offset 0"));
  EXPECT_THAT(words, Contains("6 or more messages of 36 bytes from the client"));
  EXPECT_THAT(words, Contains("there is no User-Agent"));
  EXPECT_THAT(words, Not(Contains(::testing::HasSubstr("example"))));
  EXPECT_THAT(words, Not(Contains(::testing::HasSubstr("Debian"))));
}

TEST(FindTraits, OfTlsAreHelloAndLengthsButNotThoseThatHoldNames) {
  Session session;
  session.kind = session::Kind::kSsl;
  session.inner = protocol::Inner::kTls;
  session.methods = {{"CONNECT", 1}};
  session.cipher_suites = "1301-1302";
  session.ja4 = "t13";
  add_message(session, Direction::kUp, "", 517);
  add_message(session, Direction::kDown, "", 3000);
  add_message(session, Direction::kUp, "", 69);
  const std::vector<std::string> words = words_of(find_traits(pointers_to({session, session}), 5));
  EXPECT_THAT(words, ::testing::UnorderedElementsAre(
                         "there is no User-Agent", "the cipher list is \"1301-1302\"", "JA4 is \"t13\"",
                         "the TLS hello names no server", "message 1 from the client is 69 bytes long"));
}

TEST(FindTraits, FiguresHaveRoomToVary) {
  Session session;
  session.kind = session::Kind::kGetPost;
  session.methods = {{"POST", 1}};
  session.user_agent = "implant/1.0";
  session.user_agent_seen = true;
  session.exchanges = {50, 0};
  session.has_interval = true;
  session.interval_median_s = 10;
  session.interval_mad_s = 1;
  session.http.longest_body_s = {100, 1};
  EXPECT_THAT(words_of(find_traits(pointers_to({session}), 5)),
              ElementsAre("the User-Agent is \"implant/*\"", "a body from the client lasted 25 s or more",
                          "25 or more messages from the client and 0 from the server",
                          "messages from the client every 7 s to 13 s"));
}

TEST(FamilyTraits, AreKindProtocolAndMethod) {
  EXPECT_THAT(words_of(family_traits(family_of(ssh_session(1)))),
              ElementsAre("the kind is \"connect\"", "the inner protocol is \"ssh\""));
  Session session;
  session.kind = session::Kind::kGetPost;
  session.methods = {{"POST", 1}, {"GET", 1}};
  EXPECT_THAT(words_of(family_traits(family_of(session))),
              ElementsAre("the kind is \"get-post\"", "a request had the method \"POST\""));
}

TEST(FindPlaceTraits, AreTheDestinationWhereItIsOne) {
  const std::vector<Session> same = {ssh_session(1), ssh_session(1)};
  EXPECT_THAT(words_of(find_place_traits(pointers_to(same))),
              ElementsAre("the destination is \"host1.example:443\""));
  const std::vector<Session> several = {ssh_session(1), ssh_session(2)};
  EXPECT_THAT(words_of(find_place_traits(pointers_to(several))), IsEmpty());
  Session odd = ssh_session(1);
  odd.destination = "*:443";
  EXPECT_THAT(words_of(find_place_traits(pointers_to({odd}))), IsEmpty()) << "it would match everything";
}

}  // namespace
}  // namespace mogura::pattern::detail
