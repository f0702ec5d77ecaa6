#pragma once

// Text from the wire within HTML. Private to the room.

#include <cstddef>
#include <string>
#include <string_view>

namespace mogura::report::detail {

// As an element's text or a quoted attribute's value: characters that cannot be seen or turn the line around
// as escape_for_terminal() writes them, and the five that HTML knows as references.
std::string escape_html(std::string_view text);

// JSON as it can stand in a script element: '<', '>' and '&', which JSON has in texts alone, as \u003c,
// \u003e and \u0026. (HTML, §4.12.1.3: restrictions for contents of script elements.)
void append_json_for_html(std::string& out, std::string_view json);

// At most `bytes` of UTF-8 text, "…" included, cut between characters.
std::string cut_text(std::string_view text, std::size_t bytes);

}  // namespace mogura::report::detail
