#include "alert/detail/tls_stream.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <csignal>
#include <fstream>
#include <future>
#include <string>
#include <thread>

#include "alert/detail/connect.h"
#include "alert/detail/tls_scene_test.h"

namespace mogura::alert::detail {
namespace {

using testing::Certificate;
using testing::soon;
using testing::TlsPeer;

class TlsStreamTest : public ::testing::Test {
 protected:
  // As in the thread of a sink.
  void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }

  using Connected = Result<std::unique_ptr<Stream>>;

  Connected connect(const std::string& host, const TlsFiles& files) {
    auto client = TlsClient::make(files);
    if (!client) return tl::unexpected(client.error());
    client_ = *std::move(client);
    auto socket = connect_to("127.0.0.1", std::to_string(server_.port()), SOCK_STREAM, soon(), bell_);
    if (!socket) return tl::unexpected(socket.error());
    socket_ = socket->get();
    return client_->connect(*std::move(socket), host, "place", soon(), bell_);
  }
  // The server's side in a thread of its own, since both wait for each other.
  std::future<TlsPeer> accept(const Certificate& own, const Certificate* client = nullptr) {
    return std::async(std::launch::async, [&, client] { return TlsPeer(server_.accept(), own, client); });
  }

  testing::Folder folder_;
  testing::Server server_;
  Bell bell_;
  std::unique_ptr<TlsClient> client_;
  int socket_ = -1;
};

TEST_F(TlsStreamTest, CarriesBytesAndCountsThoseOfTcp) {
  const Certificate own(folder_, "server", "DNS:log.example");
  auto accepted = accept(own);
  auto stream = connect("log.example", {own.certificate_file, "", ""});
  ASSERT_TRUE(stream) << stream.error().message();
  TlsPeer peer = accepted.get();
  EXPECT_EQ(peer.server_name(), "log.example");
  const std::uint64_t before = (*stream)->written();
  ASSERT_TRUE((*stream)->write("5 hello", soon(), bell_));
  EXPECT_GT((*stream)->written(), before + 7) << "records have heads and tails";
  EXPECT_EQ(peer.read_message(), "hello");
  EXPECT_TRUE((*stream)->is_alive()) << "tickets are no end";
  peer.write("ok");
  EXPECT_EQ(wait_for(socket_, POLLIN, soon(), bell_), Ready::kYes);
  EXPECT_EQ((*stream)->acknowledged(), (*stream)->written());
  EXPECT_TRUE((*stream)->is_alive());
  peer.close();
  EXPECT_EQ(wait_for(socket_, POLLIN, soon(), bell_), Ready::kYes);
  EXPECT_FALSE((*stream)->is_alive());
}

TEST_F(TlsStreamTest, VerifiesWhoAnswers) {
  const Certificate named(folder_, "named", "DNS:log.example");
  const Certificate address(folder_, "address", "IP:127.0.0.1");
  const Certificate other(folder_, "other", "DNS:log.example");
  const Certificate old(folder_, "old", "DNS:log.example", -3600);
  const struct {
    const Certificate& shown;
    const Certificate& known;
    const char* host;
    const char* cause;  // empty: accepted
    const char* why;
  } rows[] = {
      {named, named, "log.example", "", "the name"},
      {address, address, "127.0.0.1", "", "the address"},
      {named, named, "other.example", "hostname mismatch", "another name"},
      {named, named, "sub.log.example", "hostname mismatch", "a longer name"},
      {named, named, "127.0.0.1", "IP address mismatch", "a name, and an address was asked for"},
      {address, address, "127.0.0.2", "IP address mismatch", "another address"},
      {named, other, "log.example", "self-signed certificate", "somebody else's"},
      {old, old, "log.example", "certificate has expired", "of yesterday"},
  };
  for (const auto& row : rows) {
    auto accepted = accept(row.shown);
    const auto stream = connect(row.host, {row.known.certificate_file, "", ""});
    (void)accepted.get();
    ASSERT_EQ(stream.has_value(), *row.cause == '\0') << row.why;
    if (stream) continue;
    EXPECT_EQ(stream.error().message(), std::string("place: its certificate: ") + row.cause) << row.why;
  }
}

TEST_F(TlsStreamTest, ShowsItsOwnCertificateWhereItHasOne) {
  const Certificate own(folder_, "server", "DNS:log.example");
  const Certificate mine(folder_, "client", "DNS:probe.example");
  auto accepted = accept(own, &mine);
  const auto stream = connect("log.example", {own.certificate_file, mine.certificate_file, mine.key_file});
  ASSERT_TRUE(stream);
  EXPECT_TRUE(accepted.get().is_accepted);
}

TEST_F(TlsStreamTest, RefusesFilesThatHoldNothing) {
  const Certificate own(folder_, "own", "DNS:a");
  const Certificate other(folder_, "other", "DNS:b");
  const std::string empty = folder_.file("empty");
  std::ofstream{empty};
  const struct {
    TlsFiles files;
    std::string place;
  } rows[] = {
      {{empty, "", ""}, empty},
      {{folder_.file("missing"), "", ""}, folder_.file("missing")},
      {{own.certificate_file, empty, own.key_file}, empty},
      {{own.certificate_file, own.certificate_file, empty}, empty},
      {{own.certificate_file, own.certificate_file, other.key_file}, other.key_file},
      {{own.certificate_file, own.certificate_file, ""}, own.certificate_file},
  };
  for (const auto& row : rows) {
    const auto client = TlsClient::make(row.files);
    ASSERT_FALSE(client) << row.place;
    EXPECT_EQ(client.error().code, ErrorCode::kIo);
    EXPECT_EQ(client.error().place, row.place);
  }
}

TEST_F(TlsStreamTest, EndsWhenTheServerSpeaksSomethingElseOrNothing) {
  auto plain = std::async(std::launch::async, [&] {
    testing::Peer peer = server_.accept();
    peer.write("220 ready\r\n");
    return peer.read(1);
  });
  EXPECT_FALSE(connect("log.example", {}));
  plain.get();
  auto gone = std::async(std::launch::async, [&] { server_.accept().close(); });
  EXPECT_FALSE(connect("log.example", {}));
  gone.get();
  std::thread other([this] {
    testing::Peer peer = server_.accept();
    (void)peer.read(1);
    bell_.ring();
    (void)peer.read(std::size_t{1} << 20);
  });
  const auto silent = connect("log.example", {});
  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().cause, "the server does not answer");
  other.join();
}

}  // namespace
}  // namespace mogura::alert::detail
