#include "report/detail/table.h"

#include <algorithm>

namespace mogura::report::detail {
namespace {

constexpr std::size_t kGap = 2;
// Columns are dropped rather than the names cut shorter than this.
constexpr std::size_t kNameWidth = 24;

std::size_t widest(const Column& column) {
  std::size_t width = display_width(column.title);
  for (const std::string& cell : column.cells) width = std::max(width, display_width(cell));
  return width;
}

struct Sized {
  Column column;
  std::size_t width;
};

std::size_t sum_of_others(const std::vector<Sized>& columns) {
  std::size_t sum = 0;
  for (std::size_t i = 1; i < columns.size(); ++i) sum += kGap + columns[i].width;
  return sum;
}

void fit(std::vector<Sized>& columns, std::size_t room) {
  const std::size_t wanted = std::min(columns[0].width, kNameWidth);
  while (columns.size() > 1 && sum_of_others(columns) + wanted > room) {
    columns.erase(std::min_element(columns.begin() + 1, columns.end(), [](const Sized& a, const Sized& b) {
      return a.column.importance < b.column.importance;
    }));
  }
  columns[0].width = std::min(columns[0].width, room - std::min(room, sum_of_others(columns)));
}

void add_cell(Line& line, const Sized& sized, std::string_view text, Paint paint, std::string_view ellipsis) {
  const std::string shown = cut_to_width(text, sized.width, sized.column.cut, ellipsis);
  const std::size_t end = line.width() + sized.width;
  if (sized.column.is_right) {
    line.add_right(shown, sized.width, paint);
  } else {
    line.add(shown, paint);
  }
  line.pad_to(end);
}

}  // namespace

Lines lay_out(std::vector<Column> columns, std::size_t indent, const TerminalStyle& style) {
  if (columns.empty()) return {};
  const std::size_t rows = columns[0].cells.size();
  std::vector<Sized> sized;
  for (Column& column : columns) {
    const std::size_t width = widest(column);
    sized.push_back({std::move(column), width});
  }
  fit(sized, style.width - std::min(style.width, indent));
  const std::string_view ellipsis = glyphs_of(style).ellipsis;
  Lines lines(rows + 1);
  for (std::size_t row = 0; row <= rows; ++row) {
    lines[row].pad_to(indent);
    for (std::size_t i = 0; i < sized.size(); ++i) {
      if (i != 0) lines[row].pad_to(lines[row].width() + kGap);
      const Column& column = sized[i].column;
      add_cell(lines[row], sized[i], row == 0 ? column.title : column.cells[row - 1],
               row == 0 ? Paint::kDim : column.paint, ellipsis);
    }
  }
  return lines;
}

}  // namespace mogura::report::detail
