#pragma once

// data/exemptions.toml as it was when the program was built (cmake/embed.cmake writes the source).

#include <string_view>

namespace mogura::challenge::detail {

std::string_view bundled_exemptions();

}  // namespace mogura::challenge::detail
