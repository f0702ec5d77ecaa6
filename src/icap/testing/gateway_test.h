#pragma once

// A gateway written by hand, and the service that it asks, for tests.

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "icap/icap.h"

namespace mogura::icap {

class TestStore final : public challenge::StateStore {
 public:
  Answer update(const challenge::StateKey& key, const challenge::Input& input, Later /*later*/) override {
    const std::scoped_lock lock(mutex_);
    return {.kind = is_down ? Answer::Kind::kUnavailable : Answer::Kind::kNow,
            .outcome = challenge::advance(entries_[key], input, {.span = {}})};
  }
  [[nodiscard]] challenge::StateStoreCounters counters() const override { return {}; }
  [[nodiscard]] std::string last_error() const override { return {}; }
  void stop() override {}

  bool is_down = false;

 private:
  std::mutex mutex_;
  std::map<challenge::StateKey, challenge::Entry> entries_;
};

// A gateway, written by hand.
class Gateway {
 public:
  explicit Gateway(const Endpoint& to) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(to.port);
    address.sin_addr.s_addr = htonl(to.address.v4_bits());
    timeval patience{.tv_sec = 10, .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~Gateway() { ::close(socket_); }
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  void send(const std::string& text) const {
    EXPECT_EQ(::send(socket_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  // Up to and with `mark`; what comes at all, where that never comes.
  std::string until(const std::string& mark) {
    std::size_t at;
    while ((at = got_.find(mark)) == std::string::npos && more()) {
    }
    return take(at == std::string::npos ? got_.size() : at + mark.size());
  }
  std::string head() { return until("\r\n\r\n"); }
  std::string all() {
    while (more()) {
    }
    return take(got_.size());
  }
  // In order; not by a reset.
  [[nodiscard]] bool has_ended() const {
    char byte = 0;
    return ::recv(socket_, &byte, 1, 0) == 0;
  }
  std::string ask(const std::string& text) {
    send(text);
    return head();
  }

 private:
  bool more() {
    char bytes[4096];
    const ssize_t size = ::recv(socket_, bytes, sizeof bytes, 0);
    if (size > 0) got_.append(bytes, static_cast<std::size_t>(size));
    return size > 0;
  }
  std::string take(std::size_t size) {
    std::string taken = got_.substr(0, size);
    got_.erase(0, size);
    return taken;
  }

  int socket_;
  std::string got_;
};

inline std::shared_ptr<const challenge::Gate> gate(challenge::Mode mode = challenge::Mode::kObserve) {
  const challenge::Secret secret{std::array<std::uint8_t, challenge::Secret::kBytes>{7}};
  challenge::Policy policy;
  policy.mode = mode;
  return std::make_shared<const challenge::Gate>(policy, secret, std::make_shared<challenge::Exemptions>());
}

inline Options test_options() {
  Options options;
  options.listen = {{Address::v4(0x7F000001), 0}};
  options.threads = 2;
  options.stop = std::chrono::seconds(1);
  options.delivery = {};
  return options;
}

constexpr const char* kGet =
    "GET http://site.example/ HTTP/1.1\r\nHost: site.example\r\nUser-Agent: probe/1\r\n";
constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
constexpr const char* kClient = "X-Client-IP: 10.0.0.7\r\nX-Client-Port: 4000\r\n";

inline std::string reqmod(const std::string& http, const std::string& more = "",
                          const std::string& body = "null-body") {
  return "REQMOD icap://h/reqmod ICAP/1.0\r\nHost: h\r\nEncapsulated: req-hdr=0, " + body + "=" +
         std::to_string(http.size()) + "\r\n" + more + "\r\n" + http;
}

inline std::string respmod(const std::string& request, const std::string& response, const std::string& more,
                           const std::string& body = "res-body") {
  return "RESPMOD icap://h/respmod ICAP/1.0\r\nHost: h\r\nEncapsulated: req-hdr=0, res-hdr=" +
         std::to_string(request.size()) + ", " + body + "=" +
         std::to_string(request.size() + response.size()) + "\r\n" + more + "\r\n" + request + response;
}

inline std::string pairing_in(const std::string& answer) {
  const std::size_t at = answer.find("X-Mogura: ");
  return at == std::string::npos ? "" : answer.substr(at, answer.find("\r\n", at) + 2 - at);
}

inline std::string cookie_in(const std::string& answer) {
  const std::size_t at = answer.find("Set-Cookie: ");
  return at == std::string::npos ? "" : answer.substr(at + 12, answer.find(';', at) - at - 12);
}

}  // namespace mogura::icap
