#pragma once

// Heads of requests and responses, from HTTP/2 to HTTP/1.1 and back (RFC 9113 §8.3, RFC 9112). No sockets, no
// streams: values in, values out; any thread. Whatever stands in a field passes byte for byte and in its
// order, but for names, which are in lower case in HTTP/2, and what belongs to one connection.
//
//   :method :scheme :authority :path, fields   ⇄   METHOD path HTTP/1.1, Host, fields
//   :status, fields                            ⇄   HTTP/1.1 status reason, fields

#include <cstdint>
#include <string>
#include <string_view>

#include "http2/fields.h"
#include "protocol/strict_head.h"

namespace mogura::http2 {

// Why a head is not translated.
enum class Refusal : std::uint8_t {
  kNone,
  kMethod,     // no token
  kPath,       // empty, with a space or control, or not beginning with "/" (but "*" of OPTIONS)
  kScheme,     // neither http nor https
  kAuthority,  // absent, not one authority, or not the one Host names (RFC 9113 §8.3.1)
  kStatus,     // not three digits, or 101, which HTTP/2 does not have (RFC 9113 §8.6)
  kField,      // a name or value that HTTP/1.1 would read differently, or that HTTP/2 forbids
  kConnect,    // a tunnel inside the connection: there is none here
};
std::string_view name_of(Refusal refusal);  // "method", …

// How the body stands in HTTP/1.1.
enum class Body : std::uint8_t { kNone, kLength, kChunked };

struct Translated {
  Refusal refusal = Refusal::kNone;
  Body body = Body::kNone;
};

// A head of HTTP/1.1, appended to `out`; where it is refused, `out` is as before. `is_whole`: nothing follows
// the fields. `absolute_form`: the target names scheme and host, as a proxy is asked; else it is the path, as
// an origin is. Crumbs of Cookie become one field (RFC 9113 §8.2.3). A body of unknown length, or one that
// announces trailers, is chunked.
Translated to_http1_request(const Fields& fields, bool is_whole, bool absolute_form, std::string& out);
// `request_method` decides, with the status, whether a body can be.
Translated to_http1_response(const Fields& fields, bool is_whole, std::string_view request_method,
                             std::string& out);

// Fields of HTTP/2, from a head that has been read. `scheme`: "https" or "http". Not for CONNECT.
Fields from_http1_request(const protocol::RequestHead& head, std::string_view scheme);
// Not for 101.
Fields from_http1_response(const protocol::ResponseHead& head);

// A response of this status to this method has no body (RFC 9110 §6.4.1).
bool is_bodyless(unsigned status, std::string_view request_method);

}  // namespace mogura::http2
