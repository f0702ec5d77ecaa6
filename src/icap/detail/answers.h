#pragma once

// What goes back to the gateway: heads of ICAP responses, and the page that a suspicious client gets in mode
// block. All are appended to `out`. Any thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "icap/detail/request_head.h"
#include "icap/options.h"

namespace mogura::icap::detail {

// What every answer says besides its status.
struct Common {
  std::string_view tag;      // ISTag
  std::string_view pairing;  // X-Mogura; empty: none
  bool closes = false;
};

void write_options(Method method, const Options& options, const Common& common, std::string& out);
// 100, 400, 404, 405, 408, 413, 501, 503, 505.
void write_status(unsigned status, const Common& common, std::string& out);
void write_unmodified(const Common& common, std::string& out);  // 204

// 200 or 206 with one HTTP head, which is to be appended next.
struct Modified {
  unsigned status = 200;
  bool is_request = false;
  std::size_t head_bytes = 0;
  bool has_body = false;
};
void write_modified(const Modified& what, const Common& common, std::string& out);

// The HTTP response for a client that is not served: its head into `head`, its text into `page`. `insert`:
// field lines.
void write_refusal(Timestamp now, std::string_view insert, std::string& head, std::string& page);

}  // namespace mogura::icap::detail
