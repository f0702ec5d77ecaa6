#pragma once

// Header fields as HTTP/2 carries them (RFC 9113 §8.2), and the trailers of both versions. Values in, values
// out; any thread.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::http2 {

struct Field {
  std::string name, value;  // name in lower case; pseudo-header fields begin with ":"
  bool operator==(const Field&) const = default;
};
using Fields = std::vector<Field>;

// What SETTINGS_MAX_HEADER_LIST_SIZE counts for one field besides its bytes (RFC 9113 §6.5.2).
inline constexpr std::size_t kFieldOverhead = 32;

// Connection, Keep-Alive, Proxy-Connection, Transfer-Encoding, Upgrade, HTTP2-Settings: they speak of one
// HTTP/1.1 connection and may not be in HTTP/2 (RFC 9113 §8.2.2). `name` in lower case. TE is not among them:
// "trailers" passes.
bool is_connection_specific(std::string_view name);
// A token (RFC 9110 §5.6.2) without capitals.
bool is_field_name(std::string_view name);
// Without controls but HTAB: no CR, LF or NUL with which a line could end early.
bool is_field_value(std::string_view value);
// What begins a line of HTTP/1.1 and may stand between two of its spaces: not empty, no space, no control.
bool is_start_line_part(std::string_view text);
// Host, Content-Length, Transfer-Encoding and what HTTP/2 forbids: no trailers (RFC 9110 §6.5.1).
bool is_allowed_in_trailers(std::string_view name);

// Field lines with CRLF, without the empty line behind them; what may not be in trailers is left out.
// False: a name or value that could be read differently; `out` is as before.
bool append_trailer_lines(const Fields& trailers, std::string& out);
// The other way, from what protocol::ChunkedWalk has let through.
Fields trailers_in(std::string_view lines);

}  // namespace mogura::http2
