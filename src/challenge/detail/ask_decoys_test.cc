#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "challenge/testing/playbook_test.h"

namespace mogura::challenge {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using testing::Play;

// The cookie is given and comes back; decoys are given. What follows is told by the jar.
std::string given(const std::string& client, const std::string& jar, const std::string& kind,
                  const std::string& verdict) {
  const std::string asks = client + " " + jar + " " + kind;
  return ">> 0 c1 " + asks + "\n<< early\n>> 10 answer c1 200\n<< set\n>> 5000 c1 " + asks +
         "\n<< returned verdict " + verdict + "\n>> 5010 answer c1 200\n<< resetvalue\n";
}

TEST(PlaybookOfDecoys, BrowsersReturnNoneAndAreAskedOnce) {
  for (const std::string browser : {"chromium", "firefox"}) {
    Play play;
    play.run(given(browser, "jar", "page", "browser") + ">> 10000 c1 " + browser +
             " jar page\n<< returned\n>> 10010 answer c1 200\n<< nothing\n");
    for (const auto& [key, entry] : play.entries())
      EXPECT_EQ(entry.decoys & ~bit_of(CookieKind::kConflict), 0);
  }
}

TEST(PlaybookOfDecoys, RequestsUnderWayBeforeTheDecoysCameSayNothingOfThem) {
  Play play;
  play.run(R"(
    >> 0 c1 chromium jar page
    << early
    >> 10 answer c1 200
    << set
    >> 5000 c1 chromium jar page
    << returned verdict browser
    >> 5001 c2 chromium jar page
    << returned
    >> 5010 answer c1 200
    << resetvalue
    >> 5011 answer c2 200
    << resetvalue
    >> 10000 c1 chromium jar page
    << returned
    >> 10010 answer c1 200
    << nothing
  )");
}

TEST(PlaybookOfDecoys, LibrariesThatSayWhatTheyAreAreNotAccused) {
  Play curl, naive;
  curl.run(given("curl", "curl", "bare", "cookie-jar") +
           ">> 10000 c1 curl curl bare\n<< returned\n>> 10010 answer c1 200\n<< nothing\n");
  naive.run(
      given("curl", "naive", "bare", "cookie-jar") +
      ">> 10000 c1 curl naive bare\n<< returned verdict naive-jar\n>> 10010 answer c1 200\n<< nothing\n");
  EXPECT_EQ(naive.last_verdict().score, 0);
}

TEST(PlaybookOfDecoys, LibrariesInDisguiseAre) {
  const struct {
    const char* client;
    const char* jar;
    const char* verdict;
    const char* what;
  } cases[] = {
      {"chromium", "naive", "naive-jar", "as the HTTP libraries of programs do"},
      {"firefox", "naive", "naive-jar", "as the HTTP libraries of programs do"},
      {"chromium", "hand", "naive-jar", "as programs do that send whatever they were given"},
      {"chromium", "curl", "cookie-jar", "as curl does"},
  };
  for (const auto& each : cases) {
    Play play({.mode = Mode::kBlock});
    const std::string asks = std::string(each.client) + " " + each.jar + " page";
    play.run(given(each.client, each.jar, "page", "browser") + ">> 10000 c1 " + asks +
             "\n<< forbidden returned inconsistency verdict " + each.verdict + " blocked\n>> 15000 c1 " +
             asks + "\n<< forbidden returned blocked\n");
    EXPECT_GT(play.last_verdict().score, 0.8) << each.what;
    EXPECT_THAT(play.last_verdict().evidence, Contains(HasSubstr(each.what)));
    EXPECT_THAT(play.last_verdict().evidence,
                Contains(HasSubstr("what the User-Agent names would not return them")));
  }
}

// Its own jar is of the old kind.
TEST(PlaybookOfDecoys, InternetExplorerPromisesNothing) {
  Play play;
  play.run(given("explorer", "naive", "page", "browser") +
           ">> 10000 c1 explorer naive page\n<< returned\n>> 10010 answer c1 200\n<< nothing\n");
}

TEST(PlaybookOfDecoys, WhoReturnsOnlyThemHasChosen) {
  Play play;
  play.run(given("msie", "naive", "bare", "cookie-jar"));
  // From now on, another hand keeps the jar.
  const std::string cookies = play.jar("naive");
  std::string decoy = cookies.substr(cookies.find("__Host-"));
  decoy = decoy.substr(0, decoy.find(';'));
  for (const bool is_again : {false, true}) {
    const std::string t = is_again ? "15000" : "10000";
    play.put_into_jar("naive", decoy);
    play.run(">> " + t + " c1 msie naive bare\n<< only-decoys inconsistency" +
             (is_again ? " verdict tampering" : "") + "\n>> " + t + " answer c1 200\n<< resetvalue\n");
  }
}

TEST(PlaybookOfDecoys, CanBeTurnedOff) {
  Play play({.questions = {}});
  play.run(R"(
    >> 0 c1 chromium naive page
    << early
    >> 10 answer c1 200
    << set
    >> 5000 c1 chromium naive page
    << returned verdict browser
    >> 5010 answer c1 200
    << nothing
  )");
}

}  // namespace
}  // namespace mogura::challenge
