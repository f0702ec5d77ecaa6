#include "proxy/detail/interception.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/check.h"
#include "base/digest.h"

namespace mogura::proxy::detail {
namespace {

using certificate::Authority;
using certificate::Fault;
using certificate::SecretText;

constexpr std::array<std::string_view, 2> kProtocols{"h2", "http/1.1"};
constexpr std::size_t kFileBytes = std::size_t{16} << 20;
// Sessions older than this are not resumed, so that a certificate revoked meanwhile is looked at again.
constexpr std::chrono::hours kSessionKept{1};
// RSA 2048, SHA-256, and what is as strong (112 bits).
constexpr int kSecurityLevel = 2;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

tl::unexpected<Error> refused(const std::string& path) {
  return fail(ErrorCode::kIo, path, std::strerror(errno));
}

Result<void> check_is_private(int file, const std::string& path) {
  struct stat status {};
  if (fstat(file, &status) != 0) return refused(path);
  if (!S_ISREG(status.st_mode)) return fail(ErrorCode::kUsage, path, "the authority's key must be a file");
  if ((status.st_mode & 077U) == 0) return {};
  return fail(ErrorCode::kUsage, path,
              "the authority's key is open to others; take a new one if they may have read it, then: chmod "
              "600 " +
                  path);
}

// The text is wiped when it goes, whatever was read.
Result<SecretText> read_file(const std::string& path, bool is_secret) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return refused(path);
  if (is_secret) {
    if (const auto checked = check_is_private(file.get(), path); !checked)
      return tl::unexpected(checked.error());
  }
  struct stat status {};
  if (fstat(file.get(), &status) != 0) return refused(path);
  if (status.st_size < 0 || static_cast<std::size_t>(status.st_size) > kFileBytes) {
    return fail(ErrorCode::kLimit, path, "is larger than 16 MB");
  }
  // Never moved to a larger place, which would leave a copy behind.
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t at = 0;
  while (at < text.size()) {
    const ssize_t size = read(file.get(), text.data() + at, text.size() - at);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return refused(path);
    if (size == 0) break;
    at += static_cast<std::size_t>(size);
  }
  text.resize(at);
  return SecretText(std::move(text));
}

Result<Authority> read_authority(const Intercept& options, Timestamp now) {
  const auto certificate = read_file(options.certificate_file, false);
  if (!certificate) return tl::unexpected(certificate.error());
  const auto key = read_file(options.key_file, true);
  if (!key) return tl::unexpected(key.error());
  return Authority::parse(certificate->view(), options.certificate_file, key->view(), options.key_file, now);
}

bool is_address(std::string_view host) {
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return Address::parse(host).has_value();
}

}  // namespace

std::optional<std::vector<std::string>> relayable(const std::vector<std::string>& offered) {
  std::vector<std::string> spoken;
  const auto offers = [&](std::string_view each) {
    return std::find(offered.begin(), offered.end(), each) != offered.end();
  };
  for (const std::string_view each : kProtocols) {
    if (offers(each)) spoken.emplace_back(each);
  }
  if (spoken.empty() && !offered.empty() && !offers("http/1.0")) return std::nullopt;
  return spoken;
}

SessionPtr OriginSessions::take(const std::string& key, Timestamp now) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  const auto entry = found->second;
  SessionPtr session = now - entry->since < kSessionKept ? std::move(entry->session) : nullptr;
  by_key_.erase(found);
  list_.erase(entry);
  return session;
}

void OriginSessions::put(const std::string& key, SessionPtr session, Timestamp now) {
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    found->second->session = std::move(session);
    found->second->since = now;
    list_.splice(list_.begin(), list_, found->second);
    return;
  }
  if (by_key_.size() >= entries_) {
    by_key_.erase(list_.back().key);
    list_.pop_back();
  }
  list_.push_front({key, std::move(session), now});
  by_key_.emplace(list_.front().key, list_.begin());
}

void Interception::ContextFree::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

Interception::Interception(const Intercept& options, Authority authority)
    : options_(options), authority_(std::move(authority)) {}
Interception::~Interception() = default;

Result<std::shared_ptr<const Interception>> Interception::make(const Intercept& options, Timestamp now) {
  auto authority = read_authority(options, now);
  if (!authority) return tl::unexpected(std::move(authority.error()));
  std::shared_ptr<Interception> made(new Interception(options, std::move(*authority)));
  if (auto read = made->read_bypasses(); !read) return tl::unexpected(std::move(read.error()));
  made->make_contexts();
  if (auto read = made->read_trust(); !read) return tl::unexpected(std::move(read.error()));
  return made;
}

Result<void> Interception::read_bypasses() {
  for (const std::string& path : options_.bypass_files) {
    const auto text = read_file(path, false);
    if (!text) return tl::unexpected(text.error());
    if (auto added = bypasses_.add(text->view(), path); !added) return added;
  }
  if (options_.built_in_bypass) bypasses_.add_built_in();
  return {};
}

