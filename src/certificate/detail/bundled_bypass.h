#pragma once

// data/bypass.toml as it was when the program was built (cmake/embed.cmake writes the source).

#include <string_view>

namespace mogura::certificate::detail {

std::string_view bundled_bypass();

}  // namespace mogura::certificate::detail
