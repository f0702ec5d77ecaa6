#pragma once

// Debian's toml++ 3.3 has four places where text that is not TOML ends a debug build and is undefined in a
// release build: a table header without a key ("[[{"), a brace where an array wants a value ("[}"), a date
// with one digit behind it ("2030-01-31 1"), and certain letters beyond ASCII where none belong. So the
// first three are looked for before toml++ sees a text, and the fourth is kept from it: what it parses is
// ASCII alone.
//
//   text ─ unsafe_toml_line ─ ascii_toml ─► toml++ ─► its texts ─ text_of_ascii_toml ─► as they were
//
// Lines stay what they are. Any thread.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mogura {

// The first line, from 1, that begins with a bracket without a key behind it or with a closing brace, has a
// closing brace behind a comma or an opening bracket, a date with one digit behind it, or is not UTF-8.
// Stricter than TOML: also inside of texts (of dates: inside of those that go over several lines).
std::optional<std::size_t> unsafe_toml_line(std::string_view toml);

// Every byte beyond ASCII, and '~', as '~' and two hexadecimal digits.
std::string ascii_toml(std::string_view toml);
// Back again. (A text that was written with an escape for '~' before two such digits would be mistaken.)
std::string text_of_ascii_toml(std::string_view text);

}  // namespace mogura
