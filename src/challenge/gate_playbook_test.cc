#include <gtest/gtest.h>

#include "challenge/testing/playbook_test.h"

namespace mogura::challenge {
namespace {

using testing::Play;

void play(const std::string& story) {
  Play().run(story);
}

TEST(Playbook, ColdStartOnSixConnectionsIsNoMiss) {
  play(R"(
    >> 0 c1 chromium jar page
    << early
    >> 20 head c1 200
    << set
    >> 25 c1#2 chromium jar image
    << returned verdict browser
    >> 25 c2 chromium jar image
    << returned
    >> 26 c3 chromium jar image
    << returned
    >> 26 c4 chromium - image
    << unjudged maybe-framed
    >> 40 end c1
    >> 45 c5 chromium jar page
    << returned
    >> 50 answer c5 200
    << resetvalue
  )");
}

TEST(Playbook, TwoTabsAtOnceAreBothEarly) {
  play(R"(
    >> 0 c1 firefox jar page
    << early
    >> 1 c2 firefox - page
    << early
    >> 50 answer c1 200
    << set
    >> 60 answer c2 200
    << set
    >> 100 c1 firefox jar link
    << returned verdict browser
    >> 101 c2 firefox jar image
    << returned
  )");
}

TEST(Playbook, RequestUnderWayWhileTheChallengeIsDeliveredIsEarly) {
  play(R"(
    >> 0 c1 msie - bare
    << early
    >> 50 answer c1 200
    << set
    # It began before, and its head is complete only now.
    >> 40 c2 msie - bare
    << early
  )");
}

TEST(Playbook, ReloadAndBackReturnTheCookie) {
  play(R"(
    >> 0 c1 chromium jar page
    << early
    >> 10 answer c1 200
    << set
    >> 1000 c1 chromium jar reload
    << returned verdict browser
    >> 2000 c1 chromium jar link
    << returned
    >> 3000 c1 chromium jar page
    << returned
  )");
}

TEST(Playbook, PrivateWindowsBesideTheOrdinaryOneAreNotSuspicious) {
  play(R"(
    >> 0 c1 firefox ordinary page
    << early
    >> 10 answer c1 200
    << set
    >> 20 c1 firefox ordinary image
    << returned verdict browser
    >> 5000 c2 firefox private1 page
    << early
    >> 5010 answer c2 200
    << set
    >> 6000 c3 firefox private2 page
    << miss 1
    >> 6010 answer c3 200
    << resetvalue
    >> 7000 c1 firefox ordinary link
    << returned
    >> 8000 c4 firefox private3 page
    << early
  )");
}

TEST(Playbook, ThreePrivateWindowsOfOnePageEachAreNotSuspiciousWhereACookieCameBackBefore) {
  play(R"(
    >> 0 c1 firefox ordinary page
    << early
    >> 10 answer c1 200
    << set
    >> 20 c1 firefox ordinary image
    << returned verdict browser
    >> 5000 c2 firefox private1 page
    << early
    >> 5010 answer c2 200
    << set
    >> 6000 c3 firefox private2 page
    << miss 1
    >> 6010 answer c3 200
    << resetvalue
    >> 7000 c4 firefox private3 page
    << miss 2
    >> 7010 answer c4 200
    << resetvalue
    >> 7020 c4 firefox private3 image
    << returned
  )");
}

TEST(Playbook, ThumbnailsBesideTheJarAreNotJudged) {
  play(R"(
    >> 0 c1 firefox jar page
    << early
    >> 10 answer c1 200
    << set
    >> 20 c1 firefox jar image
    << returned verdict browser
    >> 3000 c2 firefox - reload
    << unjudged reload-without-cookies
    >> 3010 answer c2 200
    << neverset reload-without-cookies
    >> 3020 c2 firefox - reload-image
    << unjudged maybe-framed
    >> 3020 c3 firefox - reload-image
    << unjudged maybe-framed
    >> 4000 c1 firefox jar link
    << returned
  )");
}

// A frame in another site's page gets no cookie back, neither its parts nor where it goes to by itself, in
// Chromium and in Firefox.
TEST(Playbook, FramesInPagesOfOtherSitesAreNotJudged) {
  play(R"(
    >> 0 c1 chromium - elsewhere
    << elsewhere
    >> 10 answer c1 200
    << neverset cross-site
    >> 20 c1 chromium - image
    << unjudged maybe-framed
    >> 20 c2 chromium - image
    << unjudged maybe-framed
    >> 30000 c1 chromium - link
    << unjudged maybe-framed
    >> 30010 answer c1 200
    << neverset maybe-framed
    >> 60000 c3 chromium - link
    << unjudged maybe-framed
  )");
}

TEST(Playbook, FrameOfASiteThatIsAlsoVisitedIsNotJudged) {
  play(R"(
    >> 0 c1 chromium jar page
    << early
    >> 10 answer c1 200
    << set
    >> 20 c1 chromium jar image
    << returned verdict browser
    >> 1000 c2 chromium - elsewhere
    << elsewhere
    >> 1010 answer c2 200
    << neverset cross-site
    >> 2000 c2 chromium - link
    << unjudged maybe-framed
    >> 3000 c3 chromium jar page
    << returned
  )");
}

TEST(Playbook, PageThatAnotherSiteLinksToIsAskedWhenItIsOpenedByItself) {
  play(R"(
    >> 0 c1 firefox jar elsewhere
    << elsewhere
    >> 10 answer c1 200
    << neverset cross-site
    >> 1000 c1 firefox jar page
    << early
    >> 1010 answer c1 200
    << set
    >> 2000 c1 firefox jar elsewhere
    << returned verdict browser
  )");
}

// A browser that opens sixteen tabs makes up all requests at once, and sends them six at a time.
TEST(Playbook, ManyTabsAtAColdStartAreNoMisses) {
  play(R"(
    >> 0 c1 chromium - page
    << early
    >> 1000 answer c1 200
    << set
    >> 1001 c2 chromium - page
    << early
    >> 2000 answer c2 200
    << set
    >> 2499 c3 chromium - page
    << early
    >> 3000 answer c3 200
    << set
    >> 3501 c1 chromium home page
    << miss 1
    >> 4000 answer c1 200
    << resetvalue
    >> 5000 c1 chromium home page
    << returned verdict browser
  )");
}

// A frame of another site looks like a page that was typed in, where its page sends no Referer.
TEST(Playbook, FramesThatDoNotSayWhereTheyAreAreNoMisses) {
  play(R"(
    >> 0 c1 chromium home page
    << early
    >> 10 answer c1 200
    << set
    >> 20 c1 chromium home page
    << returned verdict browser
    >> 25 answer c1 200
    << resetvalue
    >> host frame.test
    >> 30 c2 chromium - page
    << early
    >> 40 answer c2 200
    << set
    >> 60000 c2 chromium - page
    << early
    >> 60010 answer c2 200
    << set
    >> 120000 c3 chromium - page
    << early
  )");
}

TEST(Playbook, CookieBlockingBrowserIsSuspicious) {
  play(R"(
    >> 0 c1 chromium - page
    << early
    >> 10 answer c1 200
    << set
    >> 1000 c2 chromium - page
    << miss 1
    >> 1010 answer c2 200
    << resetvalue
    >> 1900 c1 chromium - page
    << miss 2
    >> 1910 answer c1 200
    << resetvalue
    >> 3000 c1 chromium - page
    << miss 3 suspicious verdict no-jar
    >> 3010 answer c1 200
    << resetvalue
    >> 4000 c1 chromium - page
    << miss 4 suspicious
  )");
}

TEST(Playbook, ExemptClientIsNotAsked) {
  auto exemptions = std::make_shared<Exemptions>();
  ASSERT_TRUE(
      exemptions->add("[[exempt]]\nclient = \"10.0.0.0/24\"\ncomment = \"blocks cookies\"\n", "list"));
  Play({}, exemptions).run(R"(
    >> 0 c1 chromium - page
    << unjudged exempt
    >> 10 answer c1 200
    << neverset exempt
    >> 1000 c2 chromium - page
    << unjudged exempt
    >> move 10.0.1.1
    >> 2000 c2 chromium - page
    << early
  )");
}

TEST(Playbook, EpochThatChangesInMidVisitRenewsTheCookie) {
  Policy policy;
  policy.epoch = std::chrono::minutes(1);
  Play(policy).run(R"(
    >> 50000 c1 chromium jar page
    << early
    >> 50010 answer c1 200
    << set
    >> 59000 c1 chromium jar link
    << returned verdict browser
    >> 61000 c1 chromium jar link
    << returned-old
    >> 61010 head c1 200
    << resetvalue
    >> 61020 c2 chromium jar image
    << returned
    >> 61030 end c1
    >> 110000 c2 chromium jar page
    << returned
  )");
}

TEST(Playbook, MovedAddressIsInconsistentOnce) {
  play(R"(
    >> 0 c1 chromium jar page
    << early
    >> 10 answer c1 200
    << set
    >> move 10.0.0.2
    >> 1000 c2 chromium jar page
    << inconsistency
    >> 1010 answer c2 200
    << resetvalue
    >> 2000 c2 chromium jar link
    << returned verdict browser
  )");
}

TEST(Playbook, ChallengeOfYesterdayIsForgotten) {
  play(R"(
    >> 0 c1 chromium day1 page
    << early
    >> 10 answer c1 302
    << set
    >> 3600000 c2 chromium window page
    << miss 1
    >> 3600010 answer c2 302
    << resetvalue
    # A browser that forgets its cookies when it is closed, on the next day.
    >> 86400000 c3 chromium day2 page
    << early
    >> 86400010 answer c3 302
    << resetvalue
    >> 90000000 c4 chromium window2 page
    << miss 1
  )");
}

TEST(Playbook, PrefetchesAndSubResourcesOfOtherSitesAreNotJudged) {
  play(R"(
    >> 0 c1 chromium - prefetch
    << unjudged prefetch
    >> 10 c2 chromium - foreign-image
    << unjudged cross-site
    >> 20 answer c2 200
    << neverset cross-site
    >> 30 c3 chromium - bare
    << unjudged bare-sub-resource
  )");
}

}  // namespace
}  // namespace mogura::challenge
