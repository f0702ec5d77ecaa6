#pragma once

// A connection to a syslog server that knows how many of its bytes the other end's TCP has acknowledged.
// Plain here; TLS in tls_stream.h. One thread.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "alert/detail/descriptor.h"
#include "base/result.h"

namespace mogura::alert::detail {

class Stream {
 public:
  virtual ~Stream() = default;

  // All of it, or an error; after an error the connection is of no use any more.
  virtual Result<void> write(std::string_view bytes, Clock::time_point deadline, const Bell& bell) = 0;
  // Whether the other end still listens, as far as is known. Reads and forgets what it sent.
  virtual bool is_alive() = 0;
  // Octets put into the socket so far, by TCP's counting: with TLS more than was given to write().
  [[nodiscard]] virtual std::uint64_t written() const = 0;
  // Of these, acknowledged. Also right after the connection has broken.
  [[nodiscard]] std::uint64_t acknowledged() const;

 protected:
  explicit Stream(Descriptor socket) : socket_(std::move(socket)) {}
  [[nodiscard]] int descriptor() const { return socket_.get(); }

 private:
  Descriptor socket_;
};

std::unique_ptr<Stream> make_plain_stream(Descriptor socket);

}  // namespace mogura::alert::detail
