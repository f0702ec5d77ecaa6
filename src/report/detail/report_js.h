#pragma once

// web/dist/report/report.js as it was when the program was built (cmake/embed.cmake writes the source).

#include <string_view>

namespace mogura::report::detail {

std::string_view report_js();

}  // namespace mogura::report::detail
