#pragma once

// What a request asks for: path and query, percent-decoded (RFC 3986 §2.1). Strict: one way to write a path
// is taken, everything that two readers could read differently is refused. Text in, values out. Any thread.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "console/message.h"

namespace mogura::console::detail {

struct Target {
  std::string path{};
  std::vector<Field> query{};
};

// `text` is path and query of an origin-form target, as sent. In the path are refused, written plainly or
// percent-encoded: control characters, backslashes, segments "." and "..", empty segments before the last,
// bytes that are not UTF-8; and "%2F". In the query ("+" is a space): bytes that are not UTF-8, NUL, control
// characters in names, empty names, more than Request::kQueryFields. Values may hold control characters, as
// User-Agents do. Errors: kFormat, kLimit; the cause says what is wrong, and quotes nothing.
Result<Target> parse_target(std::string_view text);

// Well-formed UTF-8 without NUL; nor other control characters (C0, DEL, C1), unless they are allowed.
bool is_clean_text(std::string_view text, bool allows_controls);

}  // namespace mogura::console::detail
