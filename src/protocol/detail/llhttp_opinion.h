#pragma once

// What llhttp, in its strict mode, says of a head that was read: a second reader, who must find the same
// fields and the same framing. Any thread.

#include <string_view>

#include "protocol/strict_head.h"

namespace mogura::protocol::detail {

// `head`: all of it, as far as its empty line. False: llhttp refuses it, or reads it differently. Methods
// that llhttp does not know are none of its business: it is shown another.
bool llhttp_agrees_on_request(std::string_view head, const HeadProgress& progress);
bool llhttp_agrees_on_response(std::string_view head, const HeadProgress& progress);

}  // namespace mogura::protocol::detail
