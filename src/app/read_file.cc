#include "app/read_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace mogura::app {

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (!file) return fail(ErrorCode::kIo, path, std::strerror(errno));
  std::string text;
  std::array<char, 16384> piece;
  while (const std::size_t size = std::fread(piece.data(), 1, piece.size(), file.get())) {
    text.append(piece.data(), size);
    if (text.size() > limit) {
      return fail(ErrorCode::kLimit, path, "is larger than " + std::to_string(limit) + " bytes");
    }
  }
  if (std::ferror(file.get()) != 0) return fail(ErrorCode::kIo, path, std::strerror(errno));
  return text;
}

}  // namespace mogura::app
