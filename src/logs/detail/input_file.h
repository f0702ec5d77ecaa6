#pragma once

// One file that is read, with its report. One thread.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "logs/detail/line_reader.h"
#include "logs/log_source.h"

namespace mogura::logs::detail {

class InputFile {
 public:
  explicit InputFile(std::string path);

  // Finds out the format, unless it is given. False: it cannot be read or is of none; the report says so.
  bool recognise(std::optional<Format> given);
  [[nodiscard]] Format format() const { return *format_; }
  // The beginning of the file, as recognise() saw it; empty once lines have been read.
  [[nodiscard]] std::string_view beginning() const { return beginning_; }
  void forget_beginning() { beginning_ = {}; }

  // The next line that is neither empty nor too long. False at the end; the file is closed then.
  bool next(std::string_view& line);
  // Of the line that next() gave.
  void bad_line(const Error& error);
  void saw(Timestamp time);

  [[nodiscard]] std::uint64_t position() const;
  [[nodiscard]] std::uint64_t size() const { return size_; }  // 0 where that is not known
  [[nodiscard]] std::uint64_t line_number() const { return report.lines; }

  InputReport report;  // `format` is for whoever reads the lines to set, without the compression
  std::function<void()> on_read;

 private:
  bool open();
  void close();
  void refuse(Error error);

  std::optional<Format> format_;
  std::string beginning_;
  std::optional<LineReader> lines_;
  std::uint64_t size_ = 0;
  bool has_ended_ = false;
};

// What the user named, turned into files: a folder becomes the logs in it, sorted by name, those of `given`
// alone where that is set. One that cannot be listed, or has none, is itself refused.
std::vector<InputFile> find_files(const std::vector<std::string>& paths, std::optional<Format> given);

}  // namespace mogura::logs::detail
