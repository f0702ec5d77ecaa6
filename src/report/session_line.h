#pragma once

// Writes one session as one line of JSON, by docs/formats/session.md. Any thread.

#include <cstdint>
#include <string>

#include "session/session.h"

namespace mogura::report {

struct SessionLineOptions {
  std::uint64_t min_exchanges =
      10;  // `lengths` is written for sessions with a CONNECT and that many messages each way
  std::uint32_t min_repeats = 5;  // and only for lengths that occurred that often
};

// Appends the line and its end to `out`.
void write_session_line(const session::Session& session, const SessionLineOptions& options, std::string& out);

}  // namespace mogura::report
