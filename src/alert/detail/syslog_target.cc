#include "alert/detail/syslog_target.h"

#include <algorithm>
#include <array>

namespace mogura::alert::detail {
namespace {

struct Scheme {
  std::string_view prefix;
  SyslogTransport transport;
  std::string_view default_port;
};
constexpr std::array<Scheme, 3> kSchemes{{{"udp://", SyslogTransport::kUdp, "514"},
                                          {"tcp://", SyslogTransport::kTcp, "601"},
                                          {"tls://", SyslogTransport::kTls, "6514"}}};
constexpr std::string_view kUnixPrefix = "unix://";

auto refuse(std::string_view text, std::string cause) {
  return fail(ErrorCode::kUsage, std::string(text), std::move(cause));
}

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5) return false;
  unsigned value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value >= 1 && value <= 65'535;
}

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == ':' || c == '%';
  });
}

// Splits "host", "host:port", "[v6]" and "[v6]:port"; what does not fit gives an empty host.
void split(std::string_view rest, std::string_view& host, std::string_view& port) {
  const bool has_bracket = rest.starts_with('[');
  const std::size_t end = has_bracket ? rest.find(']') : rest.find(':');
  if (has_bracket && end == std::string_view::npos) return;
  host = has_bracket ? rest.substr(1, end - 1) : rest.substr(0, end);
  if (!has_bracket && host.find(':') != std::string_view::npos) host = {};
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + (has_bracket ? 1 : 0));
  if (rest.empty()) return;
  if (rest.front() != ':') host = {};
  port = rest.substr(1);
}

}  // namespace

std::string SyslogTarget::to_string() const {
  switch (transport) {
    case SyslogTransport::kUdp:
    case SyslogTransport::kTcp:
    case SyslogTransport::kTls:
      return host.find(':') == std::string::npos ? host + ":" + port : "[" + host + "]:" + port;
    case SyslogTransport::kUnix:
      return path;
  }
  return path;
}

Result<SyslogTarget> parse_syslog_target(std::string_view text) {
  SyslogTarget target;
  if (text.starts_with(kUnixPrefix)) {
    target.path = text.substr(kUnixPrefix.size());
    // sockaddr_un has room for 107 and a zero.
    if (!target.path.starts_with('/') || target.path.size() > 107) {
      return refuse(text, "unix:// needs an absolute path of at most 107 bytes");
    }
    return target;
  }
  const auto scheme = std::find_if(kSchemes.begin(), kSchemes.end(),
                                   [&](const Scheme& known) { return text.starts_with(known.prefix); });
  if (scheme == kSchemes.end()) {
    return refuse(text, "a syslog target begins with udp://, tcp://, tls:// or unix://");
  }
  std::string_view host, port = scheme->default_port;
  split(text.substr(scheme->prefix.size()), host, port);
  if (!is_host(host)) return refuse(text, "a syslog target has a host name or address, and [ ] around IPv6");
  if (!is_port(port)) return refuse(text, "a port is a number from 1 to 65535");
  target.transport = scheme->transport;
  target.host = host;
  target.port = port;
  return target;
}

}  // namespace mogura::alert::detail
