#pragma once

// Lines of Squid's access.log: its own format (logformat squid) and the common and combined formats of web
// servers as Squid writes them. One line is one request, and becomes one session: which requests shared a
// connection is not in the log. docs/formats/logs.md says which field becomes what. Any thread.

#include <cstdint>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"
#include "session/session.h"

namespace mogura::logs {

enum class SquidFormat : std::uint8_t { kNative, kCommon, kCombined };
std::string_view name_of(SquidFormat format);  // "squid", "squid-common", "squid-combined"

enum class SquidLine : std::uint8_t {
  kSession,
  kNoRequest,  // well-formed, but no HTTP request was made: "error:transaction-end-before-headers", ICP
};

struct SquidOutcome {
  SquidLine line = SquidLine::kSession;
  SquidFormat format = SquidFormat::kNative;
};

// Clears and fills `session`, which keeps its memory. Errors (kFormat): the line is of none of the formats;
// its client is no IP address; its URL names no host.
Result<SquidOutcome> parse_squid_line(std::string_view line, const Limits& limits, session::Session& session);

}  // namespace mogura::logs
