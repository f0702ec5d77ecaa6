#pragma once

// What programs answered to the challenge, and what was noticed of them, as evidence about the service at
// that host. Of several programs the one counts that says most: what two did does not add up. Private to the
// room.

#include <string>
#include <vector>

#include "finding/answers.h"
#include "finding/detail/rules.h"

namespace mogura::finding::detail {

// The one that says most; `programs` has at least one.
const AnsweringProgram& heaviest(const Answers::Programs& programs);

// Adds it to what the sessions of the service say, each thing once: what was noticed of a program and is said
// of its sessions already counts as the heavier of the two; contradictions share one limit with theirs.
void judge_answers(const Answers::Programs& programs, EvidenceList& evidence);

// The same for a finding that is there without them. What accuses nobody by itself counts only where it is of
// the one program that all sessions name.
void add_answers(const Answers::Programs& programs, Finding& finding);

// Where no service of that host is a finding, and a program accuses: of the service that comes nearest to
// being one (`services` are the host's; there may be none). What its sessions say counts where that is more
// against it than for it. Only those are named who answered so.
Finding finding_of(const std::string& host, const Answers::Programs& programs,
                   const std::vector<const ServiceFacts*>& services, const Context& context);

}  // namespace mogura::finding::detail
