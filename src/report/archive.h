#pragma once

// What has been kept, asked and added to by people: the questions of the console's pages, and what they
// decide there. The interface; room store has the database behind it. Plain values; texts hold names as they
// were on the wire, hostile, to be escaped by whoever writes them.
//
// One Archive per thread. Every question is bounded: at most Page::kMost rows, and the time that an index
// leads to them. What costs more (counts over all sessions) is not offered.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "population/groups.h"
#include "report/analysis.h"

namespace mogura::report {

// Which rows of a list. `after` is the `next` of the page before; anything else that it may hold is kUsage.
struct Page {
  static constexpr std::size_t kMost = 500;
  std::size_t limit = 100;
  std::string after{};
};

template <class Row>
struct Rows {
  std::vector<Row> rows{};
  std::string next{};                    // empty: this was the last page
  std::optional<std::uint64_t> total{};  // where it is cheap to know
};

// --- findings ---

// What a person said of a finding. `status`: "sanctioned", "confirmed", or empty: nothing yet. A sanction
// past its `expires` no longer counts: the finding is "new" again.
struct Decision {
  std::string status{};
  std::string owner{};  // who answers for a sanctioned service
  std::string reason{};
  std::optional<Timestamp> expires{};
  std::string by{};  // the user who said so
  Timestamp time{};
};

struct FindingRow {
  std::string finding_id{}, destination{}, kind{}, severity{};
  double score = 0;
  std::string status{};                            // "new", "sanctioned", "confirmed": what counts now
  std::string application{}, application_class{};  // the name that a person gave, else the catalogue's
  std::uint64_t sessions = 0, clients = 0;
  Timestamp first{}, last{};  // over all analyses
  bool is_current = false;    // of the last analysis
  std::string assignee{};
  std::uint64_t notes = 0;
  std::string top_evidence{};  // its heaviest sentence
};

enum class FindingOrder : std::uint8_t {
  kScore,
  kFirst,
  kLast,
  kDestination,
  kApplication,
  kSessions,
  kClients,
  kStatus
};

struct FindingFilter {
  std::string
      text{};  // in destination, application, User-Agents, clients, notes; without regard to ASCII case
  std::string status{}, severity{}, kind{}, application{}, client{}, assignee{};  // exactly; empty: any
  double least_score = 0;
  bool with_earlier = false;  // also of earlier analyses
  std::optional<Timestamp> first_since{};
  FindingOrder order = FindingOrder::kScore;
  bool is_ascending = false;
};

enum class FindingGroup : std::uint8_t { kApplication, kClient };
struct FindingGroupRow {
  std::string key{};
  std::uint64_t findings = 0, sessions = 0;
  double highest_score = 0;
};

struct Note {
  std::int64_t id = 0;
  Timestamp time{};
  std::string by{}, text{};
};

// One line of the audit log.
struct AuditEntry {
  Timestamp time{};
  std::string user{}, address{};
  std::string action{};   // "login", "sanction", "pattern-accept", …
  std::string subject{};  // finding id, pattern id, …
  std::string detail{};
};

struct FindingRecord {
  FindingRow row{};
  Decision decision{};
  std::string own_name{};  // that a person gave the application
  std::vector<Note> notes{};
  std::vector<AuditEntry> history{};  // newest first, at most 100
  std::string line{};                 // as report::write_finding_line wrote it
};

// Sessions of a service over time: one row a client, one number a slice of time.
struct Timeline {
  Timestamp from{}, to{};
  std::vector<std::pair<std::string, std::vector<std::uint32_t>>> clients{};  // most sessions first
  bool is_cut = false;  // more clients, or more sessions, than were looked at
};

// --- sessions, groups, clients ---

struct SessionFilter {
  std::string destination{}, client{}, user_agent{}, cipher_suites{}, ja4{}, kind{};  // exactly; empty: any
  std::string registrable_domain{};
  bool has_no_user_agent = false;
  std::optional<Timestamp> from{}, to{};  // of the end
};

struct SessionRow {
  std::string session_id{};
  Timestamp start{}, end{};
  std::string client{}, destination{}, kind{}, user_agent{}, inner_protocol{}, ja4{};
  std::uint64_t exchanges_up = 0, exchanges_down = 0, bytes_up = 0, bytes_down = 0;
  std::string line{};  // as report::write_session_line wrote it
};

struct ClientRow {
  std::string client{}, user_agent{};
  bool has_user_agent = true;
  std::uint64_t sessions = 0, bytes_up = 0, bytes_down = 0;
  Timestamp first{}, last{};
  std::string
      verdict{};  // the latest of any host that says most: tampering, no-jar, naive-jar, cookie-jar, …
  double score = 0;
};

struct ClientFilter {
  std::string text{};     // in client or User-Agent
  std::string client{};   // exactly
  std::string verdict{};  // exactly
};

// What the challenge said (docs/formats/challenge.md).
struct VerdictRow {
  Timestamp time{};
  std::string client{}, user_agent{}, host{}, verdict{};
  double score = 0;
  std::vector<std::string> evidence{};
};

// How often a state came up in an hour.
struct ChallengeHour {
  Timestamp hour{}, last{};
  std::string client{}, user_agent{}, host{}, state{}, reason{};  // the last reason
  std::uint64_t count = 0;
};

// --- alerts, sensors, trends ---

struct AlertRow {
  std::int64_t id = 0;  // grows with each alert stored
  std::string line{};   // as report::write_alert_line wrote it
};

struct AlertFilter {
  std::string text{};                                          // in the destination
  std::string kind{}, severity{}, pattern_id{}, finding_id{};  // exactly
};

// A running (or ended) watch, proxy or icap, as it told last.
struct Sensor {
  std::string sensor_id{};  // the same for all its reports
  std::string kind{};       // "watch", "proxy", "icap", "analyze"
  std::string host{}, input{}, version{};
  Timestamp started{}, seen{};
  bool has_ended = false;           // said so itself
  std::vector<Counter> counters{};  // names of docs/formats/analysis.md; drops among them
};

struct Hour {
  Timestamp hour{};
  std::array<std::uint64_t, session::kKinds> sessions{};  // by Kind
  std::uint64_t bytes_up = 0, bytes_down = 0;
  std::uint64_t analysed_connect = 0, analysed_ssl = 0;  // table 1, with ten exchanges each way
};

struct Totals {
  std::uint64_t sessions = 0;  // stored
  std::optional<Timestamp> first{}, last{};
  std::uint64_t findings_new = 0, findings_sanctioned = 0, findings_confirmed = 0;  // current, score ≥ 0.5
  std::uint64_t alerts = 0;
};

class Archive {
 public:
  virtual ~Archive() = default;

