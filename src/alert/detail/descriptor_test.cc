#include "alert/detail/descriptor.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <thread>

namespace mogura::alert::detail {
namespace {

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
    out = Descriptor(ends[0]);
    in = Descriptor(ends[1]);
  }
  Descriptor out, in;
};

TEST(Descriptor, ClosesWhatItHas) {
  int number = -1;
  {
    const Descriptor descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    number = descriptor.get();
    EXPECT_TRUE(descriptor.is_open());
  }
  EXPECT_EQ(fcntl(number, F_GETFD), -1);
  Descriptor first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const Descriptor second = std::move(first);
  EXPECT_TRUE(second.is_open());
}

TEST(WaitFor, TellsWhy) {
  const Pipe pipe;
  Bell bell;
  const auto past = Clock::now();
  const auto later = past + std::chrono::hours(1);
  EXPECT_EQ(wait_for(pipe.out.get(), POLLIN, past, bell), Ready::kTooLate);
  EXPECT_EQ(wait_for(pipe.in.get(), POLLOUT, past, bell), Ready::kYes);
  EXPECT_FALSE(bell.is_rung());
  std::thread other([&] { bell.ring(); });
  EXPECT_EQ(wait_for(pipe.out.get(), POLLIN, later, bell), Ready::kInterrupted);
  other.join();
  EXPECT_TRUE(bell.is_rung());
  EXPECT_EQ(wait_for(pipe.in.get(), POLLOUT, later, bell), Ready::kInterrupted) << "it stays so";
}

TEST(WaitFor, TakesAnErrorForReady) {
  Pipe pipe;
  pipe.in.close();
  EXPECT_EQ(wait_for(pipe.out.get(), POLLIN, Clock::time_point::max(), Bell()), Ready::kYes);
}

TEST(BlockSignals, KeepsThemFromTheThread) {
  std::thread([] {
    block_signals();
    Pipe pipe;
    pipe.out.close();
    EXPECT_EQ(::write(pipe.in.get(), "x", 1), -1) << "an error, no signal";
  }).join();
}

}  // namespace
}  // namespace mogura::alert::detail
