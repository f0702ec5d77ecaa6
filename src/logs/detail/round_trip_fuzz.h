#pragma once

// For fuzzers: whatever session came out of a log can be written as a line and read back, and is then written
// the same.

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "base/check.h"
#include "logs/log_source.h"
#include "report/session_line.h"

namespace mogura::logs::testing {

inline session::Session read_back(const session::Session& session, std::string& line) {
  const report::SessionLineOptions options{.all_messages = true};
  report::write_session_line(session, options, line);
  session::Session parsed;
  MOGURA_CHECK(parse_session_line(line, parsed).has_value());
  return parsed;
}

// The first time, nanoseconds and what is not UTF-8 are lost; from then on nothing is.
inline void check_round_trip(const session::Session& session) {
  MOGURA_CHECK(session.end >= session.start);
  std::string first, second, third;
  const session::Session parsed = read_back(session, first);
  const session::Session again = read_back(parsed, second);
  MOGURA_CHECK(parsed == again);
  (void)read_back(again, third);
  MOGURA_CHECK(second == third);
}

// Calls on_line for each line of `text`.
template <class OnLine>
void each_line(std::string_view text, OnLine&& on_line) {
  while (!text.empty()) {
    const std::size_t size = std::min(text.find('\n'), text.size());
    // A heap block of just the right size, so that the first byte read past the end is seen.
    const auto exact = std::make_unique<char[]>(size);
    std::copy_n(text.begin(), size, exact.get());
    on_line(std::string_view(exact.get(), size));
    text.remove_prefix(std::min(size + 1, text.size()));
  }
}

}  // namespace mogura::logs::testing
