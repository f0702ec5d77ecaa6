#include "store/detail/entry_bytes.h"

#include <algorithm>

namespace mogura::store::detail {
namespace {

constexpr std::uint8_t kHasReturned = 1, kIsOutstanding = 2, kHasManyConnections = 4, kHasDecoys = 8,
                       kIsJarKnown = 16, kWasRefreshed = 32, kHasCache = 64, kAllFlags = 127;
constexpr std::size_t kTouchedAt = 28;

void store_be(std::uint8_t* p, std::uint64_t value, std::size_t count) {
  for (; count != 0; value >>= 8) p[--count] = static_cast<std::uint8_t>(value);
}

// From 1970 to 2116: whoever adds to a time, or takes one from another, is far from an overflow.
constexpr std::int64_t kLatest = (std::int64_t{1} << 62) - 1;
constexpr std::uint8_t kLatestFirstByte = 0x3F;

std::uint64_t ticks(Timestamp time) {
  return static_cast<std::uint64_t>(std::clamp<std::int64_t>(time.time_since_epoch().count(), 0, kLatest));
}

Timestamp time_at(const std::uint8_t* p) {
  return Timestamp(Duration(static_cast<std::int64_t>(load_be64(p))));
}

constexpr std::uint8_t kVerdictBits = 0x0F, kAskedShift = 4, kAskedBits = 0x03, kWasRedirected = 0x40,
                       kHasEngine = 0x80;

std::uint8_t verdict_of(const challenge::Entry& entry) {
  return static_cast<std::uint8_t>(unsigned{static_cast<std::uint8_t>(entry.verdict)} |
                                   (entry.engine_asked & unsigned{kAskedBits}) << kAskedShift |
                                   (entry.was_redirected ? kWasRedirected : 0U) |
                                   (entry.has_engine ? kHasEngine : 0U));
}

std::uint8_t flags_of(const challenge::Entry& entry) {
  return static_cast<std::uint8_t>(
      (entry.has_returned ? kHasReturned : 0) | (entry.is_outstanding ? kIsOutstanding : 0) |
      (entry.has_many_connections ? kHasManyConnections : 0) | (entry.has_decoys ? kHasDecoys : 0) |
      (entry.is_jar_known ? kIsJarKnown : 0) | (entry.was_refreshed ? kWasRefreshed : 0) |
      (entry.has_cache ? kHasCache : 0));
}

bool is_well_formed(ByteView bytes) {
  return bytes.size() == kEntryBytes && bytes[0] == kEntryVersion && bytes[1] < challenge::kStates &&
         (bytes[2] & kVerdictBits) <= static_cast<std::uint8_t>(challenge::Verdict::kExempt) &&
         bytes[4] <= kAllFlags && bytes[5] <= challenge::kAllDecoys &&
         (bytes[12] | bytes[20] | bytes[kTouchedAt]) <= kLatestFirstByte;
}

}  // namespace

EntryBytes encode(const challenge::Entry& entry) {
  EntryBytes bytes{kEntryVersion,     static_cast<std::uint8_t>(entry.state),
                   verdict_of(entry), entry.misses,
                   flags_of(entry),   entry.decoys};
  store_be(&bytes[6], entry.issued, 2);
  store_be(&bytes[8], entry.miss_connection, 4);
  store_be(&bytes[12], ticks(entry.delivered), 8);
  store_be(&bytes[20], ticks(entry.first_miss), 8);
  store_be(&bytes[kTouchedAt], ticks(entry.touched), 8);
  return bytes;
}

std::optional<challenge::Entry> decode(ByteView bytes) {
  if (!is_well_formed(bytes)) return std::nullopt;
  challenge::Entry entry;
  entry.state = static_cast<challenge::State>(bytes[1]);
  entry.verdict = static_cast<challenge::Verdict>(bytes[2] & kVerdictBits);
  entry.engine_asked = (bytes[2] >> kAskedShift) & kAskedBits;
  entry.was_redirected = (bytes[2] & kWasRedirected) != 0;
  entry.has_engine = (bytes[2] & kHasEngine) != 0;
  entry.misses = bytes[3];
  entry.has_returned = (bytes[4] & kHasReturned) != 0;
  entry.is_outstanding = (bytes[4] & kIsOutstanding) != 0;
  entry.has_many_connections = (bytes[4] & kHasManyConnections) != 0;
  entry.has_decoys = (bytes[4] & kHasDecoys) != 0;
  entry.is_jar_known = (bytes[4] & kIsJarKnown) != 0;
  entry.was_refreshed = (bytes[4] & kWasRefreshed) != 0;
  entry.has_cache = (bytes[4] & kHasCache) != 0;
  entry.decoys = bytes[5];
  entry.issued = load_be16(&bytes[6]);
  entry.miss_connection = load_be32(&bytes[8]);
  entry.delivered = time_at(&bytes[12]);
  entry.first_miss = time_at(&bytes[20]);
  entry.touched = time_at(&bytes[kTouchedAt]);
  return entry;
}

Timestamp touched_of(const EntryBytes& bytes) {
  return time_at(&bytes[kTouchedAt]);
}

void forgive(challenge::Entry& entry) {
  entry.is_outstanding = false;
  entry.misses = 0;
  entry.miss_connection = 0;
  entry.has_many_connections = false;
  entry.first_miss = {};
}

}  // namespace mogura::store::detail
