#include <gtest/gtest.h>

#include <algorithm>

#include "finding/detail/rules.h"
#include "finding/detail/sessions_for_test.h"

namespace mogura::finding::detail {
namespace {

using session::Session;
using testing::facts_of;
using testing::ssl;

Session talk(std::uint64_t exchanges, int seconds) {
  Session session = ssl("a.example:443", 1, 0, "agent", "1301");
  session.exchanges = {exchanges, exchanges + 5};
  session.end = session.start + std::chrono::seconds(seconds);
  return session;
}

struct Judged {
  explicit Judged(const std::vector<Session>& sessions, std::vector<std::uint64_t> others = {}) {
    ordinary.exchanges = std::move(others);
    const Context context{population, ordinary, places, identity::Catalogue::bundled(), nullptr};
    judge_shape(facts_of(sessions), context, evidence);
  }
  [[nodiscard]] const Evidence* find(std::string_view code) const {
    const auto place = std::find_if(evidence.begin(), evidence.end(),
                                    [code](const Evidence& item) { return item.code == code; });
    return place == evidence.end() ? nullptr : &*place;
  }
  population::Population population;
  OrdinaryConversations ordinary;
  HelloPlaces places;
  EvidenceList evidence;
};

TEST(LongConversation, IsLongerThanThoseOfOrdinaryServices) {
  const std::vector<std::uint64_t> others(40, 30);
  const Judged judged({talk(31, 60)}, others);
  const Evidence* const evidence = judged.find("long-conversation");
  ASSERT_NE(evidence, nullptr);
  EXPECT_EQ(evidence->weight, 0.25);
  EXPECT_EQ(
      evidence->text,
      "a session with at least 31 messages each way (the longest session took 60 s); of 40 services that "
      "at least 3 clients visit, none has one as long, the longest has 30");
}

TEST(LongConversation, IsNotSaidWithoutReason) {
  const std::vector<std::uint64_t> others(40, 30);
  const struct {
    Session session;
    std::vector<std::uint64_t> others;
    const char* why;
  } cases[] = {
      {talk(30, 60), others, "all others have as many"},
      {talk(24, 60), std::vector<std::uint64_t>(40, 3), "fewer than 25"},
      {talk(500, 19), others, "shorter than 20 s"},
      {talk(49, 60), {}, "nothing to compare with, and fewer than 50"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Judged({c.session}, c.others).find("long-conversation"), nullptr) << c.why;
  }
}

TEST(LongConversation, WeighsLessWithNothingToCompareWith) {
  const Judged judged({talk(50, 60)}, std::vector<std::uint64_t>(19, 30));
  const Evidence* const evidence = judged.find("long-conversation");
  ASSERT_NE(evidence, nullptr);
  EXPECT_NEAR(evidence->weight, 0.15, 1e-9);
}

TEST(BareTls, IsSaidOfLongConversationsWhoseHellosHaveNoAlpn) {
  Session session = talk(80, 60);
  session.alpn.clear();
  EXPECT_NE(Judged({session}).find("bare-tls"), nullptr);
  EXPECT_EQ(Judged({talk(80, 60)}).find("bare-tls"), nullptr) << "has ALPN";
  session.exchanges = {5, 5};
  EXPECT_EQ(Judged({session}).find("bare-tls"), nullptr) << "not long";
}

TEST(LongBody, IsOfPlainHttpOnly) {
  Session session = talk(3, 60);
  session.kind = session::Kind::kGetPost;
  session.http.requests = 1;
  session.http.has_endless_body[0] = true;
  session.http.longest_body_s[0] = 58;
  const Judged judged({session});
  const Evidence* const evidence = judged.find("long-body");
  ASSERT_NE(evidence, nullptr);
  EXPECT_EQ(evidence->weight, 0.4);
}

}  // namespace
}  // namespace mogura::finding::detail
