#pragma once

// TLS on a socket that is somebody else's: handshake, and bytes in and out in the manner of recv() and
// send(), never waiting. Streams (detail/stream.h) wait, and send their bytes through this where they have
// one. What goes over the wire can be watched, so that a session is recorded as a capture would have it. Keys
// stay inside OpenSSL; nothing here writes or logs any.
//
// Reading may have to write, and the other way round; read_wants_write() says so. Not thread-safe; belongs to
// one loop. The contexts may be shared.

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;
struct ssl_session_st;

namespace mogura::proxy::detail {

struct SslFree {
  void operator()(ssl_st* ssl) const;
};
struct SessionFree {
  void operator()(ssl_session_st* session) const;
};
using SessionPtr = std::unique_ptr<ssl_session_st, SessionFree>;

class TlsLayer {
 public:
  enum class Side : std::uint8_t { kServer, kClient };
  enum class Step : std::uint8_t { kDone, kWantsRead, kWantsWrite, kFailed };
  // Of bytes as they are on the wire, records and all.
  using Watch = std::function<void(bool is_received, std::string_view bytes)>;
  // Of sessions that the other side offers for later (RFC 8446 §4.6.1); may be called during any read().
  using KeepSession = std::function<void(SessionPtr)>;

  TlsLayer(ssl_ctx_st* context, int socket, Side side);
  ~TlsLayer();
  TlsLayer(const TlsLayer&) = delete;
  TlsLayer& operator=(const TlsLayer&) = delete;

  // What has been read from the socket already and comes first; it is not watched again.
  void put_back(std::string_view bytes);
  void watch(Watch watch);
  void keep_sessions(KeepSession keep) { keep_ = std::move(keep); }
  // As the server: the protocol to choose where the client offers it (RFC 7301).
  void choose_protocol(std::string protocol) { protocol_ = std::move(protocol); }

  Step handshake();
  // Bytes, 0 for the end, or -1 with errno: EAGAIN, or what the socket said, EPROTO for broken TLS.
  ssize_t read(char* to, std::size_t size);
  // Bytes, or -1 with errno. After EAGAIN the same bytes must be offered again, from wherever they are.
  ssize_t write(const char* from, std::size_t size);
  // The last read() found nothing, and the socket has to be waited for. Else there may be more inside.
  [[nodiscard]] bool is_drained() const { return is_drained_; }
  [[nodiscard]] bool read_wants_write() const { return read_wants_write_; }
  // Something has been read from the socket and not been asked for, whole records or not.
  [[nodiscard]] bool holds_bytes() const;
  // Whether the other side is there and has sent nothing that is meant for whoever reads. What is meant for
  // TLS itself (tickets, above all) is dealt with.
  bool is_open_and_silent();
  // close_notify (RFC 8446 §6.1), once, if it goes without waiting.
  void say_goodbye();
  // The other side ended without its close_notify: what came may not be all.
  [[nodiscard]] bool was_cut_off() const { return was_cut_off_; }
  // Nothing more is to be said on closing, so that the other side sees it, too.
  void keep_silent() { is_silent_ = true; }

  // Of the handshake. The alert is what the other side sent (RFC 8446 §6.2), fatal ones only.
  [[nodiscard]] std::optional<unsigned> alert() const { return alert_; }
  [[nodiscard]] bool has_answered() const { return has_answered_; }  // anything was sent
  [[nodiscard]] bool is_done() const { return is_done_; }
  [[nodiscard]] bool was_resumed() const;
  // As the client: the server wanted a certificate, which nobody here has.
  [[nodiscard]] bool was_asked_for_certificate() const { return was_asked_; }
  [[nodiscard]] std::string protocol() const;                        // chosen by ALPN; empty: none
  [[nodiscard]] const std::string& error() const { return error_; }  // OpenSSL's words, after kFailed
  [[nodiscard]] ssl_st* ssl() const { return ssl_.get(); }

  // For contexts: what OpenSSL calls back with a layer's connection.
  static void use_in(ssl_ctx_st* context, Side side);

 private:
  struct Wire;
  struct Callbacks;
  ssize_t fail(int result, bool is_read);
  void note_errors();

  std::unique_ptr<Wire> wire_;
  std::unique_ptr<ssl_st, SslFree> ssl_;
  KeepSession keep_;
  std::string protocol_, error_;
  std::optional<unsigned> alert_;
  bool is_done_ = false, is_drained_ = false, read_wants_write_ = false, was_cut_off_ = false;
  bool is_silent_ = false, has_failed_ = false, said_goodbye_ = false, has_answered_ = false,
       was_asked_ = false;
};

// "unknown_ca", as RFC 8446 §6 names them; "alert 200" for others.
std::string alert_name(unsigned alert);
// Whether a client that sends it has refused the server's certificate.
bool is_about_certificate(unsigned alert);

}  // namespace mogura::proxy::detail
