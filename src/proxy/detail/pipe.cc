#include "proxy/detail/pipe.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace mogura::proxy::detail {
namespace {

// What a pipe is asked to hold; the system may allow less.
constexpr int kPipeBytes = 1 << 18;
constexpr std::size_t kAtOnce = std::size_t{1} << 20;

}  // namespace

Pipe::~Pipe() {
  if (read_ >= 0) ::close(read_);
  if (write_ >= 0) ::close(write_);
}

Pipe::Pipe(Pipe&& other) noexcept
    : read_(std::exchange(other.read_, -1)), write_(std::exchange(other.write_, -1)), held_(other.held_) {}

Pipe& Pipe::operator=(Pipe&& other) noexcept {
  std::swap(read_, other.read_);
  std::swap(write_, other.write_);
  std::swap(held_, other.held_);
  return *this;
}

Pipe Pipe::open() {
  Pipe pipe;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) != 0) return pipe;
  pipe.read_ = ends[0];
  pipe.write_ = ends[1];
  (void)::fcntl(pipe.write_, F_SETPIPE_SZ, kPipeBytes);
  return pipe;
}

long Pipe::fill(int socket) {
  ssize_t moved = 0;
  do {
    moved = ::splice(socket, nullptr, write_, nullptr, kAtOnce, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
  } while (moved < 0 && errno == EINTR);
  if (moved > 0) held_ += static_cast<std::size_t>(moved);
  return moved;
}

long Pipe::drain(int socket) {
  ssize_t moved = 0;
  do {
    moved = ::splice(read_, nullptr, socket, nullptr, held_, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
  } while (moved < 0 && errno == EINTR);
  if (moved > 0) held_ -= static_cast<std::size_t>(moved);
  return moved;
}

Pipe PipePool::take() {
  if (pipes_.empty()) return Pipe::open();
  Pipe pipe = std::move(pipes_.back());
  pipes_.pop_back();
  return pipe;
}

void PipePool::give(Pipe pipe) {
  if (pipe.is_open() && pipe.held() == 0 && pipes_.size() < kKept) pipes_.push_back(std::move(pipe));
}

}  // namespace mogura::proxy::detail
