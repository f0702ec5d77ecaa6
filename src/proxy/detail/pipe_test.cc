#include "proxy/detail/pipe.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

namespace mogura::proxy::detail {
namespace {

struct SocketPair {
  SocketPair() { (void)socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()); }
  ~SocketPair() {
    close(ends[0]);
    close(ends[1]);
  }
  std::array<int, 2> ends{};
};

TEST(Pipe, MovesBytesFromOneSocketToAnother) {
  SocketPair from, to;
  ASSERT_EQ(::write(from.ends[0], "hello", 5), 5);
  Pipe pipe = Pipe::open();
  ASSERT_TRUE(pipe.is_open());
  EXPECT_EQ(pipe.fill(from.ends[1]), 5);
  EXPECT_EQ(pipe.held(), 5U);
  EXPECT_EQ(pipe.drain(to.ends[0]), 5);
  EXPECT_EQ(pipe.held(), 0U);
  std::array<char, 8> bytes{};
  ASSERT_EQ(::read(to.ends[1], bytes.data(), bytes.size()), 5);
  EXPECT_EQ(std::string_view(bytes.data(), 5), "hello");
}

TEST(Pipe, TellsNothingThereFromTheEnd) {
  SocketPair from;
  Pipe pipe = Pipe::open();
  EXPECT_EQ(pipe.fill(from.ends[1]), -1);
  EXPECT_EQ(errno, EAGAIN);
  ::shutdown(from.ends[0], SHUT_WR);
  EXPECT_EQ(pipe.fill(from.ends[1]), 0);
}

TEST(PipePool, GivesOutOnlyEmptyOnes) {
  SocketPair from;
  ASSERT_EQ(::write(from.ends[0], "x", 1), 1);
  PipePool pool;
  Pipe pipe = pool.take();
  ASSERT_EQ(pipe.fill(from.ends[1]), 1);
  pool.give(std::move(pipe));
  EXPECT_EQ(pool.take().held(), 0U);
}

}  // namespace
}  // namespace mogura::proxy::detail
