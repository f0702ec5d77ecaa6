#include "store/detail/redis_link.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "store/testing/scratch_folder.h"

namespace mogura::store::detail {
namespace {

// The server's side of a connection, which says what the test wants.
class Peer {
 public:
  Peer() {
    url.path = folder_.file("socket");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    url.path.copy(address.sun_path, sizeof address.sun_path - 1);
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::listen(listener_, 1);
  }
  ~Peer() {
    hang_up();
    ::close(listener_);
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void accept() { connection_ = ::accept(listener_, nullptr, nullptr); }
  void say(std::string_view text) const {
    ASSERT_EQ(::send(connection_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  void hang_up() {
    if (connection_ >= 0) ::close(connection_);
    connection_ = -1;
  }
  [[nodiscard]] std::string heard() const {
    std::array<char, 4096> buffer{};
    const ssize_t got = ::recv(connection_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
  }

  RedisUrl url;

 private:
  ScratchFolder folder_;
  int listener_ = -1, connection_ = -1;
};

class RedisLinkTest : public ::testing::Test {
 protected:
  // Until nothing is there to be done.
  void turn() {
    while (link && link->state() != RedisLink::State::kLost) {
      pollfd waited{link->descriptor(), link->events(), 0};
      if (::poll(&waited, 1, 0) <= 0) return;
      link->proceed(waited.revents, [this](const RedisReply& reply) {
        replies.push_back(reply.kind == RedisReply::Kind::kInteger ? std::to_string(reply.integer)
                                                                   : std::string(reply.text));
      });
    }
  }
  void connect() {
    link.emplace(peer.url, "return 1");
    peer.accept();
    turn();
  }
  void come_up() {
    connect();
    peer.say("$2\r\nab\r\n");
    turn();
    ASSERT_EQ(link->state(), RedisLink::State::kUp);
    (void)peer.heard();
  }
  void expect_lost(const std::string& why) {
    ASSERT_EQ(link->state(), RedisLink::State::kLost);
    EXPECT_EQ(link->error(), peer.url.place() + ": " + why);
  }

  Peer peer;
  std::optional<RedisLink> link;
  std::vector<std::string> replies;
};

TEST_F(RedisLinkTest, GreetsWithTheScriptAlone) {
  connect();
  EXPECT_EQ(link->state(), RedisLink::State::kGreeting);
  EXPECT_EQ(peer.heard(), "*3\r\n$6\r\nSCRIPT\r\n$4\r\nLOAD\r\n$8\r\nreturn 1\r\n");
}

TEST_F(RedisLinkTest, GreetsWithPasswordAndDatabaseWhereThereAreSome) {
  peer.url.user = "u";
  peer.url.password = "hidden";
  peer.url.database = 7;
  connect();
  EXPECT_TRUE(peer.heard().starts_with(
      "*3\r\n$4\r\nAUTH\r\n$1\r\nu\r\n$6\r\nhidden\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n7\r\n*3\r\n$6\r\nSCRIPT"));
  peer.say("+OK\r\n+OK\r\n");
  turn();
  EXPECT_EQ(link->state(), RedisLink::State::kGreeting);
  peer.say("$1\r\nx\r\n");
  turn();
  EXPECT_EQ(link->state(), RedisLink::State::kUp);
}

TEST_F(RedisLinkTest, ShowsOfARefusalTheCodeAlone) {
  peer.url.password = "hidden";
  connect();
  peer.say("-ERR unknown command `AUTH`, with args beginning with: `hidden`\r\n");
  turn();
  expect_lost("refused AUTH, SELECT or SCRIPT LOAD: ERR");
}

TEST_F(RedisLinkTest, GivesRepliesInTheirOrderHoweverTheyAreSplit) {
  come_up();
  const std::array<std::string_view, 2> words{"GET", "k"};
  const std::string answer = ":1\r\n$3\r\na\r\n\r\n$-1\r\n-NOSCRIPT x\r\n$0\r\n\r\n";
  for (std::size_t split = 0; split <= answer.size(); ++split) {
    replies.clear();
    for (int i = 0; i < 5; ++i) link->send(words);
    link->flush();
    if (split != 0) peer.say(std::string_view(answer).substr(0, split));
    turn();
    if (split != answer.size()) peer.say(std::string_view(answer).substr(split));
    turn();
    EXPECT_EQ(replies, (std::vector<std::string>{"1", "a\r\n", "", "NOSCRIPT x", ""})) << split;
    (void)peer.heard();
  }
}

TEST_F(RedisLinkTest, AServerThatSpeaksUnaskedIsLeft) {
  come_up();
  peer.say("+hello\r\n");
  turn();
  expect_lost("sent what nobody asked for");
}

TEST_F(RedisLinkTest, MoreRepliesThanCommandsAreTheEnd) {
  come_up();
  link->send(std::array<std::string_view, 1>{"PING"});
  link->flush();
  peer.say(":1\r\n:2\r\n");
  turn();
  EXPECT_EQ(replies, std::vector<std::string>{"1"});
  expect_lost("sent what nobody asked for");
}

TEST_F(RedisLinkTest, ArraysOfAnySizeAreRefused) {
  for (const char* array : {"*1\r\n:1\r\n", "*1000000000\r\n", "*2147483647\r\n", "*-5\r\n"}) {
    Peer other;
    RedisLink another(other.url, "return 1");
    other.accept();
    other.say(array);
    for (int i = 0; i < 3 && another.state() != RedisLink::State::kLost; ++i) {
      pollfd waited{another.descriptor(), another.events(), 0};
      ASSERT_GT(::poll(&waited, 1, 5000), 0);
      another.proceed(waited.revents, [](const RedisReply&) { FAIL(); });
    }
    EXPECT_EQ(another.state(), RedisLink::State::kLost) << array;
  }
}

TEST_F(RedisLinkTest, AReplyWithoutEndIsTheEnd) {
  come_up();
  link->send(std::array<std::string_view, 1>{"PING"});
  link->flush();
  peer.say("$536870912\r\n");
  const std::string piece(65'536, 'x');
  for (int i = 0; i < 8 && link->state() == RedisLink::State::kUp; ++i) {
    peer.say(piece);
    turn();
  }
  expect_lost("sent a reply without end");
}

TEST_F(RedisLinkTest, WhatIsNoRedisIsTheEnd) {
  connect();
  peer.say("SSH-2.0-OpenSSH_9.2\r\n");
  turn();
  ASSERT_EQ(link->state(), RedisLink::State::kLost);
}

TEST_F(RedisLinkTest, AConnectionThatEndsIsLostInEveryState) {
  connect();
  peer.hang_up();
  turn();
  ASSERT_EQ(link->state(), RedisLink::State::kLost);
  come_up();
  peer.hang_up();
  turn();
  expect_lost("Server closed the connection");
}

TEST_F(RedisLinkTest, ASocketThatIsNotThereIsLostAtOnce) {
  peer.url.path += ".missing";
  link.emplace(peer.url, "return 1");
  expect_lost("No such file or directory");
}

TEST(ErrorCode, IsTheFirstWordOfCapitals) {
  EXPECT_EQ(error_code_of("OOM command not allowed"), "OOM");
  EXPECT_EQ(error_code_of("READONLY"), "READONLY");
  EXPECT_EQ(error_code_of(""), "an error");
  EXPECT_EQ(error_code_of("\x1b[2Jred"), "an error");
  EXPECT_EQ(error_code_of(std::string(500, 'A')), std::string(16, 'A'));
}

}  // namespace
}  // namespace mogura::store::detail
