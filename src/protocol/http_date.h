#pragma once

// The dates of HTTP's fields.

#include <string>

#include "base/time.h"

namespace mogura::protocol {

// IMF-fixdate, as "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7); fractions of a second are left out. Asks
// neither the locale nor the system's time zone. Any thread.
std::string http_date(Timestamp time);

}  // namespace mogura::protocol
