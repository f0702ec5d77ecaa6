#include "protocol/registrable_domain.h"

#include <libpsl.h>

#include <algorithm>

#include "base/address.h"

namespace mogura::protocol {
namespace {

constexpr std::size_t kMaxNameBytes = 255;  // RFC 1035 §2.3.4; longer ones are no names

std::string_view without_port(std::string_view destination) {
  if (destination.starts_with('[')) return destination.substr(1, destination.find(']') - 1);
  const std::size_t colon = destination.rfind(':');
  // More than one colon and no brackets: an IPv6 address without a port.
  return colon == std::string_view::npos || destination.find(':') != colon ? destination
                                                                           : destination.substr(0, colon);
}

}  // namespace

std::string host_of(std::string_view destination) {
  std::string host(without_port(destination));
  if (host.size() > 1 && host.back() == '.') host.pop_back();
  std::transform(host.begin(), host.end(), host.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return host;
}

bool is_address(std::string_view host) {
  return Address::parse(host).has_value();
}

std::string registrable_domain_of_host(const std::string& host) {
  if (host.size() > kMaxNameBytes || host.find('\0') != std::string::npos || is_address(host)) return host;
  const char* domain = psl_registrable_domain(psl_builtin(), host.c_str());
  return domain == nullptr ? host : domain;
}

std::string registrable_domain(std::string_view destination) {
  return registrable_domain_of_host(host_of(destination));
}

}  // namespace mogura::protocol
