#pragma once

// A client's connection: a socket, with TLS around it or not. One operation at a time, each with an end: what
// has not happened by the deadline is cut off. Not thread-safe: the loop's.

#include <boost/asio/ssl/stream.hpp>
#include <memory>
#include <optional>
#include <string_view>

#include "console/detail/asio.h"
#include "console/detail/moment.h"
#include "console/detail/tls.h"

namespace mogura::console::detail {

class Channel {
 public:
  using Tls = std::shared_ptr<boost::asio::ssl::context>;

  // `tls` may be nullptr.
  Channel(Socket socket, Tls tls);
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // False, and 0 bytes: it is over, whatever the reason.
  Awaitable<bool> handshake(Millis patience);
  Awaitable<std::size_t> read(char* to, std::size_t size, Moment until);
  Awaitable<bool> write(std::string_view bytes, Millis patience);
  // Ends it so that what was written arrives, although more may be coming in (RFC 9112 §9.6).
  Awaitable<void> close(Millis patience);

  // Whatever waits ends now, and what is tried from now on.
  void cut();
  [[nodiscard]] bool is_cut() const { return is_cut_; }
  // Where nothing is read: the client has ended it, or sent what it should not.
  [[nodiscard]] bool has_input() const;
  // A few times a second.
  void sweep(Moment now);
  [[nodiscard]] bool has_tls() const { return secure_.has_value(); }

 private:
  Socket socket_;
  const Tls tls_;
  std::optional<boost::asio::ssl::stream<Socket&>> secure_;
  Moment until_{};  // 0: nothing waits
  bool is_cut_ = false;
};

}  // namespace mogura::console::detail
