#pragma once

// The database that analyze --db, watch --db and proxy --db write: SQLite in WAL mode, one file
// (docs/formats/database.md). Sessions, groups, findings with their status, alerts, what the challenge said,
// sensors. Schema version and migrations are inside; the console reads it through store/archive.h. A killed
// process loses at most what was added since the last commit() and never the file; a full disk is an error
// value and counted, writing goes on when there is room again. One Store per thread; several threads and
// processes may have the file open.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "finding/answers.h"
#include "finding/finding.h"
#include "report/alert.h"
#include "report/analysis.h"
#include "report/archive.h"
#include "session/session.h"

namespace mogura::store {

struct StoreCounters {
  std::uint64_t sessions = 0;       // written by this Store; those known before are not counted
  std::uint64_t alerts = 0;         // the same
  std::uint64_t commits = 0;        // that wrote something
  std::uint64_t failed_writes = 0;  // commits and analyses that could not be written (again)
  std::uint64_t lost_rows = 0;      // given up, because more than kWaitingRows waited for a commit to work
};

// Rows that wait for the next commit. Beyond kBatchRows (or kBatchBytes of lines) add_…() commits by itself,
// unless the last commit failed; then up to kWaitingRows are kept for another try (as many of each sort), and
// beyond that the oldest are lost and counted.
inline constexpr std::size_t kBatchRows = 4096;
inline constexpr std::size_t kBatchBytes = std::size_t{8} << 20;
inline constexpr std::size_t kWaitingRows = 10'000;

// Rows of an hour's challenge states. Beyond, hosts are put together as "" (another one); beyond twice as
// many, what would be a new row is lost and counted.
inline constexpr std::uint64_t kChallengeRows = 20'000;

// How long a commit waits for another process's write to end before it fails, to be tried again.
inline constexpr int kBusyTimeoutMs = 1000;
// And how long opening waits for others that are making the file or bringing it up to date.
inline constexpr int kOpenTimeoutMs = 10'000;

struct StoredFinding {
  std::string finding_id;
  std::string destination;
  double score = 0;
  std::string status;       // what people decided and still counts, else finding::name_of(Finding::status)
  bool is_current = false;  // of the last analysis; else of an earlier one
  std::optional<Timestamp> announced;
  std::string json;  // as report::write_finding_line wrote it; status and sanction may have changed since
};

// What the allow list says of a stored finding.
struct Sanction {
  std::string finding_id;
  std::string words;  // as finding::Finding::sanction; empty: no entry covers it
};

// Texts of one stored finding (destinations, clients, …) that stored_findings() gives back; one with more is
// given back without any.
inline constexpr std::size_t kStoredTexts = 10'000;

class Store {
 public:
  // Creates the file (mode 0600) or migrates an older schema. Errors: kIo (cannot be opened, is locked),
  // kFormat (no database, damaged, or another program's), kUnsupported (a newer schema). On errors, an
  // existing file is left as it was.
  static Result<Store> open(const std::string& path);
  ~Store();  // commits
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  // Rows are written in batches; commit() ends one. Writers call commit() at least once a second of their
  // time. A session or alert that the file already has (same session_id, alert_id) is ignored. After an error
  // the rows are kept for the next commit, as kWaitingRows says; nothing needs to be added again.
  Result<void> add_session(const session::Session& session);
  Result<void> add_alert(const report::Alert& alert);
  Result<void> add_verdict(const report::VerdictRow& verdict);
  // `counted.count` more, in the hour of `last`; `hour` is not looked at. Those of one row that wait are put
  // together.
  Result<void> add_challenge(const report::ChallengeHour& counted);
  // In the place of what the same sensor told before.
  Result<void> put_sensor(const report::Sensor& sensor);
  Result<void> commit();
  // What was answered to the challenge, in the place of what was put before; and what was put last.
  Result<void> put_answers(const finding::Answers& answers);
  [[nodiscard]] Result<finding::Answers> read_answers() const;
  // Findings that rest on answers alone, of whoever sees no sessions: in the place of such that were put
  // before; groups and all other findings stay. One of a host that another current finding is about is not
  // written.
  Result<void> put_findings_without_sessions(const std::vector<finding::Finding>& findings);
  // Replaces the groups and findings of the last run; what people said of a finding (and its first
  // announcement) is kept.
  // All or nothing. Findings of earlier runs stay, as not current.
  Result<void> put_analysis(const report::Analysis& analysis);

  // Committed sessions that ended in [from, to), compared by the microsecond, in order of end, each as
  // report::write_session_line wrote it, without its line end. The view is valid during the call;
  // `on_line` must not use this Store.
  Result<void> read_sessions(Timestamp from, Timestamp to,
                             const std::function<void(std::string_view line)>& on_line) const;
  // Current ones first, then highest score, then by destination. `now` decides which sanctions have expired.
  [[nodiscard]] Result<std::vector<StoredFinding>> findings(Timestamp now) const;
  // All findings, also of earlier runs, with what an allow list looks at: destinations, kind, clients,
  // User-Agents, cipher lists, JA4s, status and sanction; the rest is empty. Where that cannot be read
  // for certain (the line is no JSON, has a NUL in a text, or too many texts), destination and lists are
  // empty, so that no entry covers it. `on_finding` must not use this Store.
  Result<void> stored_findings(const std::function<void(const finding::Finding&)>& on_finding) const;
  // Changes status and sanction, in the line too; score and evidence stay as they were when it was found. All
  // or nothing. An unknown finding, and one of another status than "new" and "sanctioned", is left as it is.
  Result<void> set_sanctions(const std::vector<Sanction>& sanctions);
  // What a person decided: any word, without owner or end; empty takes it back. An unknown finding is kUsage.
  Result<void> set_status(const std::string& finding_id, const std::string& status);
  // What counts of one finding: what a person said and has not expired at `now`, else what the analysis said;
  // empty: it is not known.
  [[nodiscard]] Result<std::string> status(const std::string& finding_id, Timestamp now) const;
  // What a person decided of one finding, where it still counts at `now`; else empty.
  [[nodiscard]] Result<std::string> decision(const std::string& finding_id, Timestamp now) const;
  // Findings announced before: no second alert for them. The first time is kept.
  [[nodiscard]] Result<bool> is_announced(const std::string& finding_id) const;
  Result<void> set_announced(const std::string& finding_id, Timestamp time);
  // Added to this Store, or committed by any.
  Result<bool> has_alert(const std::string& alert_id) const;
  // Deletes sessions that ended before, their share of the hours' sums, and clients not seen since; the rest
  // stays. In slices, so that other writers get their turn.
  Result<void> forget_sessions_before(Timestamp time);
  // The same, and alerts, verdicts, challenge states and announcements from before; sensors that have not
  // told anything since; findings of earlier analyses last seen before of which nobody has said anything.
  // What people said and the audit log stay.
  Result<void> forget_before(Timestamp time);
  [[nodiscard]] StoreCounters counters() const;

 private:
  struct State;
  explicit Store(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace mogura::store
