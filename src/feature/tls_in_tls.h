#pragma once

// Does a TLS session carry the handshake of another TLS session? Only lengths, directions and order of the
// first records are there to tell. An inner handshake has to happen before anything else, and its flights
// have sizes that little can change: a ClientHello up, ServerHello to Finished with certificates down, a
// Finished up.
//
//   outer handshake | up ~220-2100 | down 1-8 K | up 60-400 | ...
//                     ClientHello    flight       Finished (with the first request behind it)
//
// (Xue et al., "Fingerprinting Obfuscated Proxy Traffic with Encapsulated TLS Handshakes", USENIX Security
// 2024, show that this works; the ranges here are our own.)

#include <span>

#include "session/session.h"

namespace mogura::feature {

// 0 to 1; 0.5 and more: it looks like one. 0 for anything that is not TLS outside. `messages` are TLS
// records, from the first one of the session on; of these kTlsInTlsRecords are looked at. O(1).
inline constexpr std::size_t kTlsInTlsRecords = 25;
double tls_in_tls(std::span<const session::MessageStart> messages);

}  // namespace mogura::feature
