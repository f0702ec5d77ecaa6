#pragma once

// Stories up to where pages are asked about: the cookie, decoys, and then pages.

#include <string>

#include "challenge/testing/playbook_test.h"

namespace mogura::challenge::testing {

inline Policy with_questions(QuestionSet questions) {
  questions.add(Question::kDecoys);
  Policy policy;
  policy.questions = questions;
  return policy;
}

// A page at this many milliseconds, and its response; what follows is to be said behind it.
inline std::string page_at(int ms, const std::string& jar = "jar") {
  const std::string t = std::to_string(ms);
  return ">> " + t + " c1 chromium " + jar + " page\n<< returned\n>> " + t +
         " answer c1 200 Content-Type=text/html\n<< ";
}

// Afterwards the jar is known; the last at 5010 ms.
inline std::string known_jar(const std::string& jar = "jar") {
  const std::string asks = " c1 chromium " + jar + " page\n",
                    answer = " answer c1 200 Content-Type=text/html\n<< ";
  return ">> 0" + asks + "<< early\n>> 10" + answer + "set\n>> 5000" + asks +
         "<< returned verdict browser\n>> 5010" + answer + "resetvalue\n";
}

// And pages, of which each is asked one of these questions; the first at 10,000 ms, each a second later.
inline std::string pages_asked(const std::vector<std::string>& questions) {
  std::string story = known_jar();
  int ms = 10'000;
  for (const std::string& question : questions) {
    story += page_at(ms, "jar") + question + "\n";
    ms += 1000;
  }
  return story;
}

}  // namespace mogura::challenge::testing
