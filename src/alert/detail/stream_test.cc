#include "alert/detail/stream.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <string>
#include <thread>

#include "alert/detail/connect.h"
#include "alert/detail/scene_test.h"

namespace mogura::alert::detail {
namespace {

using testing::soon;

class PlainStreamTest : public ::testing::Test {
 protected:
  std::unique_ptr<Stream> connect() {
    auto socket = connect_to("127.0.0.1", std::to_string(server_.port()), SOCK_STREAM, soon(), bell_);
    EXPECT_TRUE(socket);
    socket_ = socket->get();
    return make_plain_stream(*std::move(socket));
  }
  // Until the other end's doing is known here.
  void wait_for_news() { EXPECT_EQ(wait_for(socket_, POLLIN, soon(), bell_), Ready::kYes); }

  testing::Server server_;
  Bell bell_;
  int socket_ = -1;
};

TEST_F(PlainStreamTest, KnowsWhatHasBeenAcknowledged) {
  const auto stream = connect();
  testing::Peer peer = server_.accept();
  ASSERT_TRUE(stream->write("hello", soon(), bell_));
  EXPECT_EQ(stream->written(), 5u);
  EXPECT_EQ(peer.read(5), "hello");
  // What the other end has sends its acknowledgment along.
  peer.write("ok");
  wait_for_news();
  EXPECT_EQ(stream->acknowledged(), 5u);
  EXPECT_TRUE(stream->is_alive()) << "what it says is read and forgotten";
}

TEST_F(PlainStreamTest, NoticesTheEnd) {
  for (const bool is_reset : {false, true}) {
    const auto stream = connect();
    testing::Peer peer = server_.accept();
    EXPECT_TRUE(stream->is_alive());
    is_reset ? peer.reset() : peer.close();
    wait_for_news();
    EXPECT_FALSE(stream->is_alive());
  }
}

TEST_F(PlainStreamTest, CountsNothingAsAcknowledgedThatNobodyTook) {
  const auto stream = connect();
  testing::Peer peer = server_.accept();
  // More than the buffers of both ends hold.
  const std::string much(std::size_t{64} << 20, 'x');
  const auto written = stream->write(much, Clock::now() + std::chrono::milliseconds(20), bell_);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().cause, "the server does not take more");
  EXPECT_LT(stream->written(), much.size());
  EXPECT_LT(stream->acknowledged(), stream->written());
  peer.reset();
  wait_for_news();
  EXPECT_LT(stream->acknowledged(), stream->written()) << "also after the end";
  EXPECT_FALSE(stream->write("more", soon(), bell_));
}

TEST_F(PlainStreamTest, StopsWritingWhenTheBellIsRung) {
  const auto stream = connect();
  const testing::Peer peer = server_.accept();
  std::thread other([this] { bell_.ring(); });
  EXPECT_FALSE(stream->write(std::string(std::size_t{64} << 20, 'x'), soon(), bell_));
  other.join();
}

}  // namespace
}  // namespace mogura::alert::detail
