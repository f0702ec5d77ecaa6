#include "challenge/cookie_provenance.h"

#include <gtest/gtest.h>

namespace mogura::challenge {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Timestamp kStart{std::chrono::seconds(1'800'000'000)};
constexpr std::string_view kHost = "api.news.example";

class Site {
 public:
  CookieUse use;
  CookieProvenance provenance{64, 7, {"ProxySessionID"}};
  Timestamp now = kStart;

  void ask(std::string_view cookie, CookieUse& by) {
    provenance.note_request(kHost, cookie, now += seconds(60), by);
  }
  void answer(std::vector<std::string_view> set_cookies = {}, bool is_page = false,
              std::string_view host = kHost) {
    provenance.note_response(host, is_page, set_cookies, now += seconds(1));
  }
  void poll(int times, std::string_view cookie) {
    for (int i = 0; i < times; ++i) {
      ask(cookie, use);
      answer();
    }
  }
  std::vector<Evidence> evidence() {
    std::vector<Evidence> found;
    provenance.judge(use, now, found);
    return found;
  }
};

TEST(CookieProvenance, ACookieThatNobodySetIsNamed) {
  Site site;
  site.poll(10, "session=abc; b=2");
  const auto found = site.evidence();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].code, "cookie-from-nowhere");
  EXPECT_EQ(found[0].text,
            "10 of 10 requests had a cookie (session) that none of 10 responses of this site set, and none "
            "of them was a "
            "page");
  EXPECT_DOUBLE_EQ(found[0].weight, 0.1);
}

TEST(CookieProvenance, WeighsMoreAfterADay) {
  Site site;
  site.poll(10, "session=abc");
  site.now += hours(24);
  EXPECT_DOUBLE_EQ(site.evidence().at(0).weight, 0.25);
}

TEST(CookieProvenance, WaitsForEnoughRequests) {
  Site site;
  site.poll(7, "session=abc");
  EXPECT_TRUE(site.evidence().empty());
  site.poll(1, "session=abc");
  EXPECT_EQ(site.evidence().size(), 1u);
}

TEST(CookieProvenance, WhatAResponseSetIsExplained) {
  Site site;
  site.answer({"session=first; Path=/; HttpOnly"});
  site.poll(10, "session=abc");
  EXPECT_TRUE(site.evidence().empty());
}

TEST(CookieProvenance, AlsoWhereAnotherHostOfTheSiteSetIt) {
  Site site;
  site.answer({"session=first; Domain=news.example"}, false, "login.news.example");
  site.poll(10, "session=abc");
  EXPECT_TRUE(site.evidence().empty());
}

TEST(CookieProvenance, AlsoWhereItIsLearnedLater) {
  Site site;
  site.poll(10, "session=abc");
  site.answer({"session=second"});
  EXPECT_TRUE(site.evidence().empty());
}

TEST(CookieProvenance, PagesHaveScriptsThatMakeCookies) {
  Site site;
  site.answer({}, true, "www.news.example");
  site.poll(10, "session=abc");
  EXPECT_TRUE(site.evidence().empty());
}

TEST(CookieProvenance, WhatIsInATunnelIsNotSeen) {
  Site site;
  site.provenance.note_tunnel("www.news.example", kStart);
  site.poll(10, "session=abc");
  EXPECT_TRUE(site.evidence().empty());
}

TEST(CookieProvenance, OursDoNotCount) {
  Site site;
  site.poll(10, "ProxySessionID-9948=1.2.3.4");
  EXPECT_TRUE(site.evidence().empty());
}

TEST(CookieProvenance, NowAndThenIsNotAlways) {
  Site site;
  for (int i = 0; i < 10; ++i) {
    site.poll(1, "session=abc");
    site.poll(1, "");
  }
  EXPECT_TRUE(site.evidence().empty());
}

TEST(CookieProvenance, SeveralProgramsThatBringOneAtFirstContact) {
  Site site;
  std::array<CookieUse, 2> others;
  for (CookieUse& other : others) site.ask("session=abc", other);
  site.poll(8, "session=abc");
  const auto found = site.evidence();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[1].code, "cookie-at-first-contact");
  EXPECT_DOUBLE_EQ(*found[1].observed, 3);
}

TEST(CookieProvenance, OneThatCameWithoutAnyIsEnoughToTakeThatBack) {
  Site site;
  std::array<CookieUse, 3> others;
  site.ask("session=abc", others[0]);
  site.ask("session=abc", others[1]);
  site.ask("", others[2]);
  site.poll(8, "session=abc");
  EXPECT_EQ(site.evidence().size(), 1u);
}

TEST(CookieProvenance, LooksAtSoManyCookiesAndNoMore) {
  for (const std::size_t before : {CookieProvenance::kCookies - 1, CookieProvenance::kCookies}) {
    Site site;
    site.answer({"known=1"});
    std::string cookie;
    for (std::size_t i = 0; i < before; ++i) cookie += "known=1; ";
    site.poll(10, cookie + "unknown=1");
    EXPECT_EQ(site.evidence().size(), before < CookieProvenance::kCookies ? 1u : 0u);
  }
}

TEST(CookieProvenance, OddCookieFieldsAreReadWithoutHarm) {
  Site site;
  for (const std::string_view cookie : {"", ";", "=", "=;=", "novalue", " ; ;; a", "\t=\t"})
    site.ask(cookie, site.use);
  EXPECT_EQ(site.use.unexplained, 0u);
  const std::string long_name(1000, 'n');
  site.ask(long_name + "=1", site.use);
  EXPECT_EQ(site.use.name_text(), std::string(CookieUse::kNameBytes, 'n'));
}

TEST(CookieProvenance, SitesMakeRoomForOthers) {
  CookieProvenance provenance{8, 7, {}};
  for (int i = 0; i < 9; ++i) {
    provenance.note_response("a" + std::to_string(i) + ".example", false, {}, kStart + seconds(i));
  }
  EXPECT_EQ(provenance.site("a0.example"), nullptr);
  EXPECT_NE(provenance.site("a8.example"), nullptr);
}

}  // namespace
}  // namespace mogura::challenge
