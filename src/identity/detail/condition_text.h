#pragma once

// One value of a catalogue's rule, as text, to the condition that it means. The part of reading that has no
// TOML in it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "identity/detail/rules.h"

namespace mogura::identity::detail {

// Shorter tokens and strings would be met by chance.
inline constexpr std::size_t kShortestToken = 3;
inline constexpr std::size_t kShortestString = 4;
inline constexpr std::size_t kLongestText = 256;

// `text` by the rules of its source: a domain is a name, a User-Agent token may be anchored with ^ and $, …
// The error (kFormat) has no place: the caller knows file and line.
Result<Condition> condition_of(Source source, std::string_view text);
// kBytes: `bytes` as they are on the wire.
Result<Condition> bytes_condition(Side side, std::optional<std::uint32_t> offset, std::string bytes);

// "up", "down", "either".
std::optional<Side> side_named(std::string_view name);
std::optional<Class> class_named(std::string_view name);
// The source with this key in a catalogue; kCombination has none.
std::optional<Source> source_named(std::string_view key);
// "0a ff" or "0AFF"; nothing if it is no hexadecimal.
std::optional<std::string> bytes_from_hex(std::string_view hex);

}  // namespace mogura::identity::detail
