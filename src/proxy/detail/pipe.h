#pragma once

// A pipe through which the kernel moves bytes from one socket to another without copying them to us
// (splice(2)). Moved, not shared; one for a direction that is busy, given back when it is not.

#include <cstddef>
#include <vector>

namespace mogura::proxy::detail {

class Pipe {
 public:
  Pipe() = default;
  ~Pipe();
  Pipe(Pipe&& other) noexcept;
  Pipe& operator=(Pipe&& other) noexcept;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  // Whether there is one: no descriptors may be left.
  static Pipe open();
  [[nodiscard]] bool is_open() const { return read_ >= 0; }
  // Bytes in it.
  [[nodiscard]] std::size_t held() const { return held_; }
  // From a socket, as much as there is and has room: bytes, 0 for the end, -1 with errno.
  long fill(int socket);
  // To a socket, as much as goes: bytes, or -1 with errno.
  long drain(int socket);

 private:
  int read_ = -1, write_ = -1;
  std::size_t held_ = 0;
};

// Empty pipes that wait for the next busy tunnel. One per loop; not thread-safe.
class PipePool {
 public:
  Pipe take();
  void give(Pipe pipe);  // one that still holds bytes is closed

 private:
  static constexpr std::size_t kKept = 64;
  std::vector<Pipe> pipes_;
};

}  // namespace mogura::proxy::detail
