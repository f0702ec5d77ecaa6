#pragma once

// Debian's toml++ 3.3 has two places where text that is not TOML ends a debug build and is undefined in a
// release build: a table header without a key ("[[{"), and certain letters beyond ASCII outside of texts and
// comments. So text is looked at here before toml++ sees it. Any thread.

#include <cstddef>
#include <optional>
#include <string_view>

namespace mogura {

// The first line, from 1, that begins with a bracket without a key behind it, or has a byte beyond ASCII
// outside of quotes and comments. Stricter than TOML: brackets at the beginning of a line are also refused
// inside of lists.
std::optional<std::size_t> unsafe_toml_line(std::string_view toml);

}  // namespace mogura
