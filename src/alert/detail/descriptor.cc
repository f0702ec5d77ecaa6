#include "alert/detail/descriptor.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>

#include "base/check.h"

namespace mogura::alert::detail {

void Descriptor::close() {
  if (number_ >= 0) ::close(number_);
  number_ = -1;
}

Bell::Bell() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  // Only a process out of descriptors comes here, at its start.
  MOGURA_CHECK(event_.is_open());
}

void Bell::ring() const {
  const std::uint64_t one = 1;
  (void)!::write(event_.get(), &one, sizeof one);
}

bool Bell::is_rung() const {
  pollfd entry{event_.get(), POLLIN, 0};
  return ::poll(&entry, 1, 0) > 0;
}

Ready wait_for(int descriptor, short events, Clock::time_point deadline, const Bell& bell) {
  std::array<pollfd, 2> entries{pollfd{descriptor, events, 0}, pollfd{bell.descriptor(), POLLIN, 0}};
  for (;;) {
    const auto rest = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    const int timeout = static_cast<int>(std::clamp<std::int64_t>(rest, 0, 3'600'000));
    const int count = ::poll(entries.data(), entries.size(), timeout);
    if (count < 0 && errno == EINTR) continue;
    if (entries[1].revents != 0) return Ready::kInterrupted;
    if (entries[0].revents != 0) return Ready::kYes;
    if (count < 0 || rest <= 0) return Ready::kTooLate;
  }
}

void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace mogura::alert::detail
