#pragma once

// Reason phrases, which HTTP/1.1 has and HTTP/2 has not (RFC 9110 §15). Any thread.

#include <string_view>

namespace mogura::http2 {

// As registered with IANA; empty for others, which HTTP/1.1 allows.
std::string_view reason_phrase(unsigned status);

}  // namespace mogura::http2
