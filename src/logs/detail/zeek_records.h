#pragma once

// What a row of Zeek's logs says, as a record for OpenSessions. One thread.

#include "base/result.h"
#include "base/time.h"
#include "logs/detail/open_sessions.h"
#include "logs/zeek.h"

namespace mogura::logs::detail {

enum class ZeekUse : std::uint8_t {
  kUsed,
  kNotTcp,    // a conn.log row of something else
  kOtherLog,  // a row of a log that is not read
};

// When the row was written, as near as the row tells: a connection's is when it was over. For reading several
// logs in step.
std::optional<Timestamp> written_at(const ZeekRow& row, ZeekLog log);

// Errors (kFormat): a row without time, uid or endpoints; a number or time out of range.
Result<ZeekUse> add_zeek_row(const ZeekRow& row, ZeekLog log, OpenSessions& sessions);

}  // namespace mogura::logs::detail
