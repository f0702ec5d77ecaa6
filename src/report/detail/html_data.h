#pragma once

// The data of an HTML report: schema mogura.report/1, docs/formats/report.md. Private to the room.

#include <string>

#include "report/html.h"

namespace mogura::report::detail {

// JSON on one line, as it can stand in a script element.
void append_data(std::string& out, const HtmlReport& report);

}  // namespace mogura::report::detail
