#pragma once

// A frame as a capture hands it over: link type, times, lengths, and a view of the captured bytes. Owns
// nothing.

#include <cstdint>

#include "base/bytes.h"
#include "base/time.h"

namespace mogura::packet {

// The link types that decode.h understands, by their numbers in the tcpdump.org registry of LINKTYPE_ values
// (as they stand in capture files). Any other number may occur and is counted as unknown.
enum class LinkType : std::uint32_t {
  kNull = 0,
  kEthernet = 1,
  kPpp = 9,
  kRawBsd = 12,  // DLT_RAW on most systems; some writers put it into files
  kRawOpenBsd = 14,
  kPppHdlc = 50,
  kPppEther = 51,
  kRaw = 101,
  kLoop = 108,
  kLinuxSll = 113,
  kIpv4 = 228,
  kIpv6 = 229,
  kLinuxSll2 = 276,
};

struct Frame {
  ByteView bytes;                     // what was captured, from the link layer's first byte
  std::uint32_t original_length = 0;  // bytes on the wire; never less than bytes.size()
  LinkType link_type = LinkType::kEthernet;
  Timestamp time;
};

}  // namespace mogura::packet
