#include "alert/detail/tls_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/address.h"

namespace mogura::alert::detail {
namespace {

struct Free {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* tls) const { SSL_free(tls); }
};

// The oldest error that OpenSSL has noted in this thread, and none after that.
std::string noted_error(std::string_view otherwise) {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason != nullptr ? reason : std::string(otherwise);
}

class TlsStream : public Stream {
 public:
  TlsStream(Descriptor socket, SSL* tls) : Stream(std::move(socket)), tls_(tls) {
    SSL_set_fd(tls, descriptor());
  }
  // Tells the other end that it was not cut off; whether that arrives does not matter.
  ~TlsStream() override {
    ERR_clear_error();
    if (!is_broken_ && SSL_is_init_finished(tls_.get()) != 0) SSL_shutdown(tls_.get());
    ERR_clear_error();
  }

  Result<void> shake_hands(Clock::time_point deadline, const Bell& bell) {
    auto done = repeat([this] { return SSL_connect(tls_.get()); }, deadline, bell);
    const long verified = SSL_get_verify_result(tls_.get());
    if (!done && verified != X509_V_OK) {
      return fail(ErrorCode::kIo, "",
                  std::string("its certificate: ") + X509_verify_cert_error_string(verified));
    }
    return done;
  }

  Result<void> write(std::string_view bytes, Clock::time_point deadline, const Bell& bell) override {
    return repeat([&] { return SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size())); },
                  deadline, bell);
  }

  // Tickets and key updates come here too.
  bool is_alive() override {
    std::array<char, 512> ignored;
    int count = 1;
    while (count > 0) {
      ERR_clear_error();
      count = SSL_read(tls_.get(), ignored.data(), static_cast<int>(ignored.size()));
    }
    const bool is_alive = SSL_get_error(tls_.get(), count) == SSL_ERROR_WANT_READ;
    is_broken_ |= !is_alive;
    return is_alive;
  }

  [[nodiscard]] std::uint64_t written() const override {
    return BIO_number_written(SSL_get_wbio(tls_.get()));
  }

 private:
  template <class Step>
  Result<void> repeat(Step step, Clock::time_point deadline, const Bell& bell) {
    for (;;) {
      ERR_clear_error();
      const int result = step();
      if (result > 0) return {};
      const int reason = SSL_get_error(tls_.get(), result);
      const int cause = errno;
      if (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE) {
        is_broken_ = true;
        const bool is_system = reason == SSL_ERROR_SYSCALL && cause != 0;
        return fail(ErrorCode::kIo, "",
                    noted_error(is_system ? std::strerror(cause) : "the server closed the connection"));
      }
      const short events = reason == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
      if (wait_for(descriptor(), events, deadline, bell) == Ready::kYes) continue;
      is_broken_ = true;
      return fail(ErrorCode::kIo, "", "the server does not answer");
    }
  }

  std::unique_ptr<SSL, Free> tls_;
  bool is_broken_ = false;
};

class OpenSslClient : public TlsClient {
 public:
  explicit OpenSslClient(SSL_CTX* context) : context_(context) {}

  Result<void> set_up(const TlsFiles& files) {
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    const bool has_ca = files.ca.empty() ? SSL_CTX_set_default_verify_paths(context_.get()) == 1
                                         : SSL_CTX_load_verify_file(context_.get(), files.ca.c_str()) == 1;
    if (!has_ca) return fail(ErrorCode::kIo, files.ca, noted_error("holds no certificates"));
    if (files.certificate.empty()) return {};
    if (SSL_CTX_use_certificate_chain_file(context_.get(), files.certificate.c_str()) != 1) {
      return fail(ErrorCode::kIo, files.certificate, noted_error("holds no certificate"));
    }
    const std::string& key = files.key.empty() ? files.certificate : files.key;
    if (SSL_CTX_use_PrivateKey_file(context_.get(), key.c_str(), SSL_FILETYPE_PEM) != 1) {
      return fail(ErrorCode::kIo, key, noted_error("holds no key for the certificate"));
    }
    return {};
  }

  Result<std::unique_ptr<Stream>> connect(Descriptor socket, const std::string& host,
                                          const std::string& place, Clock::time_point deadline,
                                          const Bell& bell) override {
    SSL* tls = SSL_new(context_.get());
    if (tls == nullptr) return fail(ErrorCode::kIo, place, noted_error("no memory for a connection"));
    auto stream = std::make_unique<TlsStream>(std::move(socket), tls);
    X509_VERIFY_PARAM* parameters = SSL_get0_param(tls);
    if (Address::parse(host)) {
      X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str());
    } else {
      X509_VERIFY_PARAM_set1_host(parameters, host.data(), host.size());
      X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
      SSL_ctrl(tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
               const_cast<char*>(host.c_str()));  // the macro for this has a cast of the old style
    }
    if (auto done = stream->shake_hands(deadline, bell); !done) {
      return fail(ErrorCode::kIo, place, done.error().cause);
    }
    return stream;
  }

 private:
  std::unique_ptr<SSL_CTX, Free> context_;
};

}  // namespace

Result<std::unique_ptr<TlsClient>> TlsClient::make(const TlsFiles& files) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  if (context == nullptr) return fail(ErrorCode::kIo, "TLS", noted_error("cannot be set up"));
  auto client = std::make_unique<OpenSslClient>(context);
  if (auto done = client->set_up(files); !done) return tl::unexpected(done.error());
  return client;
}

}  // namespace mogura::alert::detail
