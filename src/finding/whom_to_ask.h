#pragma once

// From findings to questions: the services and programs that the challenge is to ask (challenge/suspects.h).
// Any thread.

#include <span>

#include "challenge/suspects.h"
#include "finding/finding.h"

namespace mogura::finding {

// Services of findings that nobody has sanctioned, and that are findings without what was answered; and,
// where one program has several places of its own, the program.
challenge::SuspectMemory::Analysis whom_to_ask(std::span<const Finding> findings, bool has_population);

}  // namespace mogura::finding
