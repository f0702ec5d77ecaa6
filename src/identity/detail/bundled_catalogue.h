#pragma once

// data/catalogue.toml as it was when the program was built (cmake/embed.cmake writes the source).

#include <string_view>

namespace mogura::identity::detail {

std::string_view bundled_catalogue();

}  // namespace mogura::identity::detail
