#pragma once

// What the challenge says while a service runs, for whoever keeps it.

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "challenge/gate.h"
#include "challenge/passive_evidence.h"
#include "pattern/matcher.h"
#include "protocol/inner.h"
#include "session/session.h"

namespace mogura::service {

// What was seen of a tunnel through CONNECT, once for each reason.
struct TunnelEvent {
  bool is_blocked = false;
  protocol::Inner protocol = protocol::Inner::kUnknown;  // as far as it was seen
  // By registered patterns: their numbers in `matcher`, and the session so far. None: it is not TLS.
  std::vector<std::size_t> patterns{};
  const pattern::Matcher* matcher = nullptr;
  const session::Session* session = nullptr;
};

// What the challenge said, or was seen of a tunnel, as the events file has it. One of the pointers is set.
// Views and pointers are valid during the call.
struct Event {
  Timestamp time{};
  Address client{};
  std::string_view user_agent{}, host{};
  const challenge::ChallengeEvent* state = nullptr;
  const challenge::VerdictEvent* verdict = nullptr;
  const challenge::PassiveEvent* passive = nullptr;
  const TunnelEvent* tunnel = nullptr;
};
using EventObserver = std::function<void(const Event&)>;

}  // namespace mogura::service
