#pragma once

// Text from the wire on a terminal: made harmless, measured in cells, cut to fit. Any thread.
//
// Not known here: how a given terminal draws. Characters of ambiguous width are taken as one cell; some
// terminals set to East Asian locales draw them in two.

#include <cstddef>
#include <string>
#include <string_view>

namespace mogura::report {

enum class Charset { kUtf8, kAscii };

// Marks drawn onto one character; further ones are escaped, so that they cannot pile up over other lines.
inline constexpr std::size_t kCombiningMarks = 3;

// `text` as it can be printed anywhere: what is_hidden() names as \x1b or \u202e or \U000e0041, bytes that
// are not UTF-8 as \xff, backslashes doubled, so that nothing printed can be mistaken for an escape. With
// kAscii, every character beyond ASCII is escaped too.
std::string escape_for_terminal(std::string_view text, Charset charset = Charset::kUtf8);

// Cells that escaped text takes.
std::size_t display_width(std::string_view text);

enum class CutAt { kEnd, kMiddle };

// Escaped text cut to at most `width` cells, `ellipsis` included, at its end or in its middle.
std::string cut_to_width(std::string_view text, std::size_t width, CutAt where, std::string_view ellipsis);

// The longest beginning of escaped text that takes at most `width` cells; in bytes.
std::size_t bytes_within(std::string_view text, std::size_t width);

}  // namespace mogura::report
