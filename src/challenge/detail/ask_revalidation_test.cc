#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "challenge/testing/pages_test.h"

namespace mogura::challenge {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using testing::known_jar;
using testing::page_at;
using testing::pages_asked;
using testing::Play;
using testing::with_questions;

TEST(AskRevalidation, WhoKeepsACacheIsAskedNoMore) {
  Play play(with_questions({Question::kRevalidation}));
  play.run(pages_asked({"revalidation", "revalidation"}) + R"(
    >> 12000 c1 chromium jar validated
    << returned
    >> 12010 answer c1 200 Content-Type=text/html
    << nothing
  )");
}

TEST(AskRevalidation, PagesWithAValidatorOrThatAreNotToBeKeptAreLeftAlone) {
  for (const char* field :
       {"ETag=\"1\"", "etag=W/\"1\"", "Last-Modified=Sun", "Cache-Control=private,No-Store", "Vary=*"}) {
    Play play(with_questions({Question::kRevalidation}));
    play.run(known_jar() +
             ">> 10000 c1 chromium jar page\n<< returned\n>> 10010 answer c1 200 Content-Type=text/html " +
             field + "\n<< nothing\n");
  }
}

TEST(AskRevalidation, IsNotAskedWhereACacheWouldKeepItForOthers) {
  Play play(with_questions({Question::kRevalidation}));
  play.put_cache_behind();
  play.run(pages_asked({"nothing"}));
}

// As the HTTP library of Windows is documented to behave.
TEST(AskRevalidation, IsToldOfWhoHasACacheAndNoEngine) {
  Play play(with_questions({Question::kRevalidation, Question::kPreload}));
  play.run(pages_asked({"revalidation preload", "revalidation preload"}) + R"(
    >> 12000 c1 chromium jar validated
    << returned
    >> 12010 answer c1 200 Content-Type=text/html
    << preload
    >> 30000 c1 chromium jar page
    << returned verdict cookie-jar
  )");
  EXPECT_THAT(play.last_verdict().evidence, Contains(HasSubstr("keeps a cache")));
  EXPECT_EQ(play.last_verdict().score, 0.5);
}

TEST(AskRevalidation, SomebodyElsesValidatorSaysNothing) {
  Play play(with_questions({Question::kRevalidation}));
  play.run(pages_asked({"revalidation"}) + R"(
    >> move 10.0.0.9
    <<
    >> 11000 c2 chromium other validated
    << early
    >> 11010 answer c2 200 Content-Type=text/html
    << set
    >> 16000 c2 chromium other page
    << returned verdict browser
    >> 16010 answer c2 200 Content-Type=text/html
    << resetvalue
  )");
}

}  // namespace
}  // namespace mogura::challenge
