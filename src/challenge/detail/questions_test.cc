#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "challenge/testing/playbook_test.h"

namespace mogura::challenge {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using testing::Play;

class Known : public SuspectSource {
 public:
  explicit Known(const SuspectMemory::Analysis& analysis) {
    for (const std::string_view program : {testing::kChromium, testing::kOldExplorer}) {
      memory_.note(program, "www.site.test", false);
    }
    suspects_ = std::make_shared<const Suspects>(memory_.refresh(analysis, Timestamp{std::chrono::hours(1)}));
  }
  [[nodiscard]] std::shared_ptr<const Suspects> now() const override { return suspects_; }
  [[nodiscard]] std::uint64_t version() const override { return 1; }

 private:
  SuspectMemory memory_;
  std::shared_ptr<const Suspects> suspects_;
};

std::shared_ptr<const Known> known(const SuspectMemory::Analysis& analysis = {.has_population = true}) {
  return std::make_shared<const Known>(analysis);
}

constexpr const char* kAskedAsEver = R"(
    >> 0 c1 msie - bare
    << early
    >> 10 answer c1 200
    << set
    >> 5000 c1 msie - bare
    << miss 1
)";

TEST(Questions, WhatIsOrdinaryIsNotAsked) {
  Play play({}, nullptr, known());
  play.run(R"(
    >> 0 c1 msie - bare
    << unjudged ordinary
    >> 10 answer c1 200
    << neverset ordinary
    >> 20 c1 chromium jar page
    << unjudged ordinary
    >> 30 answer c1 200
    << neverset ordinary
  )");
}

TEST(Questions, WhatIsNewOrSuspiciousIs) {
  Play elsewhere({}, nullptr, known());
  elsewhere.run(std::string(">> host new.site.test\n<<\n") + kAskedAsEver);
  Play suspicious({}, nullptr, known({.has_population = true, .hosts = {"www.site.test"}}));
  suspicious.run(kAskedAsEver);
  Play odd({}, nullptr, known());
  odd.set_passive_score(0.3);
  odd.run(kAskedAsEver);
  Policy policy;
  policy.ask = Ask::kEveryone;
  Play everyone(policy, nullptr, known());
  everyone.run(kAskedAsEver);
}

TEST(Questions, WhatComesBackIsReadThoughNobodyIsAsked) {
  Play before;
  before.run(">> 0 c1 chromium jar page\n<< early\n>> 10 answer c1 200\n<< set\n");
  Play after({}, nullptr, known());
  after.put_into_jar("jar", before.jar("jar"));
  after.run(">> 5000 c1 chromium jar page\n<< returned verdict browser\n>> 5010 answer c1 200\n<< nothing\n");
}

// The cookie, decoys, and then pages with Links.
std::string pages_until(const std::string& jar, int links) {
  const std::string asks = " c1 chromium " + jar + " page\n",
                    answer = " answer c1 200 Content-Type=text/html\n<< ";
  std::string story = ">> 0" + asks + "<< early\n>> 10" + answer + "set\n>> 5000" + asks +
                      "<< returned verdict browser\n>> 5010" + answer + "resetvalue\n";
  for (int i = 0; i < links; ++i) {
    const std::string t = std::to_string(10'000 + 1000 * i);
    story += ">> " + t + asks + "<< returned\n>> " + t + answer + "link\n";
  }
  return story;
}

Policy with_engine() {
  Policy policy;
  policy.engine = true;
  return policy;
}

TEST(Questions, AnEngineFetchesWhatALinkNamesAndIsAskedNoMore) {
  Play play(with_engine());
  play.run(pages_until("jar", 1) + R"(
    >> 10100 c2 chromium jar engine
    << fetched
    >> 10110 answer c2 200
    << nothing
    >> 11000 c1 chromium jar page
    << returned
    >> 11010 answer c1 200 Content-Type=text/html
    << nothing
  )");
}

TEST(Questions, WhoFetchesNothingOfThreePagesHasNoEngine) {
  Play play(with_engine());
  play.run(pages_until("jar", 3) + R"(
    >> 15000 c1 chromium jar page
    << returned
    >> 15010 answer c1 200 Content-Type=text/html
    << nothing
    >> 30000 c1 chromium jar page
    << returned verdict cookie-jar
    >> 30010 answer c1 200 Content-Type=text/html
    << nothing
  )");
  EXPECT_EQ(play.last_verdict().score, 0.5);
  EXPECT_THAT(play.last_verdict().evidence, Contains(HasSubstr("3 pages named something")));
  // Later is not too late.
  play.run(
      ">> 40000 c2 chromium jar engine\n<< verdict browser fetched\n>> 40010 answer c2 200\n<< nothing\n");
}

TEST(Questions, OnlyPagesNameSomething) {
  Play play(with_engine());
  play.run(pages_until("jar", 0) + R"(
    >> 10000 c1 chromium jar page
    << returned
    >> 10010 answer c1 200 Content-Type=image/png
    << nothing
    >> 11000 c1 chromium jar page
    << returned
    >> 11010 answer c1 404 Content-Type=text/html
    << nothing
    >> 12000 c1 chromium jar image
    << returned
    >> 12010 answer c1 200 Content-Type=text/html
    << nothing
  )");
}

TEST(Questions, OfOthersTheLinkIsNotCountedAndGoesNoFurther) {
  Play play(with_engine());
  play.run(pages_until("jar", 1) + R"(
    >> move 10.0.0.9
    <<
    >> 11000 c2 chromium - engine
    << not forwarded
    >> 11010 answer c2 200
    << nothing
  )");
}

Policy with_redirect() {
  Policy policy;
  policy.redirect = true;
  return policy;
}

TEST(Questions, SuspectsAreRedirectedOnce) {
  Play play(with_redirect());
  play.set_passive_score(0.4);
  play.run(R"(
    >> 0 c1 msie - bare
    << early redirected
    >> 10 answer c1 307
    << set
    >> 5000 c1 msie - bare
    << miss 1
    >> 5010 answer c1 200
    << resetvalue
    >> 10000 c2 msie - bare
    << miss 2 suspicious verdict no-jar
    >> 10010 answer c2 200
    << resetvalue
  )");
}

TEST(Questions, WhoReturnsTheCookieIsNotRedirected) {
  Play play(with_redirect());
  play.set_passive_score(0.4);
  play.run(R"(
    >> 0 c1 chromium jar page
    << early redirected
    >> 10 answer c1 307
    << set
    >> 20 c1 chromium jar page
    << returned verdict browser
  )");
}

TEST(Questions, WhoIsNoSuspectIsNotRedirected) {
  Play play(with_redirect());
  play.run(kAskedAsEver);
}

}  // namespace
}  // namespace mogura::challenge
