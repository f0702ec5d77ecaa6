#pragma once

// Writes an analysis for a person at a terminal. Every line fits the width, whatever the names in it are;
// nothing from the wire reaches the terminal unescaped. Any thread.

#include <cstddef>
#include <string>

#include "report/analysis.h"

namespace mogura::report {

struct TerminalStyle {
  std::size_t width = 80;  // cells; taken into 40 to 500
  bool color =
      false;  // ANSI colours: whether stdout is a terminal, --no-color and NO_COLOR are the caller's matter
  bool utf8 = true;                     // false: ASCII only, bars included
  std::size_t group_rows = kGroupRows;  // rows shown of each table of groups
  std::size_t findings = 50;            // findings shown
};

[[nodiscard]] std::string write_terminal(const Analysis& analysis, const TerminalStyle& style);

}  // namespace mogura::report
