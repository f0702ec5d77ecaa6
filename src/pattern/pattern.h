#pragma once

// A detection pattern (paper 1, §5.3): conditions on one session, with a name and a history. The text format
// is docs/formats/pattern.md. Plain values. All conditions only ever become true while a session goes on (no
// "at most", no "none"), so that a live session matches at the first moment it is certain, and a finished one
// the same.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "session/session.h"

namespace mogura::pattern {

// Bounds of one pattern; beyond them parse() answers kLimit.
inline constexpr std::size_t kPatternFileBytes = std::size_t{64} << 10;
inline constexpr std::size_t kConditions = 64;  // in one pattern, `all` and `any` included
inline constexpr unsigned kConditionDepth = 4;  // `all` and `any` within each other, the outermost included
inline constexpr std::size_t kConditionTextBytes = 4096;  // of a destination, User-Agent, cipher list, …

// Bytes of a direction: hex with wildcards ("5353482d??2e") at an offset of a message, or of any message.
struct BytesCondition {
  bool operator==(const BytesCondition&) const = default;
  session::Direction direction = session::Direction::kUp;
  std::optional<std::uint32_t> message;  // its number in its direction, from 0; nothing: any that was kept
  std::optional<std::uint32_t> offset;   // nothing: anywhere in the kept bytes
  std::string bytes;                     // the values
  std::string mask;                      // of the same size: 0xff where the byte counts, 0 where it does not
};

struct LengthCondition {
  bool operator==(const LengthCondition&) const = default;
  session::Direction direction = session::Direction::kUp;
  std::uint32_t length = 0;
  std::uint32_t at_least = 1;            // times
  std::optional<std::uint32_t> message;  // the message of this number has the length; at_least is 1 then
};

// Of the session's `interval_s`. Judged on what was seen so far: the one condition, but for those on absence,
// that can become untrue again while a session's first 64 intervals are counted.
struct RhythmCondition {
  bool operator==(const RhythmCondition&) const = default;
  double min_s = 0, max_s = 0;  // the median interval lies between
  double max_mad_ratio = 1;     // median absolute deviation / median at most this
};

struct ExchangesCondition {
  bool operator==(const ExchangesCondition&) const = default;
  std::uint32_t up = 0, down = 0;  // messages with payload at least
};

struct LongBodyCondition {
  bool operator==(const LongBodyCondition&) const = default;
  session::Direction direction = session::Direction::kUp;
  double at_least_s = 0;  // a body of plain HTTP lasted that long
};

// One condition; `on` says which member counts.
struct Condition {
  bool operator==(const Condition&) const = default;
  enum class On : std::uint8_t {
    kKind,          // text: name_of(session::Kind)
    kInner,         // text: name_of(protocol::Inner)
    kDestination,   // text: glob; "*" stands for any run of characters
    kUserAgent,     // text: glob
    kNoUserAgent,   // a request was seen, and none had the field
    kCipherSuites,  // text: as in the session line
    kJa4,           // text
    kSni,           // text: glob
    kNoSni,         // a hello was seen, without the name
    kMethod,        // text: a request had this method
    kUpgrade,       // text: the token that was answered 101
    kLength,        // length
    kBytes,         // bytes
    kRhythm,        // rhythm
    kExchanges,     // exchanges
    kDuration,      // seconds: at least
    kLongBody,      // long_body
    kAll,           // parts: each of them
    kAny,           // parts: one of them
  } on = On::kAll;
  std::string text;
  LengthCondition length;
  BytesCondition bytes;
  RhythmCondition rhythm;
  ExchangesCondition exchanges;
  double seconds = 0;
  LongBodyCondition long_body;
  std::vector<Condition> parts;  // never empty where they count
};

// How well a pattern did on the capture that it was learned on.
struct LearnedRates {
  bool operator==(const LearnedRates&) const = default;
  std::uint64_t service_sessions = 0, service_hits = 0;
  std::uint64_t ordinary_sessions = 0, ordinary_hits = 0;
};

struct Pattern {
  bool operator==(const Pattern&) const = default;
  std::string id;  // file name without suffix: [a-z0-9][a-z0-9-]{0,63}
  std::string name;
  std::string application;
  std::string author;
  std::string date;  // RFC 3339 full-date
  std::string source_finding;
  std::string note;
  bool is_candidate = false;  // never live until accepted
  Condition condition;        // usually kAll
  // Written by the learner.
  using Rates = LearnedRates;
  std::optional<Rates> rates;
};

inline constexpr std::size_t kPatternIdBytes = 64;
bool is_pattern_id(std::string_view id);

// The condition's key in the text format: "kind", "no_user_agent", "bytes", …
std::string_view name_of(Condition::On on);

// `path` is the file's name, with or without folders; without them and ".toml" it is the pattern's id.
// Errors: kFormat (place "PATH:LINE: KEY"), kLimit, kUnsupported (a newer version of the format).
Result<Pattern> parse(std::string_view text, const std::string& path);
// What parse() reads back as the same pattern, given that the pattern came from parse() or learn().
std::string write(const Pattern& pattern);

}  // namespace mogura::pattern
