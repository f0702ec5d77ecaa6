#pragma once

// Where data goes: a file, or "-" for stdout. Writes are buffered; errors are kept and told by close(). One
// thread.

#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mogura::app {

class Output {
 public:
  static Result<Output> open(const std::string& path);
  Output(Output&& other) noexcept;
  Output& operator=(Output&& other) = delete;
  ~Output();

  void write(std::string_view text);
  // Flushes and closes. An error of any write before is told here.
  Result<void> close();

 private:
  Output(std::string path, std::FILE* file, bool is_owned)
      : path_(std::move(path)), file_(file), is_owned_(is_owned) {}
  [[nodiscard]] Error error_now() const;

  std::string path_;
  std::FILE* file_;
  bool is_owned_;
  std::optional<Error> error_;
};

}  // namespace mogura::app
