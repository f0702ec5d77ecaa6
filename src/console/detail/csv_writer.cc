#include "console/detail/csv_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "report/json_writer.h"
#include "report/text_width.h"

namespace mogura::console::detail {

bool looks_like_formula(std::string_view text) {
  constexpr std::array<std::string_view, 10> kBeginnings{"=",  "+",      "-",      "@",      "\t",
                                                         "\r", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};
  return std::any_of(kBeginnings.begin(), kBeginnings.end(),
                     [&](std::string_view beginning) { return text.starts_with(beginning); });
}

void CsvWriter::separate() {
  if (!is_first_) out_ += ',';
  is_first_ = false;
}

void CsvWriter::text(std::string_view text) {
  separate();
  std::string cell = looks_like_formula(text) ? "'" : "";
  cell += report::escape_for_terminal(text);
  const bool needs_quotes = cell.find_first_of("\",'\r\n") != std::string::npos ||
                            (!cell.empty() && (cell.front() == ' ' || cell.back() == ' '));
  if (!needs_quotes) {
    out_ += cell;
    return;
  }
  out_ += '"';
  for (const char c : cell) {
    if (c == '"') out_ += '"';
    out_ += c;
  }
  out_ += '"';
}

void CsvWriter::number(std::uint64_t number) {
  separate();
  out_ += std::to_string(number);
}

void CsvWriter::decimal(double number) {
  separate();
  if (!std::isfinite(number)) return;
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out_.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void CsvWriter::time(Timestamp time) {
  separate();
  if (time != Timestamp{}) report::append_rfc3339(out_, time);
}

void CsvWriter::end_row() {
  out_ += "\r\n";
  is_first_ = true;
}

}  // namespace mogura::console::detail
