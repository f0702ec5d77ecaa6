#pragma once

// The HTTP heads that a gateway encapsulates, changed: a request's without our cookies, a response's with our
// lines. All other bytes stay what they were, in their order. Any thread.

#include <string>
#include <string_view>

#include "challenge/gate.h"
#include "protocol/strict_head.h"

namespace mogura::icap::detail {

// Appended to `out`: `head`, of which `request` was read, without our cookies. A Cookie field that holds
// nothing else goes.
void write_without_ours(std::string_view head, const protocol::RequestHead& request,
                        const challenge::Gate& gate, std::string& out);
// Appended to `out`: `head`, which ends with an empty line, with `lines` (each with its CRLF) behind its last
// field.
void write_with_lines(std::string_view head, std::string_view lines, std::string& out);
// The first word of an HTTP request's head, its method; and the second, its target. Empty where there is
// none. For heads that were not read, or cannot be.
struct StartLine {
  std::string_view method, target;
};
StartLine start_line_of(std::string_view head);

}  // namespace mogura::icap::detail
