#include "proxy/detail/tls_layer.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace mogura::proxy::detail {

void SslFree::operator()(ssl_st* ssl) const {
  SSL_free(ssl);
}

void SessionFree::operator()(ssl_session_st* session) const {
  SSL_SESSION_free(session);
}

// What is between OpenSSL and the socket: calls of ours, for what was read before, and for who watches.
struct TlsLayer::Wire {
  int socket = -1;
  std::string early;
  std::size_t early_at = 0;
  bool has_ended = false, has_sent = false;
  int error = 0;  // of the last call that failed for more than want of bytes
  Watch watch;

  static Wire& of(BIO* bio) { return *static_cast<Wire*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* to, int size) {
    BIO_clear_retry_flags(bio);
    Wire& wire = of(bio);
    if (wire.early_at < wire.early.size()) {
      const std::size_t count = wire.early.copy(to, static_cast<std::size_t>(size), wire.early_at);
      wire.early_at += count;
      if (wire.early_at == wire.early.size()) std::string().swap(wire.early), wire.early_at = 0;
      return static_cast<int>(count);
    }
    ssize_t got = 0;
    do {
      got = ::recv(wire.socket, to, static_cast<std::size_t>(size), 0);
    } while (got < 0 && errno == EINTR);
    if (got > 0 && wire.watch) wire.watch(true, {to, static_cast<std::size_t>(got)});
    if (got == 0) wire.has_ended = true;
    return wire.answer(bio, got, true);
  }

  static int write(BIO* bio, const char* from, int size) {
    BIO_clear_retry_flags(bio);
    Wire& wire = of(bio);
    ssize_t sent = 0;
    do {
      sent = ::send(wire.socket, from, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent > 0) wire.has_sent = true;
    if (sent > 0 && wire.watch) wire.watch(false, {from, static_cast<std::size_t>(sent)});
    return wire.answer(bio, sent, false);
  }

  int answer(BIO* bio, ssize_t result, bool is_read) {
    if (result >= 0) return static_cast<int>(result);
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      is_read ? BIO_set_retry_read(bio) : BIO_set_retry_write(bio);
    } else {
      error = errno;
    }
    return -1;
  }

  static long control(BIO* bio, int command, long /*number*/, void* /*pointer*/) {
    if (command == BIO_CTRL_EOF) return of(bio).has_ended ? 1 : 0;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
  }

  static const BIO_METHOD* method() {
    static const BIO_METHOD* const made = [] {
      BIO_METHOD* const method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "mogura");
      MOGURA_CHECK(method != nullptr);
      BIO_meth_set_read(method, &Wire::read);
      BIO_meth_set_write(method, &Wire::write);
      BIO_meth_set_ctrl(method, &Wire::control);
      return method;
    }();
    return made;
  }
};

struct TlsLayer::Callbacks {
  static TlsLayer& of(const SSL* ssl) { return *static_cast<TlsLayer*>(SSL_get_app_data(ssl)); }

  static int choose(SSL* ssl, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void* /*unused*/) {
    const std::string& wanted = of(ssl).protocol_;
    for (unsigned at = 0; at < offered_size; at += 1U + offered[at]) {
      const unsigned length = offered[at];
      if (wanted.empty() || length != wanted.size() || at + length >= offered_size) continue;
      if (std::memcmp(offered + at + 1, wanted.data(), length) != 0) continue;
      *chosen = offered + at + 1;
      *size = static_cast<unsigned char>(length);
      return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_NOACK;
  }

  static int keep(SSL* ssl, SSL_SESSION* session) {
    TlsLayer& layer = of(ssl);
    if (!layer.keep_ || SSL_SESSION_is_resumable(session) != 1) return 0;
    layer.keep_(SessionPtr(session));
    return 1;  // it is ours now
  }

  static int on_request(SSL* ssl, X509** /*certificate*/, EVP_PKEY** /*key*/) {
    of(ssl).was_asked_ = true;
    return 0;
  }
};

void TlsLayer::use_in(ssl_ctx_st* context, Side side) {
  if (side == Side::kServer) {
    SSL_CTX_set_alpn_select_cb(context, &Callbacks::choose, nullptr);
  } else {
    SSL_CTX_sess_set_new_cb(context, &Callbacks::keep);
    SSL_CTX_set_client_cert_cb(context, &Callbacks::on_request);
  }
}

TlsLayer::TlsLayer(ssl_ctx_st* context, int socket, Side side)
    : wire_(std::make_unique<Wire>()), ssl_(SSL_new(context)) {
  MOGURA_CHECK(ssl_ != nullptr);
  wire_->socket = socket;
  BIO* const bio = BIO_new(Wire::method());
  MOGURA_CHECK(bio != nullptr);
  BIO_set_data(bio, wire_.get());
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_app_data(ssl_.get(), this);
  side == Side::kServer ? SSL_set_accept_state(ssl_.get()) : SSL_set_connect_state(ssl_.get());
}

// A connection that was closed without ceremony is no reason for OpenSSL to forget its session.
TlsLayer::~TlsLayer() {
  if (is_done_ && !has_failed_) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

void TlsLayer::put_back(std::string_view bytes) {
  wire_->early.assign(bytes);
  wire_->early_at = 0;
}

void TlsLayer::watch(Watch watch) {
  wire_->watch = std::move(watch);
}

TlsLayer::Step TlsLayer::handshake() {
  ERR_clear_error();
  wire_->error = 0;
  const int result = SSL_do_handshake(ssl_.get());
  has_answered_ = wire_->has_sent;
  if (result == 1) {
    is_done_ = true;
    return Step::kDone;
  }
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Step::kWantsRead;
    case SSL_ERROR_WANT_WRITE:
      return Step::kWantsWrite;
    default:
      has_failed_ = true;
      was_cut_off_ = wire_->has_ended || wire_->error != 0;
      note_errors();
      return Step::kFailed;
  }
}

// Of the queue, the first says most: what came after is what it led to.
void TlsLayer::note_errors() {
  const unsigned long first = ERR_peek_error();
  for (unsigned long code = ERR_get_error(); code != 0; code = ERR_get_error()) {
    const int reason = ERR_GET_REASON(code);
    if (ERR_GET_LIB(code) != ERR_LIB_SSL || reason < SSL_AD_REASON_OFFSET) continue;
    if (reason < SSL_AD_REASON_OFFSET + 256) alert_ = static_cast<unsigned>(reason - SSL_AD_REASON_OFFSET);
  }
  const char* const text = first == 0 ? nullptr : ERR_reason_error_string(first);
  if (text != nullptr) {
    error_ = text;
  } else {
    error_ = wire_->error != 0 ? std::strerror(wire_->error) : "the connection ended";
  }
}

// errno says what it was.
ssize_t TlsLayer::fail(int result, bool is_read) {
  const int kind = SSL_get_error(ssl_.get(), result);
  if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE) {
    if (is_read) {
      is_drained_ = true;
      read_wants_write_ = kind == SSL_ERROR_WANT_WRITE;
    }
    return errno = EAGAIN, -1;
  }
  if (kind == SSL_ERROR_ZERO_RETURN) return 0;
  has_failed_ = true;
  const bool has_ended = wire_->has_ended;
  const int error = wire_->error;
  note_errors();
  if (is_read && has_ended && !alert_ && error == 0) {
    was_cut_off_ = true;
    return 0;
  }
  errno = error != 0 ? error : EPROTO;
  return -1;
}

