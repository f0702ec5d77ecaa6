#pragma once

// A whois server on loopback for tests: answers one connection after the other, each with the next of its
// texts, and remembers the lines that it was asked. A port of the system's choice.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mogura::whois {

class TestServer {
 public:
  // `answer`: from its own name ("127.0.0.1:PORT") and the line that it was asked.
  using Answer = std::function<std::string(const std::string& name, const std::string& line)>;

  // Serves `connections` and ends.
  TestServer(Answer answer, unsigned connections)
      : answer_(std::move(answer)), thread_([this, connections] {
          for (unsigned i = 0; i < connections; ++i) serve();
        }) {}
  ~TestServer() { thread_.join(); }
  TestServer(const TestServer&) = delete;

  [[nodiscard]] std::string name() const {
    return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }
  // Once the server has ended.
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

 private:
  using tcp = boost::asio::ip::tcp;

  void serve() {
    tcp::socket socket(context_);
    boost::system::error_code failed;
    acceptor_.accept(socket, failed);
    std::string line;
    boost::asio::read_until(socket, boost::asio::dynamic_buffer(line, 4096), '\n', failed);
    lines_.push_back(line);
    boost::asio::write(socket, boost::asio::buffer(answer_(name(), line)), failed);
  }

  boost::asio::io_context context_;
  tcp::acceptor acceptor_{context_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)};
  Answer answer_;
  std::vector<std::string> lines_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace mogura::whois
