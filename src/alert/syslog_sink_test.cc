#include <gtest/gtest.h>
#include <sys/un.h>

#include <array>
#include <future>
#include <string>

#include "alert/detail/scene_test.h"
#include "alert/detail/tls_scene_test.h"
#include "alert/sink.h"

namespace mogura::alert {
namespace {

using testing::alert;
using testing::Peer;
using testing::Server;

class SyslogSink : public ::testing::Test {
 protected:
  std::unique_ptr<Sink> make(const std::string& target, std::size_t queue = 10'000) {
    SyslogOptions options;
    options.target = target;
    options.ca_file = ca_file_;
    options.queue = queue;
    options.first_pause_s = options.longest_pause_s = 0.005;
    auto sink = make_syslog_sink(options);
    EXPECT_TRUE(sink) << sink.error().message();
    EXPECT_EQ((*sink)->name(), "syslog");
    return *std::move(sink);
  }
  static bool is_about(const std::string& message, std::size_t n) {
    return message.find("alertId=\"relay/" + std::to_string(n) + "\"") != std::string::npos;
  }
  static std::string receive(const detail::Descriptor& socket) {
    std::array<char, 65'536> datagram;
    const ssize_t size = ::recv(socket.get(), datagram.data(), datagram.size(), 0);
    return size < 0 ? "" : std::string(datagram.data(), static_cast<std::size_t>(size));
  }
  static void expect_balanced(const SinkCounters& counters) {
    EXPECT_EQ(counters.accepted, counters.delivered + counters.lost + counters.queued);
  }

