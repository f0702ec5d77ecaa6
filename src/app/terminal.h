#pragma once

// What the terminal on stdout or stderr can show, and a progress line on stderr.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace mogura::app {

// Columns of the terminal on stdout; else those of COLUMNS; else `fallback`.
unsigned terminal_width(unsigned fallback);
// Colour on stdout: a terminal, and neither NO_COLOR (no-color.org) nor TERM=dumb.
bool terminal_has_color();
// The locale's encoding is UTF-8 (or none is set: files then get UTF-8).
bool terminal_is_utf8();

// A line on stderr that tells how far the reading is: only on a terminal, at most a few times a second. Wiped
// by the destructor.
class Progress {
 public:
  explicit Progress(bool wanted);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(std::uint64_t done, std::optional<std::uint64_t> total, std::uint64_t sessions);

 private:
  using Clock = std::chrono::steady_clock;
  bool is_shown_;
  bool is_dirty_ = false;
  Clock::time_point started_;
  Clock::time_point next_;
};

}  // namespace mogura::app
