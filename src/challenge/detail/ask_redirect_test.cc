#include <gtest/gtest.h>

#include "challenge/testing/pages_test.h"

namespace mogura::challenge {
namespace {

using testing::Play;
using testing::with_questions;

TEST(AskRedirect, SuspectsAreRedirectedOnce) {
  Play play(with_questions({Question::kRedirect}));
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

TEST(AskRedirect, WhoReturnsTheCookieIsNotRedirected) {
  Play play(with_questions({Question::kRedirect}));
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

TEST(AskRedirect, WhoIsNoSuspectIsNotRedirected) {
  Play play(with_questions({Question::kRedirect}));
  play.run(R"(
    >> 0 c1 msie - bare
    << early
    >> 10 answer c1 200
    << set
    >> 5000 c1 msie - bare
    << miss 1
  )");
}

}  // namespace
}  // namespace mogura::challenge
