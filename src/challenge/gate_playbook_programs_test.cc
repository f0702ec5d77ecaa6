#include <gtest/gtest.h>

#include "challenge/testing/playbook_test.h"

namespace mogura::challenge {
namespace {

using testing::Play;

void play(const std::string& story) {
  Play().run(story);
}

TEST(PlaybookOfPrograms, ProgramThatAlwaysAsksLikeAReloadIsSuspiciousInTheEnd) {
  Play play;
  std::string story = ">> 0 c0 chromium - reload\n<< early\n>> 10 answer c0 200\n<< set\n";
  for (int i = 1; i < 8; ++i) {
    const std::string n = std::to_string(i), t = std::to_string(i * 1000);
    story += ">> " + t + " c" + n + " chromium - reload\n<< miss " + n + "\n>> " + t + " answer c" + n +
             " 200\n<< resetvalue\n";
  }
  play.run(story + ">> 9000 c8 chromium - reload\n<< miss 8 suspicious verdict no-jar\n");
}

TEST(PlaybookOfPrograms, KeepAliveClientWithoutAJarIsSuspiciousAtItsThirdRequest) {
  play(R"(
    >> 0 c1 msie - bare
    << early
    >> 10 answer c1 404
    << set
    >> 5000 c1 msie - bare
    << miss 1
    >> 5010 answer c1 404
    << resetvalue
    >> 10000 c1 msie - bare
    << miss 2 suspicious verdict no-jar
  )");
}

TEST(PlaybookOfPrograms, MissesOfOneConnectionInNoTimeDoNotSuffice) {
  play(R"(
    >> 0 c1 msie - bare
    << early
    >> 10 answer c1 200
    << set
    >> 20 c1 msie - bare
    << miss 1
    >> 30 answer c1 200
    << resetvalue
    >> 40 c1 msie - bare
    << miss 2
    >> 50 answer c1 200
    << resetvalue
    >> 110 c1 msie - bare
    << miss 3 suspicious verdict no-jar
  )");
}

TEST(PlaybookOfPrograms, PipelinedRequestsAreEarly) {
  play(R"(
    >> 0 c1 msie - bare
    << early
    >> 1 c1#2 msie - bare
    << early
    >> 2 c1#3 msie - bare
    << early
    >> 10 answer c1 200
    << set
    >> 11 answer c1#2 200
    << set
    >> 12 answer c1#3 200
    << set
  )");
}

TEST(PlaybookOfPrograms, OneShotImplantIsSuspiciousAtItsThirdRequest) {
  play(R"(
    >> 0 c1 msie-cookie - bare
    << early
    >> 5 answer c1 200
    << set
    >> 10 c2 msie-cookie - bare
    << miss 1
    >> 15 answer c2 200
    << resetvalue
    >> 20 c3 msie-cookie - bare
    << miss 2 suspicious verdict no-jar
  )");
}

TEST(PlaybookOfPrograms, ImplantBesideABrowserOnTheSameHostIsToldApart) {
  play(R"(
    >> 0 b1 chromium jar page
    << early
    >> 1 i1 msie - bare
    << early
    >> 10 answer b1 200
    << set
    >> 11 answer i1 200
    << set
    >> 1000 b1 chromium jar link
    << returned verdict browser
    >> 1001 i2 msie - bare
    << miss 1
    >> 1010 answer i2 200
    << resetvalue
    >> 2000 b2 chromium jar image
    << returned
    >> 2001 i3 msie - bare
    << miss 2 suspicious verdict no-jar
    >> 2010 answer i3 200
    << resetvalue
    >> 3000 b1 chromium jar link
    << returned
  )");
}

TEST(PlaybookOfPrograms, ImplantWithAJarIsACookieJar) {
  play(R"(
    >> 0 c1 msie jar bare
    << early
    >> 10 answer c1 200
    << set
    >> 5000 c2 msie jar bare
    << returned verdict cookie-jar
    >> 10000 c3 msie jar bare
    << returned
  )");
}

TEST(PlaybookOfPrograms, SuspiciousClientWhoseCookieComesBackIsSoNoMore) {
  play(R"(
    >> 0 c1 curl - bare
    << early
    >> 10 answer c1 200
    << set
    >> 20 c2 curl - bare
    << miss 1
    >> 30 answer c2 200
    << resetvalue
    >> 40 c3 curl jar bare
    << miss 2 suspicious verdict no-jar
    >> 50 answer c3 200
    << resetvalue
    >> 60 c4 curl jar bare
    << returned verdict cookie-jar
    >> 70 c5 curl - bare
    << early
  )");
}

TEST(PlaybookOfPrograms, StoreThatDoesNotAnswerMakesNobodySuspicious) {
  play(R"(
    >> 0 c1 msie - bare
    << early
    >> 10 answer c1 200
    << set
    >> store down
    >> 1000 c2 msie - bare
    << unjudged store-unavailable
    >> 1010 answer c2 200
    << neverset store-unavailable
    >> 2000 c3 msie - bare
    << unjudged store-unavailable
    >> 2010 answer c3 200
    << neverset store-unavailable
    >> store up
    >> 3000 c4 msie - bare
    << miss 1
  )");
}

TEST(PlaybookOfPrograms, CopiedJarIsInconsistentEveryTime) {
  Play play;
  play.run(">> 0 c1 chromium jar page\n<< early\n>> 10 answer c1 200\n<< set\n>> move 10.0.0.66\n");
  for (const char* at : {"1000", "2000", "3000", "4000"}) {
    play.run(std::string(">> ") + at + " c2 chromium jar page\n<< inconsistency\n");
  }
}

TEST(PlaybookOfPrograms, MadeUpTokensAreTampering) {
  Play play;
  play.put_into_jar("forger", play.cookie_name() + "=1.20000.AAAAAAAAAAAAAAAA.BBBBBBBB");
  play.run(R"(
    >> 0 c1 msie forger bare
    << inconsistency
    >> 10 head c1 200
    << resetvalue
    >> 20 end c1
  )");
  play.put_into_jar("forger", play.cookie_name() + "=1.20000.AAAAAAAAAAAAAAAB.BBBBBBBB");
  play.run(">> 1000 c2 msie forger bare\n<< inconsistency verdict tampering\n");
}

TEST(PlaybookOfPrograms, GarbageUnderOurNameIsLeftAloneAndNeverSuspicious) {
  Play play;
  play.put_into_jar("odd", play.cookie_name() + "=garbage");
  play.run(R"(
    >> 0 c1 msie odd bare
    << inconsistency
    >> 10 answer c1 200
    << nothing
    >> 1000 c2 msie odd bare
    << 
    >> 2000 c3 msie odd bare
    << 
    >> 3000 c4 msie odd bare
    << 
  )");
}

TEST(PlaybookOfPrograms, OriginThatSetsACookieOfOurNameKeepsIt) {
  Play play;
  play.run(">> 0 c1 msie jar bare\n<< early\n>> 10 answer c1 200 Set-Cookie=" + play.cookie_name() +
           "=its-own\n<< neverset name-taken\n");
}

TEST(PlaybookOfPrograms, OriginsCookiesAreAddedTo) {
  play(R"(
    >> 0 c1 msie jar bare
    << early
    >> 10 answer c1 302 Set-Cookie=sid=1
    << addvalue
    >> 20 c1 msie jar bare
    << returned verdict cookie-jar
  )");
}

TEST(PlaybookOfPrograms, AnyStatusCarriesTheCookieBut304And1xx) {
  for (const char* status : {"200", "204", "301", "302", "307", "404", "500", "503"}) {
    play(std::string(">> 0 c1 msie - bare\n<< early\n>> 10 answer c1 ") + status + "\n<< set\n");
  }
  play(">> 0 c1 msie - bare\n<< early\n>> 10 answer c1 304\n<< neverset not-modified\n");
  play(">> 0 c1 msie - bare\n<< early\n>> 5 head c1 100\n<< nothing\n>> 10 answer c1 200\n<< set\n");
}

TEST(PlaybookOfPrograms, OriginThatAlwaysAnswers304IsNoMiss) {
  play(R"(
    >> 0 c1 curl - bare
    << early
    >> 10 answer c1 304
    << neverset not-modified
    >> 1000 c2 curl - bare
    << early
    >> 1010 answer c2 304
    << neverset not-modified
    >> 2000 c3 curl - bare
    << early
  )");
}

TEST(PlaybookOfPrograms, BlockRefusesOnlySuspiciousClientsAndLetsThemOut) {
  Policy policy;
  policy.mode = Mode::kBlock;
  Play(policy).run(R"(
    >> 0 c1 curl - bare
    << early
    >> 10 answer c1 200
    << set
    >> 20 c2 curl - bare
    << miss 1
    >> 30 answer c2 200
    << resetvalue
    >> 40 c3 curl jar bare
    << miss 2 suspicious verdict no-jar blocked
    >> 45 c5 curl - bare
    << early blocked
    >> 50 answer c3 403
    << resetvalue
    >> 60 c4 curl jar bare
    << returned verdict cookie-jar
  )");
}

TEST(PlaybookOfPrograms, OffOnlyTakesOurCookiesOut) {
  Policy policy;
  policy.mode = Mode::kOff;
  Play play(policy);
  play.put_into_jar("jar", play.cookie_name() + "=1.20000.AAAAAAAAAAAAAAAA.BBBBBBBB");
  play.run(">> 0 c1 msie jar bare\n<< unjudged off\n>> 10 answer c1 200\n<< nothing\n");
}

// A fixed header set with a Referer that suits it, as profiles of well-known tools have.
TEST(PlaybookOfPrograms, OldBrowserThatAlwaysComesFromAnotherSiteIsSuspiciousInTheEnd) {
  Play play;
  std::string story = ">> 0 c0 explorer - elsewhere\n<< early\n>> 10 answer c0 200\n<< set\n";
  for (int i = 1; i < 8; ++i) {
    const std::string n = std::to_string(i), t = std::to_string(i * 1000);
    story += ">> " + t + " c" + n + " explorer - elsewhere\n<< miss " + n + "\n>> " + t + " answer c" + n +
             " 200\n<< resetvalue\n";
  }
  play.run(story + ">> 9000 c8 explorer - elsewhere\n<< miss 8 suspicious verdict no-jar\n");
}

}  // namespace
}  // namespace mogura::challenge
