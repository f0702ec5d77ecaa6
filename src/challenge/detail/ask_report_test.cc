#include <gtest/gtest.h>

#include "challenge/testing/pages_test.h"

namespace mogura::challenge {
namespace {

using testing::pages_asked;
using testing::Play;
using testing::with_questions;

TEST(AskReport, AnEngineReportsAndIsAskedNoMore) {
  Play play(with_questions({Question::kReport}));
  play.run(pages_asked({"report"}) + R"(
    >> 10100 c2 chromium jar report
    << reported
    >> 10110 answer c2 204
    << nothing
    >> 11000 c1 chromium jar page
    << returned
    >> 11010 answer c1 200 Content-Type=text/html
    << nothing
  )");
}

TEST(AskReport, TakesTurnsWithPreload) {
  Play play(with_questions({Question::kReport, Question::kPreload}));
  play.run(pages_asked({"preload", "report", "preload"}) + R"(
    >> 30000 c1 chromium jar page
    << returned verdict cookie-jar
  )");
}

TEST(AskReport, AnotherReportIsNotForwardedAndNotCounted) {
  Play play(with_questions({Question::kReport}));
  play.run(pages_asked({"report"}) + R"(
    >> move 10.0.0.9
    <<
    >> 11000 c2 chromium - report
    << not forwarded
    >> 11010 answer c2 204
    << nothing
  )");
}

}  // namespace
}  // namespace mogura::challenge
