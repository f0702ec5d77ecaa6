#pragma once

// Words and numbers of sentences. Private to the room. Any thread.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mogura::population::detail {

// Bytes of a name in a sentence; a longer one is cut and ends in "…".
inline constexpr std::size_t kNamedBytes = 100;

// "1 client", "12 clients".
std::string counted(std::uint64_t count, std::string_view noun);
// With one decimal, and without it where that is 0: "6.2", "3".
std::string decimal(double value);
// "name" in quotes, cut between characters of UTF-8.
std::string in_quotes(std::string_view name);

}  // namespace mogura::population::detail
