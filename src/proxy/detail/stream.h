#pragma once

// A connected socket as the relay uses it, in clear or with TLS on it. System calls are tried directly and
// Asio waits only where they would block: an operation that completes at once costs no turn of the loop. Each
// wait has an end. One coroutine may read while another writes. Not thread-safe; belongs to one loop.

#include <sys/uio.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/address.h"
#include "proxy/detail/asio.h"
#include "proxy/detail/sweeper.h"
#include "proxy/detail/tls_layer.h"

namespace mogura::proxy::detail {

using Millis = std::chrono::milliseconds;

// Of a system call that failed: it was not the connection's fault.
inline bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK;
}

enum class Io : std::uint8_t {
  kOk,
  kEnd,      // reading: the peer closed in order
  kError,    // it reset, or the network failed
  kTimeout,  // nothing went for as long as was allowed
  kCut,      // cut() was called
};

struct Read {
  Io io = Io::kOk;
  std::size_t bytes = 0;
};

class Stream final : private Swept {
 public:
  // The socket is open, non-blocking.
  Stream(Sweeper& sweeper, Socket socket);
  ~Stream() override;

  // At least one byte, up to `size`. `patience` 0: no end but the sweep's (see patience()).
  Awaitable<Read> read(char* to, std::size_t size, Millis patience);
  // Without waiting: bytes, 0 for the end, or -1 with errno (EAGAIN: nothing there).
  ssize_t try_read(char* to, std::size_t size);
  // Waits until something can be read (or an end, or an error).
  Awaitable<Io> readable(Millis patience);

  // As much of the pieces as goes without waiting: bytes, or -1 with errno. Removes what went from `pieces`.
  ssize_t try_write(std::span<iovec>& pieces);
  // All of them. `patience` is counted from each byte that went. kOk at once where all could be written.
  Awaitable<Io> write(std::span<iovec> pieces, Millis patience);
  Awaitable<Io> write(std::string_view bytes, Millis patience);
  Awaitable<Io> writable(Millis patience);
  // All of it, from memory that is valid until the first wait only: what does not go at once is copied.
  struct Passed {
    Io io = Io::kOk;
    bool had_to_wait = false;  // the receiver is slower than what comes
  };
  Awaitable<Passed> pass(std::string_view bytes, Millis patience);

  // From now on, all that is read and written goes through `layer`, which is made for this socket.
  void encrypt(std::unique_ptr<TlsLayer> layer);
  // kError: the layer knows why. `patience` is for all of it.
  Awaitable<Io> handshake(Millis patience);
  [[nodiscard]] TlsLayer* tls() const { return tls_.get(); }
  [[nodiscard]] bool is_encrypted() const { return tls_ != nullptr; }

  // A reader that waits is given this much more time from now on; 0: no end.
  void extend_read(Millis patience);
  // What waits, and whatever is tried from now on, ends with kCut. May be called more than once.
  void cut();
  // What waits now ends with kError.
  void interrupt();
  [[nodiscard]] bool is_cut() const { return is_cut_; }
  // After an end was read: where it came without TLS's goodbye, and more may have been meant to come, `other`
  // will end without one, too.
  void pass_on_end(Stream& other) const;
  void shutdown_write();
  // Closing will reset the connection (RFC 9293 §3.10.4), as its other side did. Where the connection is a
  // pair inside the kernel, which cannot be reset, `flag` says so to who has the other end.
  void reset_on_close();
  void tell_reset(std::shared_ptr<bool> flag) { reset_flag_ = std::move(flag); }
  void close();

  // Bytes written that the peer has not acknowledged; and what a round trip takes.
  [[nodiscard]] bool is_all_acknowledged() const;
  [[nodiscard]] std::chrono::microseconds round_trip() const;

  [[nodiscard]] Socket& socket() { return socket_; }
  Socket release();

 private:
  void sweep(std::int64_t now_ms) override;
  static std::int64_t until(Millis patience);

  Awaitable<Io> wait_read(Millis patience);
  Awaitable<Read> read_tls(char* to, std::size_t size, Millis patience);
  ssize_t try_write_tls(std::span<iovec>& pieces);

  Socket socket_;
  std::unique_ptr<TlsLayer> tls_;
  std::int64_t read_until_ms_ = 0, write_until_ms_ = 0;  // 0: no end
  bool read_is_late_ = false, write_is_late_ = false, is_cut_ = false;
  std::shared_ptr<bool> reset_flag_;
};

Endpoint endpoint_of(const boost::asio::ip::tcp::endpoint& endpoint);

}  // namespace mogura::proxy::detail
