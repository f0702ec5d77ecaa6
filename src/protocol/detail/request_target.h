#pragma once

// The target of a request that is to be relayed (RFC 9112 §3.2), strictly: only what every server reads the
// same. Stricter than RFC 3986: no user information (RFC 9110 §4.2.4), no fragment, names of letters, digits,
// ".", "-" and "_" only. More lenient where browsers are: in a query any printable character may stand, in a
// path any but "\". Views point into what was given. Any thread.

#include <optional>
#include <string_view>

#include "protocol/strict_head.h"

namespace mogura::protocol::detail {

// `target`: printable ASCII. Nothing: it is of no form, or not of one for this method.
std::optional<TargetMarks> split_target(std::string_view method, std::string_view target);

// host or host:port, as in Host and in targets. A port is 1 to 65535 in at most five digits; "host:" is fine
// unless `needs_port`.
bool is_strict_authority(std::string_view text, bool needs_port);
// What is_strict_authority() holds for, normalised as protocol/authority.h does. Keeps the memory of `into`.
void read_strict_authority(std::string_view text, Authority& into);

}  // namespace mogura::protocol::detail
