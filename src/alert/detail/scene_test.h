#pragma once

// For the tests of this room: a folder that goes away, alerts that differ, and servers on the loopback
// interface at ports that the system chooses. Nothing here waits for a time; reads block until the other side
// acts, and give up after kPatienceS so that a broken test ends.

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "alert/detail/descriptor.h"
#include "report/alert.h"

namespace mogura::alert::testing {

using detail::Descriptor;

inline constexpr int kPatienceS = 30;

inline detail::Clock::time_point soon() {
  return detail::Clock::now() + std::chrono::seconds(kPatienceS);
}

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "mogura-alert-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

inline report::Alert alert(std::size_t n) {
  report::Alert alert;
  alert.alert_id = "relay/" + std::to_string(n);
  alert.time = Timestamp(std::chrono::microseconds(1'795'325'766'768'123));
  alert.pattern_id = "relay";
  alert.pattern_name = "SSH behind CONNECT";
  alert.client = {*Address::parse("192.0.2.7"), 40'000};
  alert.server = {*Address::parse("192.0.2.1"), 3128};
  alert.destination = "edge.example:443";
  alert.severity = "high";
  alert.score = 0.85;
  alert.sentences = {"the inner protocol is ssh", "a message of 52 bytes came 40 times"};
  return alert;
}

inline void set_patience(int socket) {
  const timeval patience{kPatienceS, 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

// One connection, from the server's side.
class Peer {
 public:
  explicit Peer(Descriptor socket) : socket_(std::move(socket)) {
    if (socket_.is_open()) set_patience(socket_.get());
  }

  [[nodiscard]] int descriptor() const { return socket_.get(); }
  // Fewer at the end of the stream.
  std::string read(std::size_t count) {
    while (held_.size() < count && receive()) {
    }
    return take(std::min(count, held_.size()));
  }
  // With `end`; what there is at the end of the stream.
  std::string read_until(const std::string& end) {
    std::size_t at = held_.find(end);
    while (at == std::string::npos && receive()) at = held_.find(end);
    return take(at == std::string::npos ? held_.size() : at + end.size());
  }
  // RFC 6587 §3.4.1; empty at the end of the stream.
  std::string read_message() {
    const std::string length = read_until(" ");
    return length.empty() ? "" : read(std::stoul(length));
  }
  // The body of a request, its head in `head`.
  std::string read_request() {
    head = read_until("\r\n\r\n");
    const std::size_t at = head.find("Content-Length: ");
    return at == std::string::npos ? "" : read(std::stoul(head.substr(at + 16)));
  }
  void write(const std::string& bytes) {
    EXPECT_EQ(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  void answer(const std::string& status, const std::string& fields = "") {
    write("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n" + fields + "\r\n");
  }
  void close() { socket_ = Descriptor(); }
  // With RST instead of FIN.
  void reset() {
    const linger at_once{1, 0};
    setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }

  std::string head;

 private:
  bool receive() {
    std::array<char, 4096> piece;
    const ssize_t count = ::recv(socket_.get(), piece.data(), piece.size(), 0);
    if (count > 0) held_.append(piece.data(), static_cast<std::size_t>(count));
    return count > 0;
  }
  std::string take(std::size_t count) {
    std::string taken = held_.substr(0, count);
    held_.erase(0, count);
    return taken;
  }

  Descriptor socket_;
  std::string held_;
};

inline Descriptor bound_socket(int type, std::uint16_t port = 0) {
  Descriptor socket(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
  const int yes = 1;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  set_patience(socket.get());
  return socket;
}

inline std::uint16_t port_of(const Descriptor& socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

class Server {
 public:
  explicit Server(std::uint16_t port = 0) : socket_(bound_socket(SOCK_STREAM, port)) {
    EXPECT_EQ(::listen(socket_.get(), 16), 0);
    port_ = port_of(socket_);
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  Peer accept() {
    Descriptor peer(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    EXPECT_TRUE(peer.is_open()) << "nobody came";
    return Peer(std::move(peer));
  }
  // Of connections to come: what nobody reads soon waits at the other end.
  void keep_buffers_small() {
    const int bytes = 4096;
    setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  }
  // Nobody listens at the port from now on.
  void stop() { socket_ = Descriptor(); }

 private:
  Descriptor socket_;
  std::uint16_t port_ = 0;
};

}  // namespace mogura::alert::testing
