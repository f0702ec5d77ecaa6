#pragma once

// What the proxy answers itself: a status, a page that says why in plain words, and what a client needs to go
// on. All text that came from outside is escaped. Any thread.

#include <string>
#include <string_view>

#include "base/time.h"
#include "proxy/counters.h"

namespace mogura::proxy::detail {

struct ErrorPage {
  unsigned status = 502;
  Refusal refusal = Refusal::kConnect;
  std::string detail{};       // a plain sentence; may hold text of the request
  std::string_view name{};    // the proxy's
  std::string_view realm{};   // 407
  std::string_view insert{};  // field lines of others
  bool keep_alive = false;
  bool without_body = false;  // HEAD
  Timestamp now{};
};

std::string_view reason_phrase(unsigned status);
// The status that goes with a refusal, where it has but one.
unsigned status_of(Refusal refusal);
// Appended to `out`: head and page.
void write_error_page(const ErrorPage& page, std::string& out);

}  // namespace mogura::proxy::detail
