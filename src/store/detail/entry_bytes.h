#pragma once

// An entry of challenge state as bytes: the value in Redis and the record of a snapshot
// (docs/formats/challenge-state.md). Integers are big-endian, times are nanoseconds since 1970.
//
//   0        1      2        3       4      5       6       8                12         20          28
//   version  state  verdict+ misses  flags  decoys  issued  miss connection  delivered  first miss  touched
//
// "verdict+": the verdict in the lower four bits; above, pages with a Link (two bits), redirected, engine.
//
// Any thread.

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "challenge/state.h"

namespace mogura::store::detail {

inline constexpr std::size_t kEntryBytes = 36;
inline constexpr std::uint8_t kEntryVersion = 1;  // never 0: a first byte of 0 is a place without an entry
using EntryBytes = std::array<std::uint8_t, kEntryBytes>;

// Times before 1970 and after 2116 become those.
EntryBytes encode(const challenge::Entry& entry);
// Nothing: not of this version, not of this length, or with values that encode() never writes.
std::optional<challenge::Entry> decode(ByteView bytes);

// Of bytes that encode() made, without decoding the rest.
Timestamp touched_of(const EntryBytes& bytes);

// When returns of the cookie may have gone unnoticed (a crash, a store that was down), misses counted before
// and challenges that wait for an answer say nothing any more. What has been concluded from them stays.
void forgive(challenge::Entry& entry);

}  // namespace mogura::store::detail
