#include "store/detail/session_walk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "protocol/registrable_domain.h"
#include "store/detail/scene_test.h"

namespace mogura::store::detail {
namespace {

using report::SessionFilter;
using report::SessionRow;
using store::testing::at;
using store::testing::number;
using store::testing::Scene;

constexpr std::uint32_t kSessions = 600;

// Of some hours, in no order, with a few values each; some end at the same time.
session::Session one(std::uint32_t n) {
  session::Session session = store::testing::session(n);
  session.start = at(1'795'325'000'000'000 + std::int64_t{n * 7919 % 300} * 100'000'000);
  session.end = session.start + std::chrono::seconds(2);
  session.client = {Address::v4(0x0A000000u + n % 7), static_cast<std::uint16_t>(n)};
  session.destination = "h" + std::to_string(n % 11) + ".site" + std::to_string(n % 5) + ".example:443";
  session.user_agent_seen = n % 4 != 0;
  session.user_agent = session.user_agent_seen ? "Agent/" + std::to_string(n % 3) : "";
  session.cipher_suites = n % 6 == 0 ? "" : "list" + std::to_string(n % 2);
  session.ja4 = n % 6 == 0 ? "" : "ja4-" + std::to_string(n % 9);
  session.kind = static_cast<session::Kind>(n % 17 == 0 ? 3 : n % 3);
  return session;
}

bool fits(const session::Session& session, const SessionFilter& filter) {
  const auto is = [](const std::string& wanted, std::string_view value) {
    return wanted.empty() || wanted == value;
  };
  return is(filter.destination, session.destination) &&
         is(filter.client, session.client.address.to_string()) && is(filter.user_agent, session.user_agent) &&
         is(filter.cipher_suites, session.cipher_suites) && is(filter.ja4, session.ja4) &&
         is(filter.kind, session::name_of(session.kind)) &&
         is(filter.registrable_domain, protocol::registrable_domain(session.destination)) &&
         (!filter.has_no_user_agent || !session.user_agent_seen) &&
         (!filter.from || session.end >= *filter.from) && (!filter.to || session.end < *filter.to);
}

class SessionWalkTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (std::uint32_t n = 0; n < kSessions; ++n) scene_.add(one(n));
    scene_.commit();
  }
  // All pages together.
  std::vector<SessionRow> all(
      const SessionFilter& filter, std::size_t limit, const std::function<void()>& between = [] {}) {
    std::vector<SessionRow> rows;
    report::Page page{limit, ""};
    for (std::size_t pages = 0; pages < kSessions + 2; ++pages) {
      const auto answer = scene_.archive().sessions(filter, page);
      EXPECT_TRUE(answer) << answer.error().message();
      if (!answer) break;
      EXPECT_LE(answer->rows.size(), limit);
      rows.insert(rows.end(), answer->rows.begin(), answer->rows.end());
      if (answer->next.empty()) return rows;
      page.after = answer->next;
      between();
    }
    ADD_FAILURE() << "there is no last page";
    return rows;
  }
  static std::multiset<std::string> expected(const SessionFilter& filter) {
    std::multiset<std::string> ids;
    for (std::uint32_t n = 0; n < kSessions; ++n) {
      if (fits(one(n), filter)) ids.insert(session::session_id(one(n)));
    }
    return ids;
  }
  void expect_all(const SessionFilter& filter, const char* why) {
    for (const std::size_t limit : {std::size_t{1}, std::size_t{7}, std::size_t{500}}) {
      const auto rows = all(filter, limit);
      std::multiset<std::string> ids;
      for (const SessionRow& row : rows) ids.insert(row.session_id);
      EXPECT_EQ(ids, expected(filter)) << why << ", " << limit;
      EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return a.end > b.end;
      })) << why;
    }
  }

  Scene scene_;
};

