#include "store/store.h"

#include <array>
#include <utility>

#include "report/json_writer.h"
#include "store/detail/analysis_rows.h"
#include "store/detail/answer_rows.h"
#include "store/detail/database.h"
#include "store/detail/forget.h"
#include "store/detail/open.h"
#include "store/detail/stored_time.h"
#include "store/detail/writer.h"

namespace mogura::store {
namespace {

using detail::Database;
using detail::from_microseconds;
using detail::Statement;
using detail::to_microseconds;
using detail::Transaction;

StoredFinding stored_finding(const Statement& row) {
  StoredFinding finding{std::string(row.text(0)), std::string(row.text(1)), row.real(2),
                        std::string(row.text(3)), row.integer(4) != 0,      std::nullopt,
                        std::string(row.text(6))};
  if (!row.is_null(5)) finding.announced = from_microseconds(row.integer(5));
  return finding;
}

// --- what the allow list looks at, from the line of a finding ---

// Whether there is a NUL in a text: SQLite ends it there, and a part is not the whole.
bool has_nul(std::string_view line) {
  return line.find("\\u0000") != std::string_view::npos;
}

std::vector<std::string>* list_of(finding::Finding& finding, std::string_view name) {
  if (name == "destinations") return &finding.destinations;
  if (name == "clients") return &finding.clients;
  if (name == "user_agents") return &finding.user_agents;
  if (name == "cipher_lists") return &finding.cipher_lists;
  return name == "ja4s" ? &finding.ja4s : nullptr;
}

// False: there are too many.
Result<bool> read_lists(Statement& select, std::string_view line, finding::Finding& finding) {
  select.bind(1, line);
  for (std::size_t texts = 0;; ++texts) {
    const auto row = select.step();
    if (!row) return row;
    if (!*row) return true;
    if (texts == kStoredTexts) break;
    if (auto* const list = list_of(finding, select.text(0))) list->emplace_back(select.text(1));
  }
  select.reset();
  return false;
}

// Of finding_id, status, is JSON, line, sanction, clients_count, user_agents_count, destination, kind.
Result<finding::Finding> covered_part(const Statement& row, Statement& lists) {
  finding::Finding bare;
  bare.finding_id = row.text(0);
  bare.status =
      row.text(1) == name_of(finding::Status::kNew) ? finding::Status::kNew : finding::Status::kSanctioned;
  if (row.integer(2) == 0 || has_nul(row.text(3))) return bare;
  bare.sanction = row.text(4);
  finding::Finding finding = bare;
  finding.clients_count = static_cast<std::uint64_t>(row.integer(5));
  finding.user_agents_count = static_cast<std::uint64_t>(row.integer(6));
  finding.destination = row.text(7);
  finding.kind = row.text(8);
  const auto is_whole = read_lists(lists, row.text(3), finding);
  if (!is_whole) return tl::unexpected(is_whole.error());
  return *is_whole ? finding : bare;
}

std::string json_text(std::string_view text) {
  std::string json;
  report::JsonWriter(json, report::JsonWriter::Layout::kLine).value(text);
  return json;
}

Result<void> write_sanctions(Database& database, const std::vector<Sanction>& sanctions) {
  auto transaction = Transaction::begin(database);
  if (!transaction) return tl::unexpected(transaction.error());
  auto update = database.prepare(
      "UPDATE findings SET status = ?1, line = CASE WHEN NOT json_valid(line) THEN line"
      " WHEN ?2 = '\"\"' THEN json_remove(json_set(line, '$.status', ?1), '$.sanction')"
      " ELSE json_set(line, '$.status', ?1, '$.sanction', json(?2)) END"
      " WHERE finding_id = ?3 AND status IN ('new', 'sanctioned')");
  if (!update) return tl::unexpected(update.error());
  for (const Sanction& sanction : sanctions) {
    const auto status = sanction.words.empty() ? finding::Status::kNew : finding::Status::kSanctioned;
    const std::string words = json_text(sanction.words);
    update->bind(1, finding::name_of(status)).bind(2, words).bind(3, sanction.finding_id);
    if (auto done = update->run(); !done) return done;
  }
  return transaction->commit();
}

}  // namespace

struct Store::State {
  State(Database opened) : database(std::move(opened)) {}

