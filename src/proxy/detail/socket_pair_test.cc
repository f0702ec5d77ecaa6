#include "proxy/detail/socket_pair.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace mogura::proxy::detail {
namespace {

TEST(SocketPair, WhatGoesInComesOutAndTheEndToo) {
  boost::asio::io_context context;
  auto pair = socket_pair(context);
  ASSERT_TRUE(pair);
  const int near = pair->first.native_handle(), far = pair->second.native_handle();
  std::array<char, 9> got{};
  EXPECT_EQ(::send(near, "hello", 5, 0), 5);
  EXPECT_EQ(::recv(far, got.data(), got.size(), 0), 5);
  EXPECT_EQ(::recv(far, got.data(), got.size(), 0), -1);
  EXPECT_EQ(errno, EAGAIN);
  boost::system::error_code error;
  pair->first.close(error);
  EXPECT_EQ(::recv(far, got.data(), got.size(), 0), 0);
}

TEST(SocketPair, HoldsNoMoreThanSomeBytes) {
  boost::asio::io_context context;
  auto pair = socket_pair(context);
  ASSERT_TRUE(pair);
  const std::array<char, 4096> bytes{};
  ssize_t held = 0, sent = 0;
  while ((sent = ::send(pair->first.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL)) > 0)
    held += sent;
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_LE(held, 4 * kSocketPairBytes);
}

}  // namespace
}  // namespace mogura::proxy::detail