ssize_t TlsLayer::read(char* to, std::size_t size) {
  ERR_clear_error();
  wire_->error = 0;
  is_drained_ = read_wants_write_ = false;
  std::size_t got = 0;
  const int result = SSL_read_ex(ssl_.get(), to, size, &got);
  return result == 1 ? static_cast<ssize_t>(got) : fail(result, true);
}

ssize_t TlsLayer::write(const char* from, std::size_t size) {
  ERR_clear_error();
  wire_->error = 0;
  std::size_t sent = 0;
  const int result = SSL_write_ex(ssl_.get(), from, size, &sent);
  if (result == 1) return static_cast<ssize_t>(sent);
  const ssize_t failed = fail(result, false);
  if (failed == 0) errno = EPIPE;  // the other side said goodbye
  return -1;
}

bool TlsLayer::holds_bytes() const {
  return SSL_has_pending(ssl_.get()) == 1 || !wire_->early.empty();
}

bool TlsLayer::is_open_and_silent() {
  ERR_clear_error();
  char byte = 0;
  std::size_t got = 0;
  const int result = SSL_peek_ex(ssl_.get(), &byte, 1, &got);
  const bool is_waiting = result != 1 && SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ;
  ERR_clear_error();
  return is_waiting;
}

void TlsLayer::say_goodbye() {
  if (!is_done_ || has_failed_ || is_silent_ || said_goodbye_) return;
  said_goodbye_ = true;
  ERR_clear_error();
  (void)SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

bool TlsLayer::was_resumed() const {
  return SSL_session_reused(ssl_.get()) == 1;
}

std::string TlsLayer::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return name == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(name), size);
}

std::string alert_name(unsigned alert) {
  constexpr std::pair<unsigned, const char*> kNames[] = {{0, "close_notify"},
                                                         {10, "unexpected_message"},
                                                         {20, "bad_record_mac"},
                                                         {22, "record_overflow"},
                                                         {40, "handshake_failure"},
                                                         {42, "bad_certificate"},
                                                         {43, "unsupported_certificate"},
                                                         {44, "certificate_revoked"},
                                                         {45, "certificate_expired"},
                                                         {46, "certificate_unknown"},
                                                         {47, "illegal_parameter"},
                                                         {48, "unknown_ca"},
                                                         {49, "access_denied"},
                                                         {50, "decode_error"},
                                                         {51, "decrypt_error"},
                                                         {70, "protocol_version"},
                                                         {71, "insufficient_security"},
                                                         {80, "internal_error"},
                                                         {86, "inappropriate_fallback"},
                                                         {90, "user_canceled"},
                                                         {109, "missing_extension"},
                                                         {110, "unsupported_extension"},
                                                         {112, "unrecognized_name"},
                                                         {113, "bad_certificate_status_response"},
                                                         {115, "unknown_psk_identity"},
                                                         {116, "certificate_required"},
                                                         {120, "no_application_protocol"},
                                                         {121, "ech_required"}};
  for (const auto& [number, name] : kNames) {
    if (number == alert) return name;
  }
  return "alert " + std::to_string(alert);
}

bool is_about_certificate(unsigned alert) {
  return (alert >= 42 && alert <= 46) || alert == 48 || alert == 49 || alert == 113;
}

}  // namespace mogura::proxy::detail
