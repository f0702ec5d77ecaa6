#pragma once

// What can be set about the ICAP service. A plain value with its defaults in place; `mogura icap` fills it
// from the sections [icap], [timeouts], [limits] and [logs] of a configuration.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/time.h"

namespace mogura::icap {

struct Options {
  std::vector<Endpoint> listen{{Address::v4(0x7F000001), 1344}};
  unsigned threads = 0;            // event loops; 0: one per core
  std::size_t connections = 1000;  // of gateways, in all; beyond: 503. Told to them as Max-Connections
  // A response with our cookie counts as delivered so long after it went back to the gateway, which does not
  // say when the client had it; sooner when the client goes on on the same connection.
  Duration delivery = std::chrono::seconds(2);
  std::chrono::seconds head{30};    // from the first byte of a request to the last of the heads in it
  std::chrono::seconds idle{3600};  // of a gateway between requests
  std::chrono::seconds stall{60};   // no byte could be read or written while a body is on its way
  std::chrono::seconds stop{30};    // for what is under way when the service is told to stop
  std::size_t head_bytes = std::size_t{64} << 10;  // each: of ICAP, of an HTTP request, of a response
  std::size_t fields = 256;
  std::string events;  // JSON lines; file, "-" or empty: none
  // Changes whenever other answers are to be expected (ISTag, RFC 3507 §4.7): at most 24 letters, digits,
  // "-".
  std::string tag = "mogura";
};

}  // namespace mogura::icap
