#pragma once

// Sessions from other programs' logs: Squid access.log (native and common formats), Zeek http.log, ssl.log
// and conn.log (TSV and JSON), Suricata EVE, and our own session lines. Compressed or not. Several files are
// one population; Zeek's logs are joined by uid. What a format cannot tell is absent in the session, and said
// once in fields_missing().

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"
#include "session/session.h"

namespace mogura::logs {

// A longer line is passed over and counted as bad.
inline constexpr std::size_t kLineBytes = std::size_t{1} << 20;
// Columns of a table's line; one with more is bad.
inline constexpr std::size_t kColumns = 1024;
// Bad lines told one by one, per input; all are counted.
inline constexpr std::size_t kErrors = 20;
// Connections whose records are held until the others of the same connection come. Beyond, the one for
// longest without a new record is handed out: first of those whose end is known, else of all, which is
// counted
// ("sessions_handed_out_early").
inline constexpr std::size_t kOpenSessions = std::size_t{1} << 16;
// Of a file's beginning, what is looked at to tell what it is.
inline constexpr std::size_t kBeginningBytes = std::size_t{64} << 10;

enum class Format : std::uint8_t { kSessions, kZeek, kSquid, kEve };
std::string_view name_of(Format format);  // "sessions", "zeek", "squid", "eve"

// What the beginning of a file (decompressed) looks like; nothing: none of them.
std::optional<Format> recognise(std::string_view beginning);
// The same for a file, whatever its compression; nothing where it cannot be read or is something else. A pipe
// cannot be looked at without consuming it: nothing.
std::optional<Format> recognise_file(const std::string& path);

struct InputReport {
  std::string path;
  std::string format;  // "zeek-http", "squid", "eve", "sessions", …
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;  // decompressed
  std::uint64_t bad_lines = 0;
  std::optional<Timestamp> first, last;
  std::vector<Error> errors;  // the first kErrors of them; "PATH line N: cause"
};

using Consumer = std::function<void(const session::Session&)>;
using Progress = std::function<void(std::uint64_t done_bytes, std::uint64_t all_bytes)>;

// Which parts of the sessions the formats that were read can tell at all. What is false here is absent for
// that reason, which says nothing about the client: no rule may take it for a sign.
struct Seen {
  bool user_agents = false;   // user_agent_seen means something
  bool client_hello = false;  // cipher_suites and alpn, where there is TLS
  bool messages = false;      // exchanges, lengths, intervals, turns
};

struct Outcome {
  std::vector<InputReport> inputs;  // of all files that were read, in the order of `paths`
  std::vector<std::string>
      fields_missing;  // sentences: "Squid's log has no TLS hello: no cipher lists, no JA4"
  // Records that were read and are of no use here ("eve_dns_ignored"), and other things worth knowing; none
  // is zero.
  std::vector<std::pair<std::string, std::uint64_t>> counters;
  Seen seen;
};

// Reads all inputs ("-": standard input; a folder: the logs in it, by name, not its sub-folders) and hands on
// the sessions: first those of Squid's logs and of session lines, file by file, then those of Zeek's, then of
// Suricata's, each as it is complete. The same inputs give the same sessions in the same order. `format`:
// nothing for "by content, each file". What is in no known format is an error in its report. `on_progress`
// may be empty.
Outcome read(const std::vector<std::string>& paths, std::optional<Format> format, const Limits& limits,
             const Consumer& on_session, const Progress& on_progress);

// One session line, as report::write_session_line writes it: written again it is the same. Unknown keys are
// passed over. `session` keeps its memory; after an error it holds anything. Any thread.
Result<void> parse_session_line(std::string_view line, session::Session& session);

}  // namespace mogura::logs
