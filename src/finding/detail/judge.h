#pragma once

// From what is known of a service to its finding: all rules, the application, the question for the analyst.
// Private to the room.

#include <string_view>

#include "finding/detail/rules.h"

namespace mogura::finding::detail {

// False for services that no rule could ever bring far enough; cheap.
bool is_worth_judging(const ServiceFacts& facts);

// Whether its finding is given at all.
bool is_listed(const ServiceFacts& facts, const Finding& finding);

// All of the finding but score, evidence and what follows from them.
void describe(const ServiceFacts& facts, Finding& finding);

// What to ask and look for, where the score is such that somebody should; `clues` may be empty.
void add_question(const identity::Clues& clues, Finding& finding);

// Of those that are not listed, only score and evidence are made. `program`: the User-Agent of a program
// with several destinations that `facts` has together; else empty.
Finding judge(const ServiceFacts& facts, const Context& context, std::string_view program);

// The order of findings: highest score first.
bool is_before(const Finding& a, const Finding& b);

}  // namespace mogura::finding::detail
