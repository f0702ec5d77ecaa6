#pragma once

// Writes one session as one line of JSON, by docs/formats/session.md: all of it, but for what the options
// leave out, nanoseconds, and bytes of text that are not UTF-8. Any thread.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "session/session.h"

namespace mogura::report {

// Bytes that recur at a place in a session's messages.
struct RepeatedBytes {
  session::Direction direction = session::Direction::kUp;
  std::uint32_t offset = 0;  // in the message
  std::string_view bytes;
  std::uint32_t count = 0;  // messages that have them
};

struct SessionLineOptions {
  std::uint64_t min_exchanges = 10;  // a session with a CONNECT and that many messages each way is written
                                     // with `lengths` and `messages`
  std::uint32_t min_repeats = 5;     // only lengths that occurred that often
  bool all_messages = false;         // `lengths` and `messages` of every session
  std::span<const RepeatedBytes> strings = {};  // of this session
};

// Appends the line and its end to `out`.
void write_session_line(const session::Session& session, const SessionLineOptions& options, std::string& out);

}  // namespace mogura::report