  testing::Folder folder_;
  std::string ca_file_;
};

TEST_F(SyslogSink, SendsOneDatagramForEachAlert) {
  const auto server = testing::bound_socket(SOCK_DGRAM);
  const auto sink = make("udp://127.0.0.1:" + std::to_string(testing::port_of(server)));
  report::Alert wordy = alert(1);
  wordy.sentences = {std::string(5000, 'x')};
  sink->send(alert(0));
  sink->send(wordy);
  const std::string first = receive(server);
  EXPECT_TRUE(first.starts_with("<82>1 2026-11-22T05:36:06.768123Z ")) << first;
  EXPECT_TRUE(is_about(first, 0));
  EXPECT_EQ(receive(server).size(), 2048u);
  sink->stop(30);
  EXPECT_EQ(sink->counters().delivered, 2u);
}

detail::Descriptor listen_at(const std::string& path) {
  ::unlink(path.c_str());
  detail::Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  testing::set_patience(socket.get());
  return socket;
}

TEST_F(SyslogSink, WaitsForALocalServerAndItsSuccessor) {
  const std::string path = folder_.file("log");
  const auto sink = make("unix://" + path);
  sink->send(alert(0));
  while (sink->counters().retries < 3) std::this_thread::yield();
  EXPECT_EQ(sink->last_error(), path + ": No such file or directory");
  detail::Descriptor server = listen_at(path);
  EXPECT_TRUE(is_about(receive(server), 0));
  server = listen_at(path);  // restarted: the old socket is gone
  sink->send(alert(1));
  EXPECT_TRUE(is_about(receive(server), 1));
  sink->stop(30);
  EXPECT_EQ(sink->counters().delivered, 2u);
  EXPECT_EQ(sink->counters().lost, 0u);
}

TEST_F(SyslogSink, CountsOctetsOverTcp) {
  Server server;
  const auto sink = make("tcp://" + server.address());
  for (std::size_t n = 0; n < 200; ++n) sink->send(alert(n));
  Peer peer = server.accept();
  for (std::size_t n = 0; n < 200; ++n) {
    const std::string message = peer.read_message();
    EXPECT_TRUE(message.starts_with("<82>1 ")) << message;
    EXPECT_TRUE(is_about(message, n)) << n;
  }
  sink->stop(30);
  EXPECT_EQ(sink->counters().delivered, 200u);
  EXPECT_EQ(peer.read(1), "") << "the connection is closed in order";
}

TEST_F(SyslogSink, SendsEverythingAcrossRestartsOfTheServer) {
  auto server = std::make_unique<Server>();
  const std::uint16_t port = server->port();
  const auto sink = make("tcp://127.0.0.1:" + std::to_string(port));
  constexpr std::size_t kRounds = 10;
  std::size_t sent = 0;
  for (std::size_t round = 0; round < kRounds; ++round) {
    Peer peer = [&] {
      sink->send(alert(sent++));
      return server->accept();
    }();
    // All of an earlier life has been read, so what comes first is what that one did not get.
    EXPECT_TRUE(is_about(peer.read_message(), sent - 1)) << round;
    // Half of the restarts are in order, half are crashes; then alerts come while nobody listens.
    round % 2 == 0 ? peer.close() : peer.reset();
    server.reset();
    server = std::make_unique<Server>(port);
  }
  sink->send(alert(sent++));
  Peer peer = server->accept();
  EXPECT_TRUE(is_about(peer.read_message(), sent - 1));
  sink->stop(30);
  EXPECT_EQ(sink->counters().delivered, sent);
  EXPECT_EQ(sink->counters().lost, 0u);
  expect_balanced(sink->counters());
}

TEST_F(SyslogSink, KeepsAlertsWhileNobodyListens) {
  auto server = std::make_unique<Server>();
  const std::uint16_t port = server->port();
  server.reset();
  const auto sink = make("tcp://127.0.0.1:" + std::to_string(port), 10);
  for (std::size_t n = 0; n < 15; ++n) sink->send(alert(n));
  while (sink->counters().retries < 3) std::this_thread::yield();
  EXPECT_EQ(sink->counters().queued, 10u);
  EXPECT_EQ(sink->counters().lost, 5u) << "the newest, beyond the queue";
  EXPECT_EQ(sink->last_error(), "127.0.0.1:" + std::to_string(port) + ": Connection refused");
  server = std::make_unique<Server>(port);
  Peer peer = server->accept();
  for (std::size_t n = 0; n < 10; ++n) EXPECT_TRUE(is_about(peer.read_message(), n)) << n;
  sink->stop(30);
  EXPECT_EQ(sink->counters().delivered, 10u);
  EXPECT_EQ(sink->last_error(), "");
  expect_balanced(sink->counters());
}

TEST_F(SyslogSink, SendsAgainWhatAServerNeverTook) {
  auto server = std::make_unique<Server>();
  server->keep_buffers_small();
  const std::uint16_t port = server->port();
  const auto sink = make("tcp://127.0.0.1:" + std::to_string(port));
  report::Alert large = alert(0);
  large.sentences = {std::string(8000, 'x')};
  constexpr std::size_t kMany = 800;  // 6 MB: more than the buffers of both ends
  for (std::size_t n = 0; n < kMany; ++n) {
    large.alert_id = "relay/" + std::to_string(n);
    sink->send(large);
  }
  {
    Peer stuck = server->accept();
    EXPECT_TRUE(is_about(stuck.read_message(), 0));
    server.reset();
    stuck.reset();  // with most of it in the buffers
  }
  server = std::make_unique<Server>(port);
  Peer peer = server->accept();
  // What the first one's TCP had acknowledged is gone with it; from there on nothing is missing.
  const std::string first = peer.read_message();
  const std::size_t from = std::stoul(first.substr(first.find("relay/") + 6));
  EXPECT_LT(from, kMany);
  for (std::size_t n = from + 1; n < kMany; ++n) ASSERT_TRUE(is_about(peer.read_message(), n)) << n;
  sink->stop(30);
  EXPECT_EQ(sink->counters().delivered, kMany);
  EXPECT_EQ(sink->counters().lost, 0u);
}

TEST_F(SyslogSink, EndsInTimeWhereTheServerDoesNotRead) {
  Server server;
  server.keep_buffers_small();
  const auto sink = make("tcp://" + server.address());
  report::Alert large = alert(0);
  large.sentences = {std::string(8000, 'x')};
  for (std::size_t n = 0; n < 800; ++n) sink->send(large);
  const Peer peer = server.accept();
  sink->stop(0.05);
  EXPECT_GT(sink->counters().lost, 0u);
  expect_balanced(sink->counters());
}

TEST_F(SyslogSink, SpeaksTlsAndReconnects) {
  const testing::Certificate own(folder_, "server", "IP:127.0.0.1");
  ca_file_ = own.certificate_file;
  Server server;
  const auto sink = make("tls://" + server.address());
  for (std::size_t n = 0; n < 3; ++n) {
    sink->send(alert(n));
    testing::TlsPeer peer(server.accept(), own);
    ASSERT_TRUE(peer.is_accepted);
    EXPECT_TRUE(is_about(peer.read_message(), n));
    peer.close();
  }
  sink->stop(30);
  EXPECT_EQ(sink->counters().delivered, 3u);
}

TEST_F(SyslogSink, TellsNothingToAServerItDoesNotKnow) {
  const testing::Certificate known(folder_, "known", "IP:127.0.0.1");
  const testing::Certificate other(folder_, "other", "IP:127.0.0.1");
  ca_file_ = known.certificate_file;
  Server server;
  const auto sink = make("tls://" + server.address());
  sink->send(alert(0));
  for (int i = 0; i < 2; ++i) {
    testing::TlsPeer peer(server.accept(), other);
    EXPECT_EQ(peer.read_message(), "");
  }
  EXPECT_EQ(sink->last_error(), server.address() + ": its certificate: self-signed certificate");
  sink->stop(0);
  EXPECT_EQ(sink->counters().lost, 1u);
}

TEST_F(SyslogSink, RefusesWhatMakesNoSense) {
  const struct {
    const char* target;
    const char* ca_file;
    unsigned facility;
    ErrorCode code;
    const char* why;
  } rows[] = {
      {"log.example", "", 10, ErrorCode::kUsage, "no scheme"},
      {"udp://log.example", "", 24, ErrorCode::kUsage, "facility beyond the last"},
      {"tls://log.example", "/no/such/file", 10, ErrorCode::kIo, "no certificates"},
  };
  for (const auto& row : rows) {
    SyslogOptions options;
    options.target = row.target;
    options.ca_file = row.ca_file;
    options.facility = row.facility;
    const auto sink = make_syslog_sink(options);
    ASSERT_FALSE(sink) << row.why;
    EXPECT_EQ(sink.error().code, row.code) << row.why;
  }
}

}  // namespace
}  // namespace mogura::alert
