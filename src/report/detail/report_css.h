#pragma once

// web/dist/report/report.css as it was when the program was built (cmake/embed.cmake writes the source).

#include <string_view>

namespace mogura::report::detail {

std::string_view report_css();

}  // namespace mogura::report::detail
