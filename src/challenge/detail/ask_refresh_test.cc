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

std::string unanswered() {
  return pages_asked({"preload", "preload", "preload"}) + R"(
    >> 13000 c1 chromium jar page
    << returned
    >> 13010 answer c1 200 Content-Type=text/html
    << nothing
    >> 30000 c1 chromium jar page
    << returned shown a page
    >> 30010 answer c1 200
    << refresh
  )";
}

TEST(AskRefresh, IsTheLastQuestionAndABrowserAnswersIt) {
  Play play(with_questions({Question::kPreload, Question::kRefresh}));
  play.run(unanswered() + R"(
    >> 30100 c1 chromium jar refresh
    << followed
    >> 30110 answer c1 307
    << nothing
    >> 30200 c1 chromium jar page
    << returned
    >> 50000 c1 chromium jar page
    << returned
  )");
}

TEST(AskRefresh, WhoGoesNowhereShowsNoPages) {
  Play play(with_questions({Question::kPreload, Question::kRefresh}));
  play.run(unanswered() + R"(
    >> 32000 c1 chromium jar page
    << returned
    >> 32010 answer c1 200 Content-Type=text/html
    << nothing
    >> 50000 c1 chromium jar page
    << returned verdict cookie-jar
  )");
  EXPECT_EQ(play.last_verdict().score, 0.6);
  EXPECT_THAT(play.last_verdict().evidence, Contains(HasSubstr("leads on by itself, and went nowhere")));
}

TEST(AskRefresh, AloneItIsAskedOfSuspectsOnly) {
  Play nobody(with_questions({Question::kRefresh}));
  nobody.run(known_jar() + ">> 10000 c1 chromium jar page\n<< returned\n");
  Play suspect(with_questions({Question::kRefresh}));
  suspect.set_passive_score(0.3);
  suspect.run(known_jar() + ">> 10000 c1 chromium jar page\n<< returned shown a page\n");
}

}  // namespace
}  // namespace mogura::challenge
