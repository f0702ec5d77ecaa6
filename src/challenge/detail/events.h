#pragma once

// What is said about an exchange, to people and to the events' file: plain words with the figures.

#include <optional>

#include "challenge/gate.h"

namespace mogura::challenge::detail {

std::optional<ChallengeEvent> request_event(const Exchange& exchange);
std::optional<ChallengeEvent> response_event(const Exchange& exchange);
std::optional<VerdictEvent> verdict_event(const Exchange& exchange);

}  // namespace mogura::challenge::detail
