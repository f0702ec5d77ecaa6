#pragma once

// From what one place's sessions say to what the program says anywhere: version numbers, names of hosts and
// random values are left out. Any thread.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mogura::pattern::detail {

// The bytes at the beginning of a message, as far as they are the same everywhere.
inline constexpr std::size_t kColumns = 64;
inline constexpr std::int16_t kVaries = -1;
using Columns = std::array<std::int16_t, kColumns>;  // 0 to 255, or kVaries

// "SSH-2.0-OpenSSH_9.2p1 Debian" keeps "SSH-2.0-OpenSSH_": what stands in text behind a product's name and a
// separator and begins with a digit varies, and with it the place of all that follows.
void blank_versions(Columns& columns);
// The names, in any case, where they stand in text.
void blank_names(Columns& columns, std::span<const std::string_view> names);
// Runs that look drawn by lot: keys, cookies, identifiers. `window`: so many different bytes in a row that
// are no text are taken for random.
void blank_random(Columns& columns, std::size_t window);

// "curl/7.88.1" becomes "curl/*". A browser's stays as it is. What a pattern file cannot hold becomes "*".
std::string glob_for_user_agent(std::string_view user_agent);

}  // namespace mogura::pattern::detail
