#include "capture/detail/look_ahead.h"

#include <algorithm>

#include "capture/detail/parser.h"

namespace mogura::capture::detail {
namespace {

// Measured on frames of 590 bytes on average, for all of reading, in relation to no looking ahead: two lanes
// save a third, eight one half, sixteen three fifths, more nothing. What they touch, two or three cache lines
// a record, has to stay in a level 2 cache until it is parsed.
constexpr std::size_t kLanes = 16;
constexpr std::size_t kLaneBytes = std::size_t{64} << 10;
// How far to search for the first record of a lane: longer than two Ethernet frames.
constexpr std::size_t kSearchBytes = 4096;
// Records of one stretch have times near each other.
constexpr std::uint32_t kNearSeconds = 1 << 16;

struct Lane {
  const std::uint8_t* p = nullptr;
  const std::uint8_t* end = nullptr;  // the last place where a record header may begin
};

template <bool kBigEndian>
bool looks_like_record(const std::uint8_t* p, std::uint32_t near_seconds) {
  const std::uint32_t away = load32<kBigEndian>(p) - near_seconds + kNearSeconds / 2;
  if (away >= kNearSeconds) return false;
  const std::uint32_t captured = load32<kBigEndian>(p + 8);
  return captured != 0 && captured <= kMaxRecordBytes && captured <= load32<kBigEndian>(p + 12);
}

// The first place from `p` on that looks like a record with another one behind it, or null.
template <bool kBigEndian>
const std::uint8_t* find_record(const std::uint8_t* p, const std::uint8_t* last_header,
                                std::uint32_t header_bytes, std::uint32_t near_seconds) {
  const std::uint8_t* const stop =
      last_header - p > std::ptrdiff_t{kSearchBytes} ? p + kSearchBytes : last_header;
  for (; p < stop; ++p) {
    if (!looks_like_record<kBigEndian>(p, near_seconds)) continue;
    const std::ptrdiff_t step = std::ptrdiff_t{header_bytes} + load32<kBigEndian>(p + 8);
    if (last_header - p >= step && looks_like_record<kBigEndian>(p + step, near_seconds)) return p;
  }
  return nullptr;
}

// One step of a lane: brings in the frame's headers and goes to the next record. False when the lane is at
// its end.
template <bool kBigEndian>
bool step(Lane& lane, std::uint32_t header_bytes) {
  if (lane.p >= lane.end) return false;
  const std::uint32_t captured = std::min(load32<kBigEndian>(lane.p + 8), kMaxRecordBytes);
  __builtin_prefetch(lane.p);
  __builtin_prefetch(lane.p + 64);
  const std::ptrdiff_t size = std::ptrdiff_t{header_bytes} + captured;
  lane.p = lane.end - lane.p > size ? lane.p + size : lane.end;
  return true;
}

}  // namespace

template <bool kBigEndian>
void LookAhead::walk(const std::uint8_t* p, const std::uint8_t* end, std::uint32_t header_bytes) {
  const std::uint8_t* const last_header = end - header_bytes;
  const std::uint32_t seconds = load32<kBigEndian>(p);
  const auto left = static_cast<std::size_t>(last_header - p);
  from_ = p;
  until_ = p + std::min(left + 1, kLanes * kLaneBytes);
  std::array<Lane, kLanes> lanes;
  for (std::size_t i = 0; i < kLanes && i * kLaneBytes < left; ++i) {
    const std::uint8_t* const begin = p + i * kLaneBytes;
    const std::uint8_t* const found =
        i == 0 ? p : find_record<kBigEndian>(begin, last_header, header_bytes, seconds);
    if (found != nullptr) lanes[i] = {found, begin + std::min(kLaneBytes, left - i * kLaneBytes)};
  }
  for (bool any = true; any;) {
    any = false;
    for (Lane& lane : lanes) any |= step<kBigEndian>(lane, header_bytes);
  }
}

template void LookAhead::walk<false>(const std::uint8_t*, const std::uint8_t*, std::uint32_t);
template void LookAhead::walk<true>(const std::uint8_t*, const std::uint8_t*, std::uint32_t);

}  // namespace mogura::capture::detail