  [[nodiscard]] virtual Result<Totals> totals() = 0;
  // Oldest first; hours without sessions are left out. At most 24 × 92 of them.
  [[nodiscard]] virtual Result<std::vector<Hour>> hours(Timestamp from, Timestamp to) = 0;
  [[nodiscard]] virtual Result<std::vector<Sensor>> sensors() = 0;

  // `now` decides which sanctions have expired, here and below.
  [[nodiscard]] virtual Result<Rows<FindingRow>> findings(const FindingFilter& filter, const Page& page,
                                                          Timestamp now) = 0;
  // Of what `filter` lets through; most findings first.
  [[nodiscard]] virtual Result<std::vector<FindingGroupRow>> finding_groups(const FindingFilter& filter,
                                                                            FindingGroup by,
                                                                            Timestamp now) = 0;
  // kUsage: there is none of that id. As every action below.
  [[nodiscard]] virtual Result<FindingRecord> finding(std::string_view finding_id, Timestamp now) = 0;
  [[nodiscard]] virtual Result<Timeline> timeline(std::string_view finding_id, std::size_t slices) = 0;
  [[nodiscard]] virtual Result<Rows<SessionRow>> finding_sessions(std::string_view finding_id,
                                                                  const Page& page) = 0;

  [[nodiscard]] virtual Result<std::vector<population::Group>> groups(population::GroupBy by) = 0;
  // Newest first.
  [[nodiscard]] virtual Result<Rows<SessionRow>> sessions(const SessionFilter& filter, const Page& page) = 0;
  // Latest first.
  [[nodiscard]] virtual Result<Rows<ClientRow>> clients(const ClientFilter& filter, const Page& page) = 0;
  // Newest first. An empty User-Agent here means: whatever it was.
  [[nodiscard]] virtual Result<Rows<VerdictRow>> verdicts(std::string_view client,
                                                          std::string_view user_agent, const Page& page) = 0;
  [[nodiscard]] virtual Result<Rows<ChallengeHour>> challenge_hours(std::string_view client,
                                                                    std::string_view user_agent,
                                                                    const Page& page) = 0;

  // Newest first.
  [[nodiscard]] virtual Result<Rows<AlertRow>> alerts(const AlertFilter& filter, const Page& page) = 0;
  // Stored after that one, oldest first, at most Page::kMost: for live events. And the highest id (0: none).
  [[nodiscard]] virtual Result<std::vector<AlertRow>> alerts_after(std::int64_t id) = 0;
  [[nodiscard]] virtual Result<std::int64_t> last_alert() = 0;

  // --- actions: each is one transaction, with its line in the audit log ---
  virtual Result<void> decide(std::string_view finding_id, const Decision& decision,
                              const AuditEntry& audit) = 0;
  virtual Result<void> name_application(std::string_view finding_id, std::string_view name,
                                        const AuditEntry& audit) = 0;
  virtual Result<void> assign(std::string_view finding_id, std::string_view assignee,
                              const AuditEntry& audit) = 0;
  virtual Result<void> add_note(std::string_view finding_id, std::string_view text,
                                const AuditEntry& audit) = 0;
  // Of what else was done (logins, patterns).
  virtual Result<void> add_audit(const AuditEntry& audit) = 0;
  [[nodiscard]] virtual Result<Rows<AuditEntry>> audit(const Page& page) = 0;
  // When that user looked at the overview (nothing: never). Changes nothing.
  [[nodiscard]] virtual Result<std::optional<Timestamp>> last_look(std::string_view user) = 0;
  // The same, and that he does now.
  virtual Result<std::optional<Timestamp>> look(std::string_view user, Timestamp now) = 0;
};

}  // namespace mogura::report
