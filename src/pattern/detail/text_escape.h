#pragma once

// Text of files and of the wire, made safe for one medium each. Any thread.

#include <string>
#include <string_view>

#include "pattern/pattern.h"

namespace mogura::pattern::detail {

// Valid UTF-8 without controls: it can be shown, and put into a file, as it is.
bool is_plain_text(std::string_view text);
// For between the quotes of a TOML basic string or, which is the same, a JSON string: quotes, backslashes,
// controls, and characters that are invisible or change the direction of writing as \uXXXX; bytes that are
// not UTF-8 as U+FFFD.
std::string escape_toml(std::string_view text);
// "5353??2e"
std::string hex_of(const BytesCondition& bytes);

}  // namespace mogura::pattern::detail
