#include "app/terminal.h"

#include <fmt/format.h>
#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <clocale>
#include <cstdlib>
#include <string_view>

namespace mogura::app {
namespace {

constexpr std::chrono::milliseconds kProgressPause{150};
constexpr unsigned kNarrowest = 40;
constexpr unsigned kWidest = 500;
constexpr double kMegabyte = 1e6;

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

}  // namespace

unsigned terminal_width(unsigned fallback) {
  winsize size{};
  unsigned width = fallback;
  if (isatty(STDOUT_FILENO) != 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    width = size.ws_col;
  } else if (const std::string_view columns = environment("COLUMNS"); !columns.empty()) {
    width = static_cast<unsigned>(std::strtoul(columns.data(), nullptr, 10));
  }
  if (width == 0) width = fallback;
  return std::min(std::max(width, kNarrowest), kWidest);
}

bool terminal_has_color() {
  return isatty(STDOUT_FILENO) != 0 && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
}

bool terminal_is_utf8() {
  const std::string_view locale = !environment("LC_ALL").empty()     ? environment("LC_ALL")
                                  : !environment("LC_CTYPE").empty() ? environment("LC_CTYPE")
                                                                     : environment("LANG");
  if (locale.empty()) return true;
  return locale.find("UTF-8") != std::string_view::npos || locale.find("utf8") != std::string_view::npos;
}

Progress::Progress(bool wanted)
    : is_shown_(wanted && isatty(STDERR_FILENO) != 0),
      started_(Clock::now()),
      next_(started_ + kProgressPause) {}

Progress::~Progress() {
  if (is_dirty_) fmt::print(stderr, "\r\033[K");
}

void Progress::show(std::uint64_t done, std::optional<std::uint64_t> total, std::uint64_t sessions) {
  if (!is_shown_) return;
  const Clock::time_point now = Clock::now();
  if (now < next_) return;
  next_ = now + kProgressPause;
  is_dirty_ = true;
  const double seconds = std::chrono::duration<double>(now - started_).count();
  const double megabytes = static_cast<double>(done) / kMegabyte;
  const std::string share =
      total && *total > 0
          ? fmt::format("{:3.0f} %  ", 100.0 * static_cast<double>(done) / static_cast<double>(*total))
          : "";
  fmt::print(stderr, "\r\033[K{}{:.0f} MB read, {} sessions, {:.0f} MB/s", share, megabytes, sessions,
             megabytes / seconds);
  std::fflush(stderr);
}

}  // namespace mogura::app
