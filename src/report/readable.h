#pragma once

// What a person can read in bytes off the wire. Any thread.

#include <string>
#include <string_view>

namespace mogura::report {

// The longest run of printable ASCII of at least four characters; empty where there is none.
std::string readable_text(std::string_view bytes);

}  // namespace mogura::report
