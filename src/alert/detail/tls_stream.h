#pragma once

// Streams under TLS: OpenSSL over a socket that does not block. One thread, which
// has called block_signals(): OpenSSL writes without MSG_NOSIGNAL.

#include <memory>
#include <string>

#include "alert/detail/stream.h"

namespace mogura::alert::detail {

struct TlsFiles {
  std::string ca;                // PEM; empty: the system's store
  std::string certificate, key;  // PEM; empty: none
};

// What all connections share: settings and certificates. TLS 1.2 or above; the server's certificate is
// verified, and must name the host.
class TlsClient {
 public:
  // Errors: kIo (a file cannot be used).
  static Result<std::unique_ptr<TlsClient>> make(const TlsFiles& files);
  virtual ~TlsClient() = default;
  // Shakes hands. Errors: kIo, with `place`.
  virtual Result<std::unique_ptr<Stream>> connect(Descriptor socket, const std::string& host,
                                                  const std::string& place, Clock::time_point deadline,
                                                  const Bell& bell) = 0;
};

}  // namespace mogura::alert::detail
