#pragma once

// Brings the records of a mapped pcap file into the cache before they are parsed. A record's place is known
// only from the record before it, so a plain walk waits for memory once per record. This walks the next
// stretch of the file in several lanes at once, each from a record whose place is guessed, so that the waits
// overlap, and throws the result away: a wrong guess costs time and nothing else. It reads nothing outside
// the view and changes nothing. One thread.

#include <array>
#include <cstddef>
#include <cstdint>

#include "capture/detail/byte_order.h"

namespace mogura::capture::detail {

class LookAhead {
 public:
  // The parser stands at `p`, the beginning of a record; at least `header_bytes` follow before `end`.
  template <bool kBigEndian>
  void at(const std::uint8_t* p, const std::uint8_t* end, std::uint32_t header_bytes) {
    if (p >= from_ && p < until_) return;
    walk<kBigEndian>(p, end, header_bytes);
  }

 private:
  template <bool kBigEndian>
  void walk(const std::uint8_t* p, const std::uint8_t* end, std::uint32_t header_bytes);

  // Where the walk has been. Compared, never followed.
  const std::uint8_t* from_ = nullptr;
  const std::uint8_t* until_ = nullptr;
};

}  // namespace mogura::capture::detail
