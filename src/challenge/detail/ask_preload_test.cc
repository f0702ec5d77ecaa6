#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "challenge/testing/pages_test.h"

namespace mogura::challenge {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using testing::known_jar;
using testing::pages_asked;
using testing::Play;
using testing::with_questions;

TEST(AskPreload, AnEngineFetchesWhatALinkNamesAndIsAskedNoMore) {
  Play play(with_questions({Question::kPreload}));
  play.run(pages_asked({"preload"}) + R"(
    >> 10100 c2 chromium jar preload
    << fetched
    >> 10110 answer c2 200
    << nothing
    >> 11000 c1 chromium jar page
    << returned
    >> 11010 answer c1 200 Content-Type=text/html
    << nothing
  )");
}

TEST(AskPreload, WhoFetchesNothingOfThreePagesHasNoEngine) {
  Play play(with_questions({Question::kPreload}));
  play.run(pages_asked({"preload", "preload", "preload"}) + R"(
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
      ">> 40000 c2 chromium jar preload\n<< verdict browser fetched\n>> 40010 answer c2 200\n<< nothing\n");
}

TEST(AskPreload, OnlyPagesNameSomething) {
  Play play(with_questions({Question::kPreload}));
  play.run(known_jar() + R"(
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

TEST(AskPreload, OfOthersItIsNotCountedAndGoesNoFurther) {
  Play play(with_questions({Question::kPreload}));
  play.run(pages_asked({"preload"}) + R"(
    >> move 10.0.0.9
    <<
    >> 11000 c2 chromium - preload
    << not forwarded
    >> 11010 answer c2 200
    << nothing
  )");
}

}  // namespace
}  // namespace mogura::challenge
