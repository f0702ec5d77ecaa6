#pragma once

// What opening HTTPS needs, made once from the configuration: the authority, the bypass lists, OpenSSL's
// contexts for both sides. Immutable; a reload makes a new one. Any thread. And what each loop has of its own
// for it: certificates made lately, sessions of origins to resume.
//
//   client ── TLS, certificate of the authority ──► proxy ── TLS, verified ──► origin

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "base/time.h"
#include "certificate/authority.h"
#include "certificate/bypass.h"
#include "certificate/fault.h"
#include "certificate/leaf_cache.h"
#include "proxy/detail/tls_layer.h"
#include "proxy/options.h"

namespace mogura::proxy::detail {

// --- What is spoken inside: the one place that decides about ALPN (RFC 7301).

// Of what a client offers, what the proxy can relay, in the order in which origins are offered it; nothing
// where it can relay none of it. A client that offers nothing speaks HTTP/1.1, or something that shows itself
// later; one that offers http/1.0 is served as if it offered nothing.
std::optional<std::vector<std::string>> relayable(const std::vector<std::string>& offered);

// --- Sessions of origins (RFC 8446 §2.2), each used once. Bounded; one per loop, not thread-safe.
class OriginSessions {
 public:
  explicit OriginSessions(std::size_t entries) : entries_(entries) {}
  // `key`: host, port, name and protocols, so that what was verified for one is not taken for another.
  SessionPtr take(const std::string& key, Timestamp now);
  void put(const std::string& key, SessionPtr session, Timestamp now);
  [[nodiscard]] std::size_t size() const { return by_key_.size(); }

 private:
  struct Entry {
    std::string key;
    SessionPtr session;
    Timestamp since;
  };
  using Entries = std::list<Entry>;  // put last: in front
  const std::size_t entries_;
  Entries list_;
  std::unordered_map<std::string_view, Entries::iterator> by_key_;
};

class Interception {
 public:
  // Reads the files that the options name. Errors: kIo, kFormat, kLimit; kUsage for a key that others than
  // its owner may read. `now` decides whether the authority is good.
  static Result<std::shared_ptr<const Interception>> make(const Intercept& options, Timestamp now);
  ~Interception();
  Interception(const Interception&) = delete;
  Interception& operator=(const Interception&) = delete;

  [[nodiscard]] const Intercept& options() const { return options_; }
  [[nodiscard]] const certificate::Authority& authority() const { return authority_; }
  // The entry that covers a connection, or nullptr. The CONNECT's host decides: that is where the proxy
  // connects to. Only where it is an address does the name in the hello count, which may be empty.
  [[nodiscard]] const certificate::Bypass* bypass(std::string_view host, std::string_view server_name,
                                                  Timestamp now) const;

  // For a client that asks for `name`: with `certificate`, which it counts a reference of.
  [[nodiscard]] std::unique_ptr<TlsLayer> to_client(int socket, const std::string& name,
                                                    x509_st* certificate) const;
  // To an origin, which must prove to be `name`. `session` may be nullptr.
  [[nodiscard]] std::unique_ptr<TlsLayer> to_origin(int socket, const std::string& name,
                                                    const std::vector<std::string>& protocols,
                                                    SessionPtr session) const;
  // What is wrong with the origin, after its handshake: of a failed one what the chain lacked (kNone: it
  // failed for another reason), of a complete one what the staple says.
  [[nodiscard]] certificate::Fault fault(const TlsLayer& layer, Timestamp now) const;

 private:
  Interception(const Intercept& options, certificate::Authority authority);
  Result<void> read_bypasses();
  Result<void> read_trust();
  void make_contexts();

  struct ContextFree {
    void operator()(ssl_ctx_st* context) const;
  };
  using Context = std::unique_ptr<ssl_ctx_st, ContextFree>;

  const Intercept options_;
  const certificate::Authority authority_;
  certificate::BypassList bypasses_;
  Context clients_, origins_;
};

// A loop's share. Replaced with the Interception.
struct InterceptionCaches {
  explicit InterceptionCaches(const Intercept& options)
      : leaves(options.certificates), sessions(options.certificates) {}
  certificate::LeafCache leaves;
  OriginSessions sessions;
};

// Whether the files that the options name can be used. Errors: as Interception::make().
Result<void> check_interception_files(const Intercept& options, Timestamp now);

}  // namespace mogura::proxy::detail