TEST_F(SessionWalkTest, FindsExactlyWhatFitsLatestFirst) {
  const auto filter = [](const std::function<void(SessionFilter&)>& set) {
    SessionFilter wanted;
    set(wanted);
    return wanted;
  };
  const struct {
    SessionFilter filter;
    const char* why;
  } rows[] = {
      {{}, "everything"},
      {filter([](auto& f) { f.destination = "h3.site3.example:443"; }), "destination"},
      {filter([](auto& f) { f.client = "10.0.0.3"; }), "client"},
      {filter([](auto& f) { f.user_agent = "Agent/1"; }), "User-Agent"},
      {filter([](auto& f) { f.has_no_user_agent = true; }), "no User-Agent"},
      {filter([](auto& f) { f.cipher_suites = "list1"; }), "cipher list"},
      {filter([](auto& f) { f.ja4 = "ja4-5"; }), "JA4"},
      {filter([](auto& f) { f.kind = "websocket"; }), "kind"},
      {filter([](auto& f) { f.registrable_domain = "site2.example"; }), "domain"},
      {filter([](auto& f) { f.destination = "nobody.example:443"; }), "nothing"},
      {filter([](auto& f) {
         f.client = "10.0.0.3";
         f.kind = "connect";
         f.user_agent = "Agent/2";
       }),
       "several"},
      {filter([](auto& f) {
         f.ja4 = "ja4-5";
         f.cipher_suites = "list1";
         f.registrable_domain = "site4.example";
         f.has_no_user_agent = true;
       }),
       "several by keys"},
      {filter([](auto& f) {
         f.from = one(5).end;
         f.to = one(7).end;
       }),
       "a time"},
      {filter([](auto& f) {
         f.client = "10.0.0.3";
         f.from = one(5).end;
       }),
       "a client since"},
      {filter([](auto& f) {
         f.kind = "ssl";
         f.to = one(5).end;
       }),
       "a kind until"},
      {filter([](auto& f) { f.from = f.to = one(5).end; }), "an empty time"},
  };
  for (const auto& row : rows) expect_all(row.filter, row.why);
}

