#pragma once

// Where syslog messages go, out of a text such as tls://log.example:6514. Any thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mogura::alert::detail {

enum class SyslogTransport : std::uint8_t { kUdp, kTcp, kTls, kUnix };

struct SyslogTarget {
  SyslogTransport transport = SyslogTransport::kUnix;
  std::string host;  // a name or an address, without brackets
  std::string port;  // in digits
  std::string path;  // kUnix

  [[nodiscard]] std::string to_string() const;
};

// Errors: kUsage.
Result<SyslogTarget> parse_syslog_target(std::string_view text);

}  // namespace mogura::alert::detail
