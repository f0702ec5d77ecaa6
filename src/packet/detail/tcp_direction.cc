#include "packet/detail/tcp_direction.h"

#include <algorithm>
#include <limits>

namespace mogura::packet::detail {

namespace {

constexpr std::int32_t kReach = static_cast<std::int32_t>(kTcpWindow);

}  // namespace

bool TcpDirection::is_plausible(std::uint32_t sequence) const {
  const std::int32_t away = distance(sequence);
  switch (phase) {
    case Phase::kUnseen:
      return true;
    case Phase::kHeld:
      return away > 0;  // the anchor stands in the middle of the positive distances
    case Phase::kOpen:
    case Phase::kEnded:
      return -kReach <= away && away <= kReach;
  }
  return false;
}

std::uint64_t TcpDirection::acknowledged_offset(std::uint32_t acknowledgment) const {
  constexpr std::uint64_t kUnknown = std::numeric_limits<std::uint64_t>::max();
  if (!has_beginning()) return kUnknown;
  const std::int64_t away = distance(acknowledgment);
  if (away > kReach || away < -std::int64_t{kReach}) return kUnknown;
  if (away < 0) return next - std::min(next, static_cast<std::uint64_t>(-away));
  const std::uint64_t offset = next + static_cast<std::uint64_t>(away);
  return fin_known ? std::min(offset, fin_offset()) : offset;
}

void TcpDirection::begin(Phase begun, std::uint32_t sequence) {
  const std::int32_t ahead = sequence_distance(sequence, static_cast<std::uint32_t>(acknowledged));
  phase = begun;
  next = 0;
  next_sequence = sequence;
  const bool is_ahead =
      acknowledgment_known && ahead > 0 && is_plausible(static_cast<std::uint32_t>(acknowledged));
  acknowledged = is_ahead ? static_cast<std::uint64_t>(ahead) : 0;
  acknowledgment_known = false;
}

void TcpDirection::open(std::uint32_t sequence, Timestamp time) {
  begin(Phase::kOpen, sequence);
  stalled_since = time;
}

void TcpDirection::hold(std::uint32_t sequence, Timestamp since) {
  begin(Phase::kHeld, sequence - kHeldAnchor);
  stalled_since = since;
}

void TcpDirection::note_acknowledgment(std::uint32_t acknowledgment) {
  if (phase == Phase::kUnseen) {
    const bool is_newer = sequence_distance(static_cast<std::uint32_t>(acknowledged), acknowledgment) > 0;
    if (!acknowledgment_known || is_newer) acknowledged = acknowledgment;
    acknowledgment_known = true;
    return;
  }
  if (phase == Phase::kEnded || distance(acknowledgment) <= 0 || !is_plausible(acknowledgment)) return;
  std::uint64_t offset = next + (acknowledgment - next_sequence);
  if (fin_known) offset = std::min(offset, fin_offset());
  acknowledged = std::max(acknowledged, offset);
}

}  // namespace mogura::packet::detail