TEST_F(SessionWalkTest, PagesStayWhatTheyAreWhileSessionsAreAdded) {
  std::uint32_t next = kSessions;
  const auto add_later = [&] {
    session::Session later = one(next);
    later.start = at(1'795'400'000'000'000 + std::int64_t{next} * 1'000'000);
    later.end = later.start;
    scene_.add(later);
    scene_.commit();
    ++next;
  };
  SessionFilter filter;
  filter.client = "10.0.0.3";
  const auto rows = all(filter, 5, add_later);
  EXPECT_GT(next, kSessions + 10);
  EXPECT_EQ(rows.size(), expected(filter).size());
}

TEST_F(SessionWalkTest, PagesGoOnWhereTheirEndHasBeenDeleted) {
  SessionFilter filter;
  filter.client = "10.0.0.3";
  const auto first = scene_.archive().sessions(filter, {5, ""});
  scene_.execute("DELETE FROM sessions WHERE session_id = '" + first->rows.back().session_id + "'");
  const auto second = scene_.archive().sessions(filter, {500, first->next});
  EXPECT_EQ(first->rows.size() + second->rows.size(), expected(filter).size());
}

TEST_F(SessionWalkTest, GivesBackAllColumns) {
  SessionFilter filter;
  filter.from = one(7).end;
  filter.client = one(7).client.address.to_string();
  const auto rows = all(filter, 500);
  const auto found = std::find_if(rows.begin(), rows.end(), [](const SessionRow& row) {
    return row.session_id == session::session_id(one(7));
  });
  ASSERT_NE(found, rows.end());
  EXPECT_EQ(found->start, one(7).start);
  EXPECT_EQ(found->end, one(7).end);
  EXPECT_EQ(found->client, "10.0.0.0");
  EXPECT_EQ(found->destination, one(7).destination);
  EXPECT_EQ(found->kind, "connect");
  EXPECT_EQ(found->user_agent, "Agent/1");
  EXPECT_EQ(found->inner_protocol, "tls");
  EXPECT_EQ(found->ja4, "ja4-7");
  EXPECT_EQ(found->exchanges_up, 12u);
  EXPECT_EQ(found->exchanges_down, 34u);
  EXPECT_EQ(found->bytes_up, 9000u);
  EXPECT_EQ(found->bytes_down, 123'456u);
  EXPECT_EQ(found->line.substr(0, 14), R"({"session_id":)");
}

TEST_F(SessionWalkTest, RefusesHostilePlaces) {
  for (const char* after : {"x", "s1", "c1.2", "s1.2;", "s' OR 1"}) {
    const auto answer = scene_.archive().sessions({}, {10, after});
    ASSERT_FALSE(answer) << after;
    EXPECT_EQ(answer.error().code, ErrorCode::kUsage);
  }
  EXPECT_TRUE(scene_.archive().sessions({}, {10, "s-9223372036854775808.0"})->rows.empty());
  EXPECT_EQ(scene_.archive().sessions({}, {10, "s9223372036854775807.0"})->rows.size(), 10u);
}

TEST_F(SessionWalkTest, TakesHostileTextsAsTexts) {
  session::Session odd = one(1);
  odd.start += std::chrono::microseconds(1);
  odd.destination = std::string("a\0'; DROP TABLE sessions; --\xff", 29);
  odd.user_agent = std::string(1 << 20, '%');
  scene_.add(odd);
  scene_.commit();
  SessionFilter filter;
  filter.destination = odd.destination;
  ASSERT_EQ(all(filter, 10).size(), 1u);
  EXPECT_EQ(all(filter, 10)[0].user_agent, odd.user_agent);
  filter.user_agent = odd.user_agent;
  EXPECT_EQ(all(filter, 10).size(), 1u);
  filter.destination = "a";
  EXPECT_TRUE(all(filter, 10).empty()) << "the text does not end at its NUL";
}

TEST_F(SessionWalkTest, APageHasNoMoreBytesThanItsLimit) {
  for (std::uint32_t n = 0; n < 10; ++n) {
    session::Session large = one(n);
    large.start = at(1'795'500'000'000'000 + n);
    large.end = large.start;
    large.user_agent = std::string(1 << 20, 'x');
    large.user_agent_seen = true;
    scene_.add(large);
  }
  scene_.commit();
  const auto page = scene_.archive().sessions({}, {500, ""});
  EXPECT_LT(page->rows.size(), 10u);
  EXPECT_GE(page->rows.size(), 1u);
  EXPECT_EQ(all({}, 500).size(), kSessions + 10);
}

TEST(SessionWalkLimits, AnswersEarlyWhereTooMuchWouldHaveToBeLookedAt) {
  Scene scene;
  // Two values of which each is frequent and which never meet but once, in the beginning.
  for (std::uint32_t n = 0; n < kLookedAt + 1000; ++n) {
    session::Session session = one(6);
    session.start = at(1'795'325'000'000'000 + n);
    session.end = session.start;
    session.client.address = Address::v4(n % 2);
    session.user_agent_seen = true;
    session.user_agent = n == 0 ? "Agent/1" : "Agent/" + std::to_string(n % 2);
    scene.add(session);
  }
  scene.commit();
  SessionFilter filter;
  filter.client = "0.0.0.0";
  filter.user_agent = "Agent/1";
  filter.kind = "get-post";
  report::Page page;
  std::size_t pages = 0, rows = 0;
  do {
    const auto answer = scene.archive().sessions(filter, page);
    ASSERT_TRUE(answer);
    rows += answer->rows.size();
    page.after = answer->next;
  } while (!page.after.empty() && ++pages < 10);
  EXPECT_EQ(rows, 1u);
  EXPECT_LE(pages, 2u);
}

TEST(SessionWalkTimes, AlsoBefore1970AndFarAhead) {
  Scene scene;
  for (const std::int64_t end :
       {std::int64_t{-7'200'000'001}, std::int64_t{-1}, std::int64_t{0}, std::int64_t{1},
        std::int64_t{3'600'000'000}, std::int64_t{9'000'000'000'000'000}}) {
    session::Session session = one(1);
    session.start = session.end = at(end);
    scene.add(session);
  }
  scene.commit();
  for (const char* client : {"", "10.0.0.1"}) {
    SessionFilter filter;
    filter.client = client;
    report::Page page{1, ""};
    std::vector<std::int64_t> ends;
    do {
      const auto answer = scene.archive().sessions(filter, page);
      ASSERT_TRUE(answer);
      for (const auto& row : answer->rows) ends.push_back(row.end.time_since_epoch().count() / 1000);
      page.after = answer->next;
    } while (!page.after.empty() && ends.size() < 20);
    EXPECT_EQ(ends,
              (std::vector<std::int64_t>{9'000'000'000'000'000, 3'600'000'000, 1, 0, -1, -7'200'000'001}));
  }
}

}  // namespace
}  // namespace mogura::store::detail