  Database database;
  std::optional<detail::Writer> writer;
  Statement find_alert, find_announcement;
};

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::Store(Store&&) noexcept = default;

Store& Store::operator=(Store&& other) noexcept {
  Store old(std::move(*this));
  state_ = std::move(other.state_);
  return *this;
}

Store::~Store() {
  if (state_ != nullptr) (void)commit();
}

Result<Store> Store::open(const std::string& path) {
  if (auto created = detail::create_if_missing(path); !created) return tl::unexpected(created.error());
  auto database = detail::open_ours(path);
  if (!database) return tl::unexpected(database.error());
  auto state = std::make_unique<State>(*std::move(database));
  auto writer = detail::Writer::make(state->database);
  if (!writer) return tl::unexpected(writer.error());
  state->writer = *std::move(writer);
  auto alert = state->database.prepare("SELECT 1 FROM alerts WHERE alert_id = ?");
  if (!alert) return tl::unexpected(alert.error());
  state->find_alert = *std::move(alert);
  auto announcement = state->database.prepare("SELECT 1 FROM announcements WHERE finding_id = ?");
  if (!announcement) return tl::unexpected(announcement.error());
  state->find_announcement = *std::move(announcement);
  return Store(std::move(state));
}

Result<void> Store::add_session(const session::Session& session) {
  return state_->writer->add(session);
}

Result<void> Store::add_alert(const report::Alert& alert) {
  return state_->writer->add(alert);
}

Result<void> Store::add_verdict(const report::VerdictRow& verdict) {
  return state_->writer->add(verdict);
}

Result<void> Store::add_challenge(const report::ChallengeHour& counted) {
  return state_->writer->add(counted);
}

Result<void> Store::put_sensor(const report::Sensor& sensor) {
  return state_->writer->put(sensor);
}

Result<void> Store::commit() {
  return state_->writer->flush();
}

Result<void> Store::put_answers(const finding::Answers& answers) {
  auto done = detail::write_answers(state_->database, answers);
  if (!done) state_->writer->count_failure();
  return done;
}

Result<void> Store::put_findings_without_sessions(const std::vector<finding::Finding>& findings) {
  auto done = detail::write_findings_without_sessions(state_->database, findings);
  if (!done) state_->writer->count_failure();
  return done;
}

Result<finding::Answers> Store::read_answers() const {
  return detail::read_answers(state_->database);
}

Result<void> Store::put_analysis(const report::Analysis& analysis) {
  if (auto done = commit(); !done) return done;
  auto done = detail::write_analysis(state_->database, analysis);
  if (!done) state_->writer->count_failure();
  return done;
}

Result<void> Store::read_sessions(Timestamp from, Timestamp to,
                                  const std::function<void(std::string_view line)>& on_line) const {
  auto select = state_->database.prepare(
      "SELECT line FROM sessions WHERE end_us >= ? AND end_us < ? ORDER BY end_us, id");
  if (!select) return tl::unexpected(select.error());
  select->bind(1, to_microseconds(from)).bind(2, to_microseconds(to));
  for (;;) {
    const auto row = select->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
    on_line(select->text(0));
  }
}

Result<std::vector<StoredFinding>> Store::findings(Timestamp now) const {
  auto select = state_->database.prepare(
      "SELECT finding_id, destination, score, CASE WHEN decision IS NULL OR (decision = 'sanctioned'"
      " AND decision_expires_us <= ?) THEN status ELSE decision END, is_current, announced_us, line"
      " FROM findings LEFT JOIN announcements USING (finding_id)"
      " ORDER BY is_current DESC, score DESC, destination, finding_id");
  if (!select) return tl::unexpected(select.error());
  select->bind(1, to_microseconds(now));
  std::vector<StoredFinding> findings;
  for (;;) {
    const auto row = select->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return findings;
    findings.push_back(stored_finding(*select));
  }
}

Result<void> Store::stored_findings(const std::function<void(const finding::Finding&)>& on_finding) const {
  auto select = state_->database.prepare(
      "SELECT finding_id, status, json_valid(line), line,"
      " CASE WHEN json_valid(line) THEN json_extract(line, '$.sanction') END,"
      " CASE WHEN json_valid(line) THEN json_extract(line, '$.clients_count') END,"
      " CASE WHEN json_valid(line) THEN json_extract(line, '$.user_agents_count') END, destination, kind"
      " FROM findings WHERE status IN ('new', 'sanctioned') ORDER BY finding_id");
  if (!select) return tl::unexpected(select.error());
  auto lists = state_->database.prepare(
      "SELECT list.key, text.value FROM json_each(?) AS list, json_each(list.value) AS text"
      " WHERE list.type = 'array'"
      " AND list.key IN ('destinations', 'clients', 'user_agents', 'cipher_lists', 'ja4s')");
  if (!lists) return tl::unexpected(lists.error());
  for (;;) {
    const auto row = select->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
    const auto finding = covered_part(*select, *lists);
    if (!finding) return tl::unexpected(finding.error());
    on_finding(*finding);
  }
}

Result<void> Store::set_sanctions(const std::vector<Sanction>& sanctions) {
  if (sanctions.empty()) return {};
  auto done = write_sanctions(state_->database, sanctions);
  if (!done) state_->writer->count_failure();
  return done;
}

Result<void> Store::set_status(const std::string& finding_id, const std::string& status) {
  auto update = state_->database.prepare(
      "UPDATE findings SET decision = nullif(?, ''), decision_owner = '', decision_reason = '',"
      " decision_expires_us = NULL, decided_by = '', decided_us = 0 WHERE finding_id = ?");
  if (!update) return tl::unexpected(update.error());
  if (auto done = update->bind(1, status).bind(2, finding_id).run(); !done) return done;
  if (state_->database.changes() == 0) return fail(ErrorCode::kUsage, finding_id, "there is no such finding");
  return {};
}

Result<std::string> Store::decision(const std::string& finding_id, Timestamp now) const {
  auto select = state_->database.prepare(
      "SELECT decision FROM findings WHERE finding_id = ?2 AND decision IS NOT NULL"
      " AND NOT (decision = 'sanctioned' AND coalesce(decision_expires_us <= ?1, 0))");
  if (!select) return tl::unexpected(select.error());
  const auto row = select->bind(1, to_microseconds(now)).bind(2, finding_id).step();
  if (!row) return tl::unexpected(row.error());
  return std::string(*row ? select->text(0) : "");
}

Result<bool> Store::is_announced(const std::string& finding_id) const {
  auto found = state_->find_announcement.bind(1, finding_id).step();
  state_->find_announcement.reset();
  return found;
}

Result<void> Store::set_announced(const std::string& finding_id, Timestamp time) {
  auto insert = state_->database.prepare("INSERT INTO announcements VALUES (?, ?) ON CONFLICT DO NOTHING");
  if (!insert) return tl::unexpected(insert.error());
  return insert->bind(1, finding_id).bind(2, to_microseconds(time)).run();
}

Result<bool> Store::has_alert(const std::string& alert_id) const {
  if (state_->writer->is_waiting(alert_id)) return true;
  auto found = state_->find_alert.bind(1, alert_id).step();
  state_->find_alert.reset();
  return found;
}

Result<void> Store::forget_sessions_before(Timestamp time) {
  return detail::forget_sessions_before(state_->database, to_microseconds(time));
}

Result<void> Store::forget_before(Timestamp time) {
  return detail::forget_before(state_->database, to_microseconds(time));
}

StoreCounters Store::counters() const {
  return state_->writer->counters();
}

}  // namespace mogura::store
