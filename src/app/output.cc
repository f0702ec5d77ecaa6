#include "app/output.h"

#include <cerrno>
#include <cstring>
#include <utility>

namespace mogura::app {

Result<Output> Output::open(const std::string& path) {
  if (path == "-") return Output("standard output", stdout, false);
  std::FILE* file = std::fopen(path.c_str(), "wbe");
  if (file == nullptr) return fail(ErrorCode::kIo, path, std::strerror(errno));
  return Output(path, file, true);
}

Output::Output(Output&& other) noexcept
    : path_(std::move(other.path_)),
      file_(std::exchange(other.file_, nullptr)),
      is_owned_(other.is_owned_),
      error_(std::move(other.error_)) {}

Output::~Output() {
  (void)close();
}

Error Output::error_now() const {
  return {ErrorCode::kIo, path_, std::strerror(errno)};
}

void Output::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size() && !error_) error_ = error_now();
}

Result<void> Output::close() {
  if (file_ != nullptr) {
    std::FILE* file = std::exchange(file_, nullptr);
    const int failed = is_owned_ ? std::fclose(file) : std::fflush(file);
    if (failed != 0 && !error_) error_ = error_now();
  }
  if (error_) return tl::unexpected(*error_);
  return {};
}

}  // namespace mogura::app
