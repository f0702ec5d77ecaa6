#pragma once

// Learns candidate patterns from the sessions of one service, and keeps those that the ordinary sessions of
// the same capture do not match (Hamsa's benign pool).

#include <span>
#include <string>
#include <vector>

#include "pattern/pattern.h"
#include "session/session.h"

namespace mogura::pattern {

// What to learn from.
struct Service {
  std::string finding_id;
  std::string destination;
  std::string application;  // its name where identified; else empty
  std::vector<const session::Session*> sessions;
};

// Candidates, the more specific first; at most kCandidatesPerService. Their `date` is left empty. Empty where
// nothing told the service apart from the ordinary sessions.
inline constexpr std::size_t kCandidatesPerService = 6;
std::vector<Pattern> learn(const Service& service, std::span<const session::Session* const> ordinary,
                           std::uint32_t min_repeats = 5);

}  // namespace mogura::pattern
