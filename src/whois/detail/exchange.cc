#include "whois/detail/exchange.h"

#include <algorithm>
#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <vector>

namespace mogura::whois::detail {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Code = boost::system::error_code;

constexpr std::size_t kReadBytes = 4096;
constexpr std::size_t kMostAddresses = 8;

Address address_of(const asio::ip::address& address) {
  if (address.is_v4()) return Address::v4(address.to_v4().to_uint());
  const auto bytes = address.to_v6().to_bytes();
  return Address::from_bytes(bytes);
}

// The steps follow each other by callbacks; the first to fail, or the timer, ends them.
class Exchange {
 public:
  Exchange(const Server& server, std::string_view line, const ExchangeLimits& limits)
      : server_(server), line_(line), limits_(limits) {}

  Result<std::string> run() {
    timer_.expires_after(limits_.timeout);
    timer_.async_wait([this](const Code& code) {
      if (!code) time_out();
    });
    resolve();
    context_.run();
    if (!answer_.empty()) return std::move(answer_);
    if (error_) return tl::unexpected(std::move(*error_));
    return fail(ErrorCode::kIo, server_.text(), "the server closed the connection without an answer");
  }

 private:
  void time_out() {
    give_up(ErrorCode::kLimit, "no answer in time");
    resolver_.cancel();
    end();
  }

  void give_up(ErrorCode code, std::string cause) {
    if (!error_) error_ = Error{code, server_.text(), std::move(cause)};
  }

  void end() {
    Code ignored;
    timer_.cancel(ignored);
    socket_.close(ignored);
  }

  void end_with(const Code& code) {
    give_up(ErrorCode::kIo, code.message());
    end();
  }

  void resolve() {
    Code code;
    const asio::ip::address address = asio::ip::make_address(server_.host, code);
    if (!code) return connect({tcp::endpoint(address, server_.port)});
    resolver_.async_resolve(server_.host, std::to_string(server_.port),
                            [this](const Code& failed, const tcp::resolver::results_type& found) {
                              if (failed) return end_with(failed);
                              std::vector<tcp::endpoint> endpoints;
                              for (const auto& entry : found) {
                                if (endpoints.size() < kMostAddresses) endpoints.push_back(entry.endpoint());
                              }
                              connect(std::move(endpoints));
                            });
  }

  void connect(std::vector<tcp::endpoint> endpoints) {
    if (limits_.public_only) {
      std::erase_if(endpoints, [](const tcp::endpoint& e) { return !is_public(address_of(e.address())); });
      if (endpoints.empty()) {
        give_up(ErrorCode::kUsage, "the referral leads into the network: not followed");
        return end();
      }
    }
    endpoints_ = std::move(endpoints);
    asio::async_connect(socket_, endpoints_, [this](const Code& failed, const tcp::endpoint&) {
      failed ? end_with(failed) : ask();
    });
  }

  void ask() {
    asio::async_write(socket_, asio::buffer(line_),
                      [this](const Code& failed, std::size_t) { failed ? end_with(failed) : read(); });
  }

  void read() {
    socket_.async_read_some(asio::buffer(piece_), [this](const Code& failed, std::size_t size) {
      answer_.append(piece_.data(), std::min(size, limits_.answer_bytes - answer_.size()));
      if (failed == asio::error::eof || answer_.size() == limits_.answer_bytes) return end();
      failed ? end_with(failed) : read();
    });
  }

  const Server& server_;
  const std::string line_;
  const ExchangeLimits& limits_;
  asio::io_context context_{1};
  asio::steady_timer timer_{context_};
  tcp::resolver resolver_{context_};
  tcp::socket socket_{context_};
  std::vector<tcp::endpoint> endpoints_;
  std::array<char, kReadBytes> piece_{};
  std::string answer_;
  std::optional<Error> error_;
};

}  // namespace

Result<std::string> exchange(const Server& server, std::string_view line, const ExchangeLimits& limits) {
  // Asio throws where the system has no descriptors left.
  try {
    return Exchange(server, line, limits).run();
  } catch (const std::exception& error) {
    return fail(ErrorCode::kIo, server.text(), error.what());
  }
}

}  // namespace mogura::whois::detail
