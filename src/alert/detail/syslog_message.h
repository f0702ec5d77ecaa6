#pragma once

// An alert as one syslog message of RFC 5424: header, structured data, text. Any thread.
//
//   <82>1 2026-11-22T05:36:06.768123Z probe mogura 4711 pattern [mogura@32473 alertId="…" …] BOM text
//
// 32473 is the enterprise number that RFC 5612 sets aside for documentation; there is none of our own.

#include <cstddef>
#include <string>
#include <string_view>

#include "report/alert.h"

namespace mogura::alert::detail {

struct SyslogHeader {
  unsigned facility = 10;
  std::string host, app_name, process_id;  // what is not printable ASCII is left out; empty: "-"
};

// RFC 5426 §3.2: a receiver should accept 2048 octets; RFC 5425 §4.3.1: it should accept 8192.
inline constexpr std::size_t kDatagramBytes = 2048;
inline constexpr std::size_t kStreamBytes = 8192;

// At most `most_bytes` (not below 1024) long: the text is cut first and ends in "…"; parameters that do not
// fit are left out, and cut="true" is there. Valid UTF-8 without controls, whatever is in the alert.
std::string write_syslog_message(const report::Alert& alert, const SyslogHeader& header,
                                 std::size_t most_bytes);

// RFC 5424 §6.3.3: '"', '\' and ']' with a backslash before them.
std::string escape_parameter(std::string_view value);

}  // namespace mogura::alert::detail
