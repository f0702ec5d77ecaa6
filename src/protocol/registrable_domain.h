#pragma once

// The part of a host name that somebody registered, by the public suffix list that libpsl was built with
// (both its sections, so that two customers of one hoster are two). Any thread.

#include <string>
#include <string_view>

namespace mogura::protocol {

// The host of a destination (host:port) in lower case, without port, brackets and trailing dot.
std::string host_of(std::string_view destination);
// Of a host as host_of() gives it. Addresses, public suffixes and names of one label give themselves.
std::string registrable_domain_of_host(const std::string& host);
// host:port without its port and without all but the registrable domain: "img.example.co.uk:443" gives
// "example.co.uk". Addresses and names without a public suffix give themselves.
std::string registrable_domain(std::string_view destination);
// Whether the host is an IPv4 or IPv6 address.
bool is_address(std::string_view host);

}  // namespace mogura::protocol
