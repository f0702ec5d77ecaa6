#pragma once

// Zeek's logs read in step: of each kind (http, ssl, conn) the files one after the other by their first time,
// and of the kinds always the row that was written first. So the records of one connection come near each
// other, however long the logs are, and few connections are open at once. One thread.
//
//   http 00h ─► http 01h ─► …  ┐
//   ssl 00h  ─► ssl 01h  ─► …  ├► earliest row ─► OpenSessions
//   conn 00h ─► conn 01h ─► …  ┘

#include <cstdint>
#include <vector>

#include "logs/detail/input_file.h"
#include "logs/detail/open_sessions.h"

namespace mogura::logs::detail {

struct ZeekCounters {
  std::uint64_t not_tcp = 0;
  std::uint64_t other_logs = 0;
};

// `files`: all recognised as Zeek's.
ZeekCounters read_zeek(const std::vector<InputFile*>& files, OpenSessions& sessions);

}  // namespace mogura::logs::detail
