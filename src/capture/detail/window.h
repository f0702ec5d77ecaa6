#pragma once

// A read-only mapping of part of a file. If the file becomes shorter, touching the lost pages would kill the
// program with SIGBUS; while windows live, a handler puts zero pages in their place and the window says that
// it was cut. Faults elsewhere go to whoever handled SIGBUS before. Windows may be made, read and dropped on
// any thread.

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace mogura::capture::detail {

// Windows guarded at once; those beyond are mapped all the same, without protection.
inline constexpr std::size_t kGuardedWindows = 4096;

class Window {
 public:
  // Maps `bytes` of the file from `offset`, which is a multiple of the page size. Check error() before use.
  Window(int file, std::uint64_t offset, std::size_t bytes);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  [[nodiscard]] ByteView bytes() const { return {static_cast<const std::uint8_t*>(start_), bytes_}; }
  // errno of the mapping, or 0.
  [[nodiscard]] int error() const { return error_; }

 private:
  void* start_ = nullptr;
  std::size_t bytes_ = 0;
  int error_ = 0;
  std::size_t slot_ = kGuardedWindows;
};

}  // namespace mogura::capture::detail
