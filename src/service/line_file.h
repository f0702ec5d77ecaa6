#pragma once

// Lines to a file, a named pipe or standard output ("-") without holding up who writes them: they are put
// into a bounded buffer, a thread of its own writes them out, at the latest after a fifth of a second. What
// finds the buffer full, or cannot be written, is counted. Files are appended to, made with mode 0640, and
// opened anew on reopen().
//
// A full disk, a pipe that nobody reads, a reader that is too slow: what was taken waits in the buffer until
// it can be written; what comes when that is full is lost. A line of which a file or reader that is gone has
// the beginning is lost, too: no file begins with the tail of a line.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mogura::service {

struct LineFileCounters {
  std::uint64_t lines = 0;          // given to write()
  std::uint64_t lost = 0;           // of those
  std::uint64_t failed_writes = 0;  // attempts; what was to be written may have been later
};

class LineFile {
 public:
  static constexpr std::size_t kBufferBytes = std::size_t{16} << 20;  // all that waits
  // Errors: kIo. A named pipe without a reader is none.
  static Result<std::unique_ptr<LineFile>> open(const std::string& path);
  ~LineFile();  // stop()
  // Any thread; returns at once. `line` with its line end.
  void write(std::string_view line);
  // For log rotation: soon, and what was written before goes to the old file. Where the new one cannot be
  // opened, the old one goes on. Any thread.
  void reopen();
  // Writes what is there; waits two seconds at most for a reader. What comes later is lost. One thread; a
  // second call does nothing.
  void stop();
  [[nodiscard]] LineFileCounters counters() const;

 private:
  struct Impl;
  explicit LineFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mogura::service
