#include "alert/detail/stream.h"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace mogura::alert::detail {
namespace {

class PlainStream : public Stream {
 public:
  explicit PlainStream(Descriptor socket) : Stream(std::move(socket)) {}

  Result<void> write(std::string_view bytes, Clock::time_point deadline, const Bell& bell) override {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent >= 0) {
        written_ += static_cast<std::uint64_t>(sent);
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      } else if (errno != EAGAIN && errno != EINTR) {
        return fail(ErrorCode::kIo, "", std::strerror(errno));
      } else if (wait_for(descriptor(), POLLOUT, deadline, bell) != Ready::kYes) {
        return fail(ErrorCode::kIo, "", "the server does not take more");
      }
    }
    return {};
  }

  bool is_alive() override {
    std::array<char, 512> ignored;
    for (;;) {
      const ssize_t count = ::recv(descriptor(), ignored.data(), ignored.size(), MSG_DONTWAIT);
      if (count > 0) continue;
      return count < 0 && (errno == EAGAIN || errno == EINTR);
    }
  }

  [[nodiscard]] std::uint64_t written() const override { return written_; }

 private:
  std::uint64_t written_ = 0;
};

}  // namespace

std::uint64_t Stream::acknowledged() const {
  int waiting = 0;
  if (::ioctl(descriptor(), SIOCOUTQ, &waiting) != 0) return 0;
  return written() - std::min<std::uint64_t>(written(), static_cast<std::uint64_t>(std::max(waiting, 0)));
}

std::unique_ptr<Stream> make_plain_stream(Descriptor socket) {
  return std::make_unique<PlainStream>(std::move(socket));
}

}  // namespace mogura::alert::detail
