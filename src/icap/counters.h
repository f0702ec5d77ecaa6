#pragma once

// What the ICAP service counts. Each loop has its own, written by it alone and read by others at any time.

#include <array>
#include <cstdint>
#include <string_view>

#include "challenge/gate.h"
#include "challenge/state.h"
#include "service/count.h"

namespace mogura::icap {

using service::Count;

// Why a message went back as it came, where it might have been another. All are cases of failing open.
enum class Passed : std::uint8_t {
  kUnread,    // an HTTP head that two parsers could read differently, or none
  kTooLarge,  // heads beyond the limit
  kNoClient,  // the gateway did not say whose request it is (X-Client-IP)
  kUnpaired,  // a response to a request that is not known here: after a restart, or by another server
  kNoHead,    // RESPMOD without a response's head, REQMOD without a request's
};
inline constexpr std::size_t kPassed = 5;
std::string_view name_of(Passed why);  // "unread", "too-large", …

struct Counters {
  Count connections, connections_open;
  Count options, requests, responses;            // by method, heads read to their end
  Count unmodified, modified, partial, blocked;  // 204; 200; 206; 200 with a page of ours
  Count refused;                                 // 4xx and 5xx
  Count echoed_bytes;                            // of bodies that had to come through here
  Count timeouts, aborted, accept_failures;
  Count inserted;  // cookies
  std::array<Count, kPassed> passed;
  std::array<Count, challenge::kStates> states;
  std::array<Count, challenge::kReasons> reasons;
  std::array<Count, challenge::kQuestions> questions;
  std::array<Count, 7> verdicts;
};

}  // namespace mogura::icap
