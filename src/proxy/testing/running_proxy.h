#pragma once

// For tests: a proxy on loopback with a store in memory, a scripted origin, and a client with plain blocking
// sockets. Ports are the system's choice; every wait ends after ten seconds.

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "challenge/exemptions.h"
#include "challenge/gate.h"
#include "proxy/proxy.h"

namespace mogura::proxy {

// A blocking socket that closes itself.
class TestSocket {
 public:
  explicit TestSocket(int descriptor = -1) : descriptor_(descriptor) {
    const timeval patience{10, 0};
    if (descriptor_ < 0) return;
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  }
  ~TestSocket() { close(); }
  TestSocket(TestSocket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  TestSocket& operator=(TestSocket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }

  static TestSocket connect(std::uint16_t port) {
    TestSocket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void)::connect(socket.descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    return socket;
  }
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // Up to `most` bytes; empty: the end, an error, or ten seconds.
  [[nodiscard]] std::string some(std::size_t most = 65536) const {
    std::string bytes(most, '\0');
    const ssize_t got = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
    bytes.resize(static_cast<std::size_t>(got > 0 ? got : 0));
    return bytes;
  }
  [[nodiscard]] std::string until(std::string_view end) const {
    std::string bytes;
    while (bytes.find(end) == std::string::npos) {
      const std::string more = some(1);
      if (more.empty()) break;
      bytes += more;
    }
    return bytes;
  }
  [[nodiscard]] std::string head() const { return until("\r\n\r\n"); }
  [[nodiscard]] std::string exactly(std::size_t count) const {
    std::string bytes;
    while (bytes.size() < count) {
      const std::string more = some(count - bytes.size());
      if (more.empty()) break;
      bytes += more;
    }
    return bytes;
  }
  [[nodiscard]] std::string all() const {
    std::string bytes;
    while (true) {
      const std::string more = some();
      if (more.empty()) return bytes;
      bytes += more;
    }
  }
  void finish_writing() const { ::shutdown(descriptor_, SHUT_WR); }
  void reset() {
    const linger at_once{1, 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }
  void close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

// Listens on loopback and hands each connection to `serve`, one after the other, on a thread of its own.
class TestOrigin {
 public:
  using Serve = std::function<void(TestSocket&)>;
  explicit TestOrigin(Serve serve) : serve_(std::move(serve)), listener_(listen_anywhere(port_)) {
    thread_ = std::thread([this] { run(); });
  }
  ~TestOrigin() {
    is_over_ = true;
    ::shutdown(listener_.descriptor(), SHUT_RDWR);
    thread_.join();
  }
  TestOrigin(const TestOrigin&) = delete;
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string name() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] unsigned connections() const { return connections_; }

 private:
  static TestSocket listen_anywhere(std::uint16_t& port) {
    TestSocket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    (void)::bind(socket.descriptor(), reinterpret_cast<sockaddr*>(&address), size);
    (void)::listen(socket.descriptor(), 64);
    (void)::getsockname(socket.descriptor(), reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    return socket;
  }
  void run() {
    while (!is_over_) {
      const int accepted = ::accept4(listener_.descriptor(), nullptr, nullptr, SOCK_CLOEXEC);
      if (accepted < 0) continue;
      ++connections_;
      TestSocket socket(accepted);
      serve_(socket);
    }
  }

  Serve serve_;
  std::uint16_t port_ = 0;
  TestSocket listener_;
  std::atomic<bool> is_over_{false};
  std::atomic<unsigned> connections_{0};
  std::thread thread_;
};

class TestStore final : public challenge::StateStore {
 public:
  Answer update(const challenge::StateKey& key, const challenge::Input& input, Later) override {
    const std::scoped_lock lock(mutex_);
    if (is_down) return {};
    return {Answer::Kind::kNow, challenge::advance(entries_[key], input, {})};
  }
  [[nodiscard]] challenge::StateStoreCounters counters() const override { return {}; }
  [[nodiscard]] std::string last_error() const override { return {}; }
  void stop() override {}
  std::atomic<bool> is_down{false};

 private:
  std::mutex mutex_;
  std::map<challenge::StateKey, challenge::Entry> entries_;
};

inline Options test_options() {
  Options options;
  options.listen.endpoints = {{Address::v4(0x7F000001), 0}};
  options.threads = 1;
  options.access.clients = private_networks();
  options.access.destinations = {*Network::parse("127.0.0.0/8")};
  options.access.any_connect_port = true;
  options.timeouts.stop = std::chrono::seconds(5);
  return options;
}

inline std::shared_ptr<const challenge::Gate> test_gate(const Options& options) {
  return std::make_shared<const challenge::Gate>(options.challenge.policy,
                                                 challenge::Secret(std::array<std::uint8_t, 32>{1, 2, 3}),
                                                 std::make_shared<const challenge::Exemptions>());
}

class RunningProxy {
 public:
  explicit RunningProxy(const Options& options = test_options(),
                        std::function<void(const session::Session&)> on_session = {},
                        EventObserver on_event = {}) {
    Surroundings surroundings{&store, test_gate(options), std::move(on_session), std::move(on_event)};
    auto opened = Proxy::open(options, std::move(surroundings));
    proxy = std::move(opened.value());
    proxy->start();
  }
  ~RunningProxy() { proxy->stop(); }

  [[nodiscard]] std::uint16_t port() const { return proxy->endpoints().front().port; }
  [[nodiscard]] TestSocket client() const { return TestSocket::connect(port()); }
  [[nodiscard]] const Counters& counters() const { return *proxy->metrics_source().loops.front(); }
  [[nodiscard]] std::uint64_t refusals(Refusal refusal) const {
    return counters().refusals[static_cast<std::size_t>(refusal)].get();
  }

  TestStore store;
  std::unique_ptr<Proxy> proxy;
};

// An origin that answers every request, on connections that stay, with `answer`.
inline TestOrigin::Serve always(std::string answer) {
  return [answer = std::move(answer)](TestSocket& socket) {
    while (!socket.head().empty() && socket.send(answer)) {
    }
  };
}

}  // namespace mogura::proxy