// The system's, and what the configuration adds.
Result<void> Interception::read_trust() {
  X509_STORE* const store = SSL_CTX_get_cert_store(origins_.get());
  if (X509_STORE_set_default_paths(store) != 1) ERR_clear_error();
  for (const std::string& path : options_.trust_files) {
    if (access(path.c_str(), R_OK) != 0) return refused(path);
    const bool is_read = X509_STORE_load_file(store, path.c_str()) == 1;
    ERR_clear_error();
    if (!is_read) return fail(ErrorCode::kFormat, path, "holds no certificates in PEM");
  }
  return {};
}

void Interception::make_contexts() {
  clients_.reset(SSL_CTX_new(TLS_server_method()));
  origins_.reset(SSL_CTX_new(TLS_client_method()));
  MOGURA_CHECK(clients_ != nullptr && origins_ != nullptr);
  for (SSL_CTX* const context : {clients_.get(), origins_.get()}) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_security_level(context, kSecurityLevel);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);
  }
  // Tickets carry all there is to resume (RFC 5077): nothing is kept here, and any loop can.
  SSL_CTX_set_options(clients_.get(), SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_session_cache_mode(clients_.get(), SSL_SESS_CACHE_OFF);
  TlsLayer::use_in(clients_.get(), TlsLayer::Side::kServer);
  SSL_CTX_set_session_cache_mode(origins_.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_set_verify(origins_.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_tlsext_status_type(origins_.get(), TLSEXT_STATUSTYPE_ocsp);
  TlsLayer::use_in(origins_.get(), TlsLayer::Side::kClient);
}

const certificate::Bypass* Interception::bypass(std::string_view host, std::string_view server_name,
                                                Timestamp now) const {
  const certificate::Bypass* const found = bypasses_.covering(host, now);
  return found == nullptr && is_address(host) ? bypasses_.covering(server_name, now) : found;
}

std::unique_ptr<TlsLayer> Interception::to_client(int socket, const std::string& name,
                                                  x509_st* certificate) const {
  auto layer = std::make_unique<TlsLayer>(clients_.get(), socket, TlsLayer::Side::kServer);
  SSL* const ssl = layer->ssl();
  MOGURA_CHECK(SSL_use_certificate(ssl, certificate) == 1);
  MOGURA_CHECK(SSL_use_PrivateKey(ssl, authority_.leaf_key()) == 1);
  for (X509* const each : authority_.chain()) SSL_add1_chain_cert(ssl, each);
  // A ticket is good for the name that it was given for.
  const auto context = sha256(as_bytes(name));
  SSL_set_session_id_context(ssl, context.data(), static_cast<unsigned>(context.size()));
  return layer;
}

std::unique_ptr<TlsLayer> Interception::to_origin(int socket, const std::string& name,
                                                  const std::vector<std::string>& protocols,
                                                  SessionPtr session) const {
  auto layer = std::make_unique<TlsLayer>(origins_.get(), socket, TlsLayer::Side::kClient);
  SSL* const ssl = layer->ssl();
  X509_VERIFY_PARAM* const rules = SSL_get0_param(ssl);
  if (is_address(name)) {
    MOGURA_CHECK(X509_VERIFY_PARAM_set1_ip_asc(rules, name.c_str()) == 1);
  } else {
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    MOGURA_CHECK(X509_VERIFY_PARAM_set1_host(rules, name.data(), name.size()) == 1);
    // SSL_set_tlsext_host_name(), whose macro casts as C does.
    MOGURA_CHECK(SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                          const_cast<char*>(name.c_str())) == 1);
  }
  std::string offered;
  for (const std::string& each : protocols) offered.append(1, static_cast<char>(each.size())).append(each);
  if (!offered.empty()) {
    SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(offered.data()),
                        static_cast<unsigned>(offered.size()));
  }
  if (session != nullptr) SSL_set_session(ssl, session.get());
  return layer;
}

Fault Interception::fault(const TlsLayer& layer, Timestamp now) const {
  SSL* const ssl = layer.ssl();
  const Fault found = certificate::fault_of(SSL_get_verify_result(ssl));
  // A resumed session was judged when it began.
  if (found != Fault::kNone || !layer.is_done() || layer.was_resumed()) return found;
  STACK_OF(X509)* const chain = SSL_get0_verified_chain(ssl);
  if (chain == nullptr || sk_X509_num(chain) == 0) return Fault::kInvalid;
  X509* const own = sk_X509_value(chain, 0);
  X509* const issuer = sk_X509_num(chain) > 1 ? sk_X509_value(chain, 1) : own;
  const unsigned char* der = nullptr;
  const long size = SSL_get_tlsext_status_ocsp_resp(ssl, &der);
  auto staple = certificate::Staple::kUnusable;
  if (der != nullptr && size > 0) {
    staple = certificate::judge_staple({der, static_cast<std::size_t>(size)}, own, issuer, chain,
                                       SSL_CTX_get_cert_store(origins_.get()), now);
  }
  if (staple == certificate::Staple::kRevoked) return Fault::kRevoked;
  const bool is_missing = staple == certificate::Staple::kUnusable && certificate::demands_staple(own);
  return is_missing ? Fault::kNoStaple : Fault::kNone;
}

Result<void> check_interception_files(const Intercept& options, Timestamp now) {
  if (!options.enabled) return {};
  const auto made = Interception::make(options, now);
  if (!made) return tl::unexpected(made.error());
  return {};
}

}  // namespace mogura::proxy::detail
