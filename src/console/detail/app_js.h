#pragma once

// A file of the front end, built in (web/dist/console).

#include <string_view>

namespace mogura::console::detail {

std::string_view app_js();

}  // namespace mogura::console::detail
