#pragma once

// The database as the console asks it (report/archive.h, docs/formats/database.md). One Archive per thread;
// any number of them, and of writers, may have the file open.

#include <memory>
#include <string>

#include "base/result.h"
#include "report/archive.h"

namespace mogura::store {

// Bytes of one text that people give: names, reasons, notes. More is kUsage; in the audit log it is cut.
inline constexpr std::size_t kGivenTextBytes = 4096;
// Bytes of the rows of one page; beyond, it ends early, with a `next`.
inline constexpr std::size_t kPageBytes = std::size_t{8} << 20;
// Findings that a list is made of: current ones first, then highest score. What is beyond is not listed.
inline constexpr std::size_t kFindingsListed = 20'000;
// Rows that are looked at for one page where an index does not lead to each; then it ends early, with a
// `next` where there may be more, and may even be empty.
inline constexpr std::size_t kLookedAt = 50'000;
// Sessions that a timeline is made of (the latest), and clients that it shows.
inline constexpr std::size_t kTimelineSessions = 10'000;
inline constexpr std::size_t kTimelineClients = 50;
inline constexpr std::size_t kTimelineSlices = 500;

// An existing file, brought up to date where its schema is older. Errors of this and of all questions: kIo
// (cannot be opened or read; "database is locked": another process has been writing for longer than
// kBusyTimeoutMs, or when opening kOpenTimeoutMs), kFormat (damaged, or no file of ours), kUnsupported (a
// newer schema), kUsage (as report/archive.h says).
Result<std::unique_ptr<report::Archive>> open_archive(const std::string& path);

}  // namespace mogura::store
