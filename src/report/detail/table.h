#pragma once

// A table with aligned columns that fits a width: the first column, which holds names, gives way first; then
// columns go, the least important first. Private to the room.

#include <cstddef>
#include <string>
#include <vector>

#include "report/detail/page.h"
#include "report/text_width.h"

namespace mogura::report::detail {

struct Column {
  std::string title;
  bool is_right = true;     // numbers
  unsigned importance = 0;  // the first column stays whatever its importance
  Paint paint = Paint::kPlain;
  CutAt cut = CutAt::kEnd;           // where a name that is too long is cut
  std::vector<std::string> cells{};  // escaped
};

// All columns have the same number of cells. `indent` spaces stand before each line; every line fits
// style.width.
Lines lay_out(std::vector<Column> columns, std::size_t indent, const TerminalStyle& style);

}  // namespace mogura::report::detail
