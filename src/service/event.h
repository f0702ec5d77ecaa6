#pragma once

// What the challenge says while a service runs, for whoever keeps it.

#include <functional>
#include <string_view>

#include "base/address.h"
#include "base/time.h"
#include "challenge/gate.h"
#include "challenge/passive_evidence.h"

namespace mogura::service {

// What the challenge said, as the events file has it. One of `state`, `verdict` and `passive` is set. Views
// and pointers are valid during the call.
struct Event {
  Timestamp time{};
  Address client{};
  std::string_view user_agent{}, host{};
  const challenge::ChallengeEvent* state = nullptr;
  const challenge::VerdictEvent* verdict = nullptr;
  const challenge::PassiveEvent* passive = nullptr;
};
using EventObserver = std::function<void(const Event&)>;

}  // namespace mogura::service
