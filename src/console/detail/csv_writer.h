#pragma once

// Writes CSV (RFC 4180) onto the end of a string: a heading, then rows of as many cells. Text may be
// anything: what cannot be seen or is not UTF-8 is written as on a terminal (\x1b, \u202e, \xff, a backslash
// as \\), so a row is one line; and what a spreadsheet would take for a formula gets a ' in front. One
// thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace mogura::console::detail {

class CsvWriter {
 public:
  explicit CsvWriter(std::string& out) : out_(out) {}

  void text(std::string_view text);
  void number(std::uint64_t number);
  void decimal(double number);
  // Zero: not known, so an empty cell.
  void time(Timestamp time);
  void end_row();

 private:
  void separate();

  std::string& out_;
  bool is_first_ = true;
};

// Whether spreadsheets take a cell that begins like this for a formula; also in full width.
bool looks_like_formula(std::string_view text);

}  // namespace mogura::console::detail
