#pragma once

// The far end of a LineFile: an open file, named pipe or standard output, written to without ever waiting
// long. Knows whether a line stands there half, so that the next file does not begin with its tail. One
// thread.

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mogura::service {

class LineOutput {
 public:
  enum class State {
    kDone,     // all is written
    kWaiting,  // a pipe that is full
    kUnread,   // a pipe that nobody reads
    kFailed,   // not written; tried again, it may be
  };

  // "-": standard output.
  explicit LineOutput(std::string path) : path_(std::move(path)) {}
  ~LineOutput() { close(); }
  LineOutput(const LineOutput&) = delete;
  LineOutput& operator=(const LineOutput&) = delete;

  // Errors: kIo. A pipe without a reader is none; it is opened when there is one.
  Result<void> open();
  // Takes the file that has the name now. Where there is none to be had, the old one stays.
  void reopen();
  // Takes off `text` what it could write. Waits for a slow reader for up to `patience`. `lost` is raised by a
  // line whose beginning went to a file or reader that is gone.
  State write(std::string_view& text, std::chrono::milliseconds patience, std::size_t& lost);

 private:
  [[nodiscard]] bool is_standard() const { return path_ == "-"; }
  bool take(int file);
  void look();
  void close();
  bool drop_torn_line(std::string_view& text, std::size_t& lost);
  ssize_t write_some(std::string_view text, std::chrono::milliseconds patience) const;
  State settle_failure(int error);

  const std::string path_;
  int file_ = -1;
  bool is_file_ = false;  // not a pipe or terminal
  dev_t device_ = 0;
  ino_t number_ = 0;
  bool is_mid_line_ = false;  // what was written last did not end a line
  bool is_torn_ = false;      // and its rest has no place to go to
};

}  // namespace mogura::service
