#pragma once

// Names and addresses as they stand in HTTP heads: the authority of a request, the client behind a proxy.
// Text in, normalised values out; nothing is resolved, nothing fails. Any thread.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mogura::protocol {

// A host longer than this is kept cut (RFC 1035 §2.3.4: a name has at most 255 bytes).
inline constexpr std::size_t kMaxHostBytes = 255;

// The authority of a CONNECT target or Host field (RFC 9110 §7.1, §9.3.6), taken apart and normalised: host
// in lower case, no trailing dot, IPv6 literals in brackets and in RFC 5952 form, user information dropped.
struct Authority {
  std::string host;
  std::uint16_t port = 0;  // 0: none given, or not a number from 1 to 65535
  bool operator==(const Authority&) const = default;
  // host:port; just the host where the port is 0.
  [[nodiscard]] std::string to_string() const;
};
// Lenient: never fails; what cannot be read is in `host` as it came (lower-cased, cut at 255 bytes).
Authority parse_authority(std::string_view text);
// The authority of an absolute-form target ("http://host:port/…"; the scheme in any case; port 80 or 443
// filled in by the scheme), or nothing (empty host) for origin-form, authority-form and asterisk-form.
Authority parse_absolute_target(std::string_view target);
// The address in X-Forwarded-For (first element) or Forwarded (first for=), without port, brackets and
// quotes; empty where there is none that is an IP address.
std::string forwarded_client(std::string_view x_forwarded_for, std::string_view forwarded);

}  // namespace mogura::protocol
