#pragma once

// For tests: a client with a plain blocking socket, or TLS over it, and answers taken apart. A wait of
// ten seconds is a failure.

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/text.h"

namespace mogura::console::testing {

struct Answered {
  std::string head{}, body{};

  [[nodiscard]] unsigned status() const {
    return head.size() < 12 ? 0 : static_cast<unsigned>(std::atoi(head.c_str() + 9));
  }
  // The first of that name (in lower case); empty where there is none.
  [[nodiscard]] std::string field(std::string_view name) const {
    std::size_t begin = head.find("\r\n");
    while (begin != std::string::npos) {
      begin += 2;
      const std::size_t end = head.find("\r\n", begin);
      const std::string line = head.substr(begin, end - begin);
      const std::size_t colon = line.find(": ");
      if (colon != std::string::npos && equals_ignoring_case(line.substr(0, colon), name))
        return line.substr(colon + 2);
      begin = end;
    }
    return {};
  }
};

class Client {
 public:
  // `from`: a loopback address of the client's. `has_tls`: any certificate will do.
  explicit Client(const Endpoint& server, bool has_tls = false, std::uint32_t from = INADDR_LOOPBACK) {
    const timeval patience{10, 0};
    descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    const int on = 1;
    setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(from);
    (void)::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    address.sin_port = htons(server.port);
    address.sin_addr.s_addr = htonl(server.address.v4_bits());
    (void)::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    if (has_tls) begin_tls();
  }
  ~Client() {
    SSL_free(tls_);
    SSL_CTX_free(context_);
    ::close(descriptor_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] bool has_tls() const { return is_secure_; }
  [[nodiscard]] SSL* tls() const { return tls_; }
  [[nodiscard]] int descriptor() const { return descriptor_; }
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto size = static_cast<int>(bytes.size());
      const auto sent = tls_ != nullptr ? SSL_write(tls_, bytes.data(), size)
                                        : ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // Empty: the end, or an error.
  std::string some(std::size_t most = 65536) {
    std::string bytes(most, '\0');
    const auto got = tls_ != nullptr ? SSL_read(tls_, bytes.data(), static_cast<int>(most))
                                     : ::recv(descriptor_, bytes.data(), most, 0);
    if (got <= 0 && (tls_ != nullptr ? SSL_get_error(tls_, static_cast<int>(got)) == SSL_ERROR_WANT_READ
                                     : got < 0 && errno == EAGAIN))
      ADD_FAILURE() << "nothing came for ten seconds";
    bytes.resize(static_cast<std::size_t>(got > 0 ? got : 0));
    return bytes;
  }
  std::string until(std::string_view end) {
    std::string bytes;
    while (bytes.find(end) == std::string::npos) {
      const std::string more = some(1);
      if (more.empty()) break;
      bytes += more;
    }
    return bytes;
  }
  // Up to the end of the connection.
  std::string all() {
    std::string bytes;
    for (std::string more = some(); !more.empty(); more = some()) bytes += more;
    return bytes;
  }
  Answered answer(bool has_body = true) {
    Answered answered;
    answered.head = until("\r\n\r\n");
    const auto length = static_cast<std::size_t>(std::atoi(answered.field("content-length").c_str()));
    while (has_body && answered.body.size() < length) {
      const std::string more = some(length - answered.body.size());
      if (more.empty()) break;
      answered.body += more;
    }
    return answered;
  }
  Answered ask(std::string_view request) {
    send(request);
    return answer(!request.starts_with("HEAD"));
  }

 private:
  void begin_tls() {
    context_ = SSL_CTX_new(TLS_client_method());
    tls_ = SSL_new(context_);
    SSL_set_fd(tls_, descriptor_);
    is_secure_ = SSL_connect(tls_) == 1;
  }

  int descriptor_ = -1;
  SSL_CTX* context_ = nullptr;
  SSL* tls_ = nullptr;
  bool is_secure_ = false;
};

}  // namespace mogura::console::testing
