#include "challenge/question.h"

namespace mogura::challenge {

const std::array<QuestionCard, kQuestions>& question_cards() {
  static constexpr std::array<QuestionCard, kQuestions> kCards{{
      {.question = Question::kDecoys,
       .name = "decoys",
       .asks = "what keeps your cookies?",
       .asked_of = "whom the cookie has come back from, once",
       .costs = "five more Set-Cookie lines in one response, about 650 bytes",
       .disturbs = "nothing that was seen; browsers drop these cookies without a word"},
      {.question = Question::kRevalidation,
       .name = "revalidation",
       .asks = "do you keep a cache?",
       .asked_of =
           "who keeps cookies and says that it is a current browser, with pages that have no validator",
       .costs = "one field line in a page's response, about 60 bytes",
       .disturbs = "nothing that was seen; the field is taken out of requests again"},
      {.question = Question::kPreload,
       .name = "preload",
       .asks = "do you show pages?",
       .asked_of =
           "who keeps cookies and says that it is a current browser, with up to three pages of a host",
       .costs = "one field line in a page's response, and one request that ends at the proxy",
       .disturbs =
           "developers, by a note in the browser's console that something was preloaded and not used"},
      {.question = Question::kReport,
       .name = "report",
       .asks = "do you heed a page's policies?",
       .asked_of =
           "who keeps cookies and says that it is a current browser, with up to three pages of a host",
       .costs = "two field lines in a page's response, and one request that ends at the proxy; one more for "
                "each other port that the page's scripts talk to",
       .disturbs = "developers, by notes in the browser's console that a policy would have been violated"},
      {.question = Question::kRedirect,
       .name = "redirect",
       .asks = "does the cookie come back at once?",
       .asked_of = "suspects that return none, once for each host",
       .costs = "one round trip",
       .disturbs = "programs that do not follow redirections: they lose one request"},
      {.question = Question::kRefresh,
       .name = "refresh",
       .asks = "do you follow a page that leads on by itself?",
       .asked_of = "who keeps cookies as a browser and left the other questions about pages unanswered, once "
                   "for each host",
       .costs = "two round trips, and an empty page for a moment",
       .disturbs = "people, who see a page load twice; programs, which take the empty page for the answer"},
  }};
  return kCards;
}

std::string_view name_of(Question question) {
  return question_cards()[static_cast<std::size_t>(question)].name;
}

}  // namespace mogura::challenge
