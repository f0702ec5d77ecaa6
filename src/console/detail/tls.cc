#include "console/detail/tls.h"

#include <openssl/ssl.h>
#include <string.h>

#include <string_view>

#include "console/detail/small_file.h"

namespace mogura::console::detail {
namespace {

namespace ssl = boost::asio::ssl;
using Code = boost::system::error_code;

constexpr std::size_t kPemBytes = std::size_t{1} << 20;
// Of TLS 1.2: only with forward secrecy and authenticated encryption; all of TLS 1.3 is so.
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

tl::unexpected<Error> refuse(const std::string& path, std::string_view what, const Code& error) {
  return fail(ErrorCode::kFormat, path, std::string(what) + ": " + error.message());
}

// HTTP/1.1 is all there is (RFC 7301 §3.2). Who does not offer it goes on without.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  constexpr std::string_view kOurs = "\x08http/1.1";
  unsigned char* found = nullptr;
  const int outcome =
      SSL_select_next_proto(&found, size, reinterpret_cast<const unsigned char*>(kOurs.data()),
                            static_cast<unsigned>(kOurs.size()), offered, offered_size);
  *chosen = found;
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

void set_policy(ssl::context& context) {
  SSL_CTX* const handle = context.native_handle();
  SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION);
  SSL_CTX_set_options(handle, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                  SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_num_tickets(handle, 0);
  SSL_CTX_set_session_cache_mode(handle, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_cipher_list(handle, kCiphers);
  SSL_CTX_set_alpn_select_cb(handle, choose_protocol, nullptr);
}

Result<void> load_key(ssl::context& context, const std::string& path) {
  Result<SmallFile> key = read_small_file(path, kPemBytes);
  if (!key) return tl::unexpected(std::move(key.error()));
  Code error;
  // Nobody is there to be asked for a pass phrase.
  context.set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); },
                                error);
  context.use_private_key(boost::asio::buffer(key->text), ssl::context::pem, error);
  explicit_bzero(key->text.data(), key->text.size());
  if (error) return refuse(path, "is no private key in PEM, or needs a pass phrase", error);
  return {};
}

}  // namespace

Result<std::shared_ptr<ssl::context>> open_tls(const std::string& certificate, const std::string& key) {
  Result<SmallFile> chain = read_small_file(certificate, kPemBytes);
  if (!chain) return tl::unexpected(std::move(chain.error()));
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  set_policy(*context);
  Code error;
  context->use_certificate_chain(boost::asio::buffer(chain->text), error);
  if (error) return refuse(certificate, "is no certificate in PEM", error);
  if (auto loaded = load_key(*context, key); !loaded) return tl::unexpected(std::move(loaded.error()));
  if (SSL_CTX_check_private_key(context->native_handle()) != 1)
    return fail(ErrorCode::kFormat, key, "is not the key of " + certificate);
  return context;
}

}  // namespace mogura::console::detail
