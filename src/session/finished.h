#pragma once

// A session that is over, as the flow table hands it out, with what is needed to recognise the same traffic
// on the other side of a proxy (session/pairing.h). A plain value.

#include <cstdint>
#include <memory>
#include <vector>

#include "session/session.h"

namespace mogura::session {

// Hashes of what a proxy passes on unchanged. 0: nothing to compare.
struct PairingKeys {
  static constexpr std::size_t kRequests = 32;  // later requests of a connection are not compared

  std::uint64_t hello = 0;              // of the ClientHello's random
  std::uint64_t early = 0;              // of the first bytes both ways, of a tunnel that is not TLS
  std::vector<std::uint64_t> requests;  // method, authority, path and User-Agent of each request
  bool to_proxy = false;                // a CONNECT or an absolute-form target: the server is a proxy
  bool from_proxy = false;              // Via, X-Forwarded-For or Forwarded: the client is a proxy
};

struct Finished {
  Session session;
  PairingKeys keys;

  // As new, but for the memory, which is kept.
  void clear() {
    session.clear();
    keys.requests.clear();
    keys.hello = keys.early = 0;
    keys.to_proxy = keys.from_proxy = false;
  }
};

using FinishedPtr = std::unique_ptr<Finished>;

}  // namespace mogura::session
