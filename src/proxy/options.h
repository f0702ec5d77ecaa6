#pragma once

// Everything that can be set about a proxy. A plain value with the defaults in place: read from a TOML file
// (proxy/config.h), overridden by the command line, checked by contradiction_in(), then never changed while
// in use; a reload makes a new one. docs/formats/proxy-configuration.md has the same table for people.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/network.h"
#include "challenge/gate.h"

namespace mogura::proxy {

// The default of Access::clients.
std::vector<Network> private_networks();

struct Listen {
  std::vector<Endpoint> endpoints{{Address::v4(0x7F000001), 3128}};
};

struct Access {
  // Who may use the proxy; by default loopback and private networks (RFC 1918, RFC 4193, link-local). Empty:
  // nobody.
  std::vector<Network> clients = private_networks();
  std::string htpasswd;  // file; empty: no authentication
  std::string realm = "mogura";
  std::vector<std::uint16_t> connect_ports{443, 563, 8443};
  bool any_connect_port = false;
  // Loopback, link-local, private, multicast and unspecified destinations are refused but for these.
  std::vector<Network> destinations;
};

struct Upstream {
  std::string parent;                            // HOST:PORT of the next proxy; empty: none
  std::size_t idle_per_host = 256, idle = 2048;  // connections kept for later, per loop
  std::chrono::seconds idle_for{30};
  std::chrono::seconds dns_keep{60}, dns_keep_failure{5};
  std::size_t dns_entries = 10'000;
  unsigned dns_threads = 8;
};

// Every wait has an end.
struct Timeouts {
  std::chrono::seconds head{30};     // from the first byte of a request head to its last
  std::chrono::seconds idle{60};     // of a client between requests
  std::chrono::seconds connect{10};  // DNS and all attempts together
  std::chrono::seconds dns{5};
  std::chrono::seconds response{120};  // from the request's end to the response's head
  std::chrono::seconds stall{60};      // no byte could be read or written while a body is on its way
  std::chrono::seconds tunnel_idle{3600};
  std::chrono::seconds tunnel_half_closed{300};
  std::chrono::seconds stop{30};  // for what is under way when the proxy is told to stop
};

struct ProxyLimits {
  std::size_t connections = 20'000;            // of clients, in all
  std::size_t connections_per_client = 2'000;  // by address
  std::size_t head_bytes = std::size_t{64} << 10;
  std::size_t target_bytes = std::size_t{16} << 10;
  std::size_t fields = 256;
  // Of one body or direction of a tunnel held because the receiver is slower than the sender.
  std::size_t held_bytes = std::size_t{64} << 10;
};

struct Challenge {
  challenge::Policy policy;
  std::vector<std::string> exempt_files;
  bool built_in_exemptions = true;
  // With policy.ask kSuspects: sessions from which on the population says anything, and how often it is
  // asked.
  std::size_t population = 1'000;
  std::chrono::seconds refresh{300};
  std::string secret_file;  // empty: made for this run, and said so
};

// What is done about a tunnel that is not as it should be.
enum class TunnelRule : std::uint8_t { kOff, kObserve, kBlock };

// Of CONNECT, by the first bytes of both sides.
struct Tunnels {
  TunnelRule not_tls = TunnelRule::kObserve;
  std::vector<std::string>
      allow;  // names of protocols (protocol/inner.h) that pass although they are not TLS
  std::chrono::milliseconds hold{2000};  // silence after which held bytes are judged as they are
  std::string patterns{};                // folder of registered patterns; empty: none
  TunnelRule on_match = TunnelRule::kObserve;
};

struct StateOptions {
  std::string store = "memory";  // or redis://…
  std::size_t entries = 10'000'000;
  std::chrono::seconds ttl{14 * 86'400};
  std::string snapshot;
  std::chrono::milliseconds redis_deadline{50};
};

// What a client gets whose origin cannot be trusted or does not speak TLS.
enum class InterceptFailure : std::uint8_t {
  kPage,   // a page that says why, under a certificate of ours
  kClose,  // the end of the connection
};

// HTTPS, opened on its way (docs/guides/https.md).
struct Intercept {
  bool enabled = false;
  std::string certificate_file, key_file;  // the authority's, PEM
  std::vector<std::string> bypass_files;
  bool built_in_bypass = true;
  std::vector<std::string> trust_files;   // authorities of origins beside the system's
  std::chrono::seconds remember{86'400};  // what a client refused is left alone; 0: not learned
  std::chrono::seconds hello{5};          // a tunnel in which the client says nothing for so long is one
  InterceptFailure failure = InterceptFailure::kPage;
  std::size_t certificates = 10'000;  // kept, in each loop
};

enum class LogFormat : std::uint8_t { kSquid, kJson };

enum class Redaction : std::uint8_t { kNone, kClients };

struct Logs {
  std::string access;  // file, "-" or empty: none
  LogFormat access_format = LogFormat::kSquid;
  std::string events;    // JSON lines; file, "-" or empty: none
  std::string database;  // SQLite; empty: none
  std::string metrics;   // ADDR:PORT; empty: none
  // Of the database: what is older goes (0: nothing does), and what of its contents are pseudonyms.
  unsigned keep_days = 30;
  Redaction redact = Redaction::kNone;
  std::string redact_key;  // file; empty: a key of this run
};

// Of `mogura icap`, which reads the same configuration.
struct IcapService {
  std::vector<Endpoint> endpoints{{Address::v4(0x7F000001), 1344}};
  unsigned threads = 0;            // 0: one per core
  std::size_t connections = 1000;  // of gateways
  // After it a response that went back to the gateway counts as delivered to the client.
  std::chrono::milliseconds delivery{2000};
  bool sessions = true;  // keep what passes in the database, and judge the population by it
};

struct Options {
  Listen listen;
  unsigned threads = 0;         // 0: one per core
  std::string name = "mogura";  // the pseudonym in Via, and what loops are recognised by
  bool forwarded_for = false;   // add X-Forwarded-For
  Access access;
  Upstream upstream;
  Timeouts timeouts;
  ProxyLimits limits;
  Challenge challenge;
  Tunnels tunnels;
  Intercept intercept;
  StateOptions state;
  Logs logs;
  IcapService icap;
};

// What is wrong with the options together, by the names of the configuration; empty: nothing.
std::string contradiction_in(const Options& options);
// What makes sense, but is most likely not what was meant; for notes at the start.
std::vector<std::string> doubts_about(const Options& options);

}  // namespace mogura::proxy
