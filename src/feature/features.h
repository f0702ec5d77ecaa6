#pragma once

// What is characteristic of a session, and of all sessions of one service (paper 1, §4.2 and §5.4.3): message
// lengths that come again and again, bytes that stand at one place of several messages, the rhythm of its
// messages, and the shape of the conversation. Plain values. Who uses the service and whether that is rare is
// the business of room population; what it is called, that of identity.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "session/session.h"

namespace mogura::feature {

// A message length that occurred at least `min_repeats` times in a session.
struct RepeatedLength {
  bool operator==(const RepeatedLength&) const = default;
  session::Direction direction = session::Direction::kUp;
  std::uint32_t length = 0;
  std::uint64_t count = 0;     // messages of that length
  std::uint32_t sessions = 1;  // in which it was repeated
};

// A maximal run of bytes that stands at the same place of several messages of one direction.
//
//   message   |<-- offset -->|<-- bytes -->| ...
struct RepeatedBytes {
  bool operator==(const RepeatedBytes&) const = default;
  static constexpr std::int32_t kAnyMessage = -1;

  session::Direction direction = session::Direction::kUp;
  std::int32_t message = kAnyMessage;  // its number in its direction from 0, where it is always that one
  std::uint32_t offset = 0;            // from the message's beginning
  std::string bytes;                   // 2 to Limits::kept_bytes_per_message
  std::uint64_t count = 0;             // messages with it
  std::uint32_t sessions = 1;          // sessions with it
};

// How regular a series of events is: client messages within a session, or sessions (requests) of one client
// to one service. Not given for fewer than kMinIntervals intervals, nor below a median of kMinMedianS: that
// is the pace of a transfer. A series that only failed (retries after refusals) is no rhythm.
struct Rhythm {
  bool operator==(const Rhythm&) const = default;
  static constexpr std::uint32_t kMinIntervals = 8;
  static constexpr double kMinMedianS = 0.5;
  // Messages of a session after which its intervals are no longer measured.
  static constexpr std::uint64_t kMeasuredIntervals = 64;
  std::uint64_t intervals = 0;
  double median_s = 0;
  double mad_s = 0;       // median absolute deviation from the median
  double regularity = 0;  // 0: random arrivals (Poisson) or worse; 1: a clock. See detail/rhythm.h
  double span_s = 0;      // first to last event
};

// The shape of one conversation.
struct Shape {
  double duration_s = 0;
  double up_share = 0;           // of the bytes, from the client: 0 to 1
  double turns_per_message = 0;  // 1: strictly in turns; near 0: one-way bulk
  double small_up_share = 0;     // of client messages, at most kSmallMessage bytes
  bool is_interactive = false;   // keystrokes and their echoes, over at least ten seconds
  double tls_in_tls = 0;  // 0 to 1: the first messages look like an inner TLS handshake (see tls_in_tls.h)
  bool is_long_body = false;  // plain HTTP: a body that lasted or never ended, and was no download
};

Shape shape_of(const session::Session& session);

struct SessionFeatures {
  std::vector<RepeatedLength> lengths;  // most frequent first
  // Longest first, padding (one value over and over) last; then texts that one of the first messages began
  // with, count 1: what comes once a session but in every session of a service. At most kStrings.
  static constexpr std::size_t kStrings = 32;
  std::vector<RepeatedBytes> strings;
  std::optional<Rhythm> rhythm;  // of client messages or requests
  Shape shape;
};

struct Options {
  std::uint32_t min_repeats = 5;
};

// O(kept messages × log of it × kept bytes): some ten microseconds. For sessions that are looked at closely;
// shape_of() alone is for all.
SessionFeatures extract(const session::Session& session, const Options& options = {});

}  // namespace mogura::feature
