#pragma once

// The methods that requests of HTTP/1 are known to have. A list to recognise them by, not one to refuse
// others by.

#include <cstddef>
#include <string_view>

namespace mogura::protocol::detail {

// A longer first word is no method. The longest in use has 17 letters (UPDATEREDIRECTREF).
inline constexpr std::size_t kMaxMethodBytes = 32;

// In any case.
bool is_known_method(std::string_view token);
// Whether more letters may make it one.
bool begins_known_method(std::string_view start);

}  // namespace mogura::protocol::detail
