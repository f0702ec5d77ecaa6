#pragma once

// What a proxy counts. Each loop has its own, written by it alone and read by others at any time; the sum of
// all is what metrics and tests see.

#include <array>
#include <cstdint>
#include <string_view>

#include "certificate/fault.h"
#include "challenge/gate.h"
#include "challenge/state.h"
#include "service/count.h"

namespace mogura::proxy {

// Why the proxy answered instead of an origin. name_of() is a label of metrics and stands in the access log.
enum class Refusal : std::uint8_t {
  kClient,           // its network is not allowed: 403
  kCredentials,      // 407
  kHead,             // a head two parsers could read differently, too large, no HTTP: 400, 414, 431, 505
  kPort,             // CONNECT to a port that is not allowed: 403
  kDestination,      // loopback, private … : 403
  kScheme,           // absolute-form of another scheme than http: 400
  kLoop,             // 508
  kMaxForwards,      // answered here: 200
  kExpectation,      // 417
  kConnections,      // too many: 503
  kSuspicious,       // the challenge, in mode block: 403
  kName,             // 502
  kConnect,          // 502
  kConnectTimeout,   // 504
  kResponse,         // the origin's answer is no HTTP, or ends early: 502
  kResponseTimeout,  // 504
  kResources,        // descriptors, memory: 503
  kTimeout,          // the client took too long: 408
  kNotTls,           // a tunnel that is not TLS is cut
  kPattern,          // a tunnel that matches a registered pattern is cut
  kCertificate,      // of the origin, when HTTPS is opened: 502
  kTls,              // the origin and we have no TLS in common, or it broke off: 502
  kMisdirected,      // a request of HTTP/2 for another host than its connection's: 421
};
inline constexpr std::size_t kRefusals = 23;
std::string_view name_of(Refusal refusal);

using service::Count;
// Why a tunnel was not opened although [intercept] is on.
enum class Unopened : std::uint8_t {
  kListed,             // by a bypass list
  kLearned,            // this client has refused our certificate for this host
  kClientCertificate,  // the origin wants to see the client's
  kProtocol,           // the client offers (ALPN) nothing that can be relayed
  kNotTls,             // what the client said first is no ClientHello
  kSilent,             // it said nothing
  kName,               // no certificate can be for the name
};
inline constexpr std::size_t kUnopened = 7;
std::string_view name_of(Unopened why);

struct Counters {
  Count connections, connections_open;
  Count requests;   // heads read to their end and not refused
  Count responses;  // final ones relayed to their end
  Count aborted;    // exchanges that broke off
  Count tunnels, tunnels_open;
  Count tunnels_not_tls, tunnels_matched;  // of CONNECTs: whatever was done about it
  Count bytes_from_clients, bytes_to_clients, bytes_from_origins, bytes_to_origins;
  Count upstream_connects, upstream_reuses, upstream_retries, upstream_idle;
  Count timeouts;
  std::array<Count, kRefusals> refusals;
  std::array<Count, challenge::kStates> states;        // challenge events by state
  std::array<Count, challenge::kReasons> reasons;      // why not judged
  std::array<Count, challenge::kQuestions> questions;  // that went out with a response, or in its place
  std::array<Count, 7> verdicts;                       // changes to it, by challenge::Verdict
  Count inserted;                                      // cookies
  // Store round trips as the loops see them, in buckets: upper bounds kStoreBucketsS, then more.
  std::array<Count, 9> store_latency;
  Count store_latency_us;  // their sum
  Count accept_failures;   // no descriptors left
  // Opening HTTPS. Handshakes are complete ones.
  Count opened;  // tunnels
  std::array<Count, kUnopened> unopened;
  // HTTP/2: connections of clients; of those that are over, streams, requests refused for their form, ends
  // for a flood; connections to origins.
  Count http2_clients, http2_streams, http2_refused, http2_floods, http2_origins;
  Count client_handshakes, client_resumptions, origin_handshakes, origin_resumptions;
  Count client_tls_failures, origin_tls_failures;              // of the origins' only those for other reasons
  std::array<Count, certificate::kFaults> certificate_faults;  // of origins
  Count bypasses_learned;
  Count certificates_made, certificates_found;
};
inline constexpr std::array<double, 8> kStoreBucketsS{1e-6, 1e-5, 1e-4, 5e-4, 1e-3, 5e-3, 2e-2, 5e-2};

}  // namespace mogura::proxy
