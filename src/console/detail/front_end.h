#pragma once

// The front end's files (web/dist/console), and which path is answered with which. Any thread.

#include <string_view>

#include "console/detail/answer.h"

namespace mogura::console::detail {

// "/" and paths that the page itself makes sense of: the page; /app.js, /app.css: the files; anything that
// looks like another file (a name with a dot at the top, or that begins with one): 404. 304 where
// `none_match` (If-None-Match) has the ETag.
Answer front_end_answer(std::string_view path, std::string_view none_match);

}  // namespace mogura::console::detail
