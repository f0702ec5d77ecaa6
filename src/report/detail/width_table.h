#pragma once

// How many cells of a terminal a character takes, and which characters must not reach one. Characters of
// ambiguous width (East Asian Width A) take one. Private to the room.

namespace mogura::report::detail {

// Controls (C0, DEL, C1), bidirectional controls, zero-width and other format characters, line and paragraph
// separators, variation selectors, tags: what could move the cursor, reorder, or hide.
bool is_hidden(char32_t c);

// 0, 1 or 2; of a character that is not hidden.
unsigned cells_of(char32_t c);

}  // namespace mogura::report::detail
