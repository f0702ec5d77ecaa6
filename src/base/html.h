#pragma once

// Text within HTML.

#include <string>
#include <string_view>

namespace mogura {

// As an element's text or a quoted attribute's value: the five characters that HTML knows as references. What
// cannot be seen stays; whoever shows hostile text takes it out first. Any thread.
std::string escape_html(std::string_view text);

}  // namespace mogura
