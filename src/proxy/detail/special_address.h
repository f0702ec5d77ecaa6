#pragma once

// Addresses that lie inside: this machine, its links, its organisation. What a proxy must not be talked into
// connecting to (the registries of RFC 6890, and IPv6 addresses that carry an IPv4 address to which a gateway
// or the host itself would turn). Any thread.

#include "base/address.h"

namespace mogura::proxy::detail {

// Loopback, unspecified, link-local, private (RFC 1918, RFC 6598, RFC 4193, site-local), multicast, broadcast
// and reserved; IPv4-compatible; NAT64 (RFC 6052), SIIT, 6to4 (RFC 3056), Teredo (RFC 4380) and ISATAP
// (RFC 5214) forms of such an address.
bool is_inside(const Address& address);

}  // namespace mogura::proxy::detail
