#include "store/archive.h"

#include <utility>

#include "store/detail/alert_rows.h"
#include "store/detail/audit_log.h"
#include "store/detail/client_rows.h"
#include "store/detail/finding_list.h"
#include "store/detail/finding_record.h"
#include "store/detail/open.h"
#include "store/detail/overview.h"
#include "store/detail/session_walk.h"
#include "store/detail/wall_clock.h"

namespace mogura::store {
namespace {

using detail::Database;
using report::AuditEntry;
using report::Page;
using report::Rows;

// What is asked is asked of one moment; actions are transactions by themselves.
class DatabaseArchive final : public report::Archive {
 public:
  explicit DatabaseArchive(Database database) : database_(std::move(database)) {}

  Result<report::Totals> totals() override {
    return ask([&] { return detail::totals(database_, detail::wall_clock()); });
  }
  Result<std::vector<report::Hour>> hours(Timestamp from, Timestamp to) override {
    return ask([&] { return detail::hours(database_, from, to); });
  }
  Result<std::vector<report::Sensor>> sensors() override {
    return ask([&] { return detail::sensors(database_); });
  }

  Result<Rows<report::FindingRow>> findings(const report::FindingFilter& filter, const Page& page,
                                            Timestamp now) override {
    return ask([&] { return detail::list_findings(database_, filter, page, now); });
  }
  Result<std::vector<report::FindingGroupRow>> finding_groups(const report::FindingFilter& filter,
                                                              report::FindingGroup by,
                                                              Timestamp now) override {
    return ask([&] { return detail::group_findings(database_, filter, by, now); });
  }
  Result<report::FindingRecord> finding(std::string_view finding_id, Timestamp now) override {
    return ask([&] { return detail::finding_record(database_, finding_id, now); });
  }
  Result<report::Timeline> timeline(std::string_view finding_id, std::size_t slices) override {
    return ask([&] { return detail::timeline(database_, finding_id, slices); });
  }
  Result<Rows<report::SessionRow>> finding_sessions(std::string_view finding_id, const Page& page) override {
    return ask([&] {
      return detail::sessions_of_finding(database_, finding_id).and_then([&](detail::SessionWalk walk) {
        return detail::session_page(database_, std::move(walk), page);
      });
    });
  }

  Result<std::vector<population::Group>> groups(population::GroupBy by) override {
    return ask([&] { return detail::groups(database_, by); });
  }
  Result<Rows<report::SessionRow>> sessions(const report::SessionFilter& filter, const Page& page) override {
    return ask([&] {
      return detail::SessionWalk::of_filter(database_, filter).and_then([&](detail::SessionWalk walk) {
        return detail::session_page(database_, std::move(walk), page);
      });
    });
  }
  Result<Rows<report::ClientRow>> clients(const report::ClientFilter& filter, const Page& page) override {
    return ask([&] { return detail::client_page(database_, filter, page); });
  }
  Result<Rows<report::VerdictRow>> verdicts(std::string_view client, std::string_view user_agent,
                                            const Page& page) override {
    return ask([&] { return detail::verdict_page(database_, client, user_agent, page); });
  }
  Result<Rows<report::ChallengeHour>> challenge_hours(std::string_view client, std::string_view user_agent,
                                                      const Page& page) override {
    return ask([&] { return detail::challenge_page(database_, client, user_agent, page); });
  }

  Result<Rows<report::AlertRow>> alerts(const report::AlertFilter& filter, const Page& page) override {
    return ask([&] { return detail::alert_page(database_, filter, page); });
  }
  Result<std::vector<report::AlertRow>> alerts_after(std::int64_t id) override {
    return detail::alerts_after(database_, id);
  }
  Result<std::int64_t> last_alert() override { return detail::last_alert(database_); }

  Result<void> decide(std::string_view finding_id, const report::Decision& decision,
                      const AuditEntry& audit) override {
    return detail::decide(database_, finding_id, decision, audit);
  }
  Result<void> name_application(std::string_view finding_id, std::string_view name,
                                const AuditEntry& audit) override {
    return detail::name_application(database_, finding_id, name, audit);
  }
  Result<void> assign(std::string_view finding_id, std::string_view assignee,
                      const AuditEntry& audit) override {
    return detail::assign(database_, finding_id, assignee, audit);
  }
  Result<void> add_note(std::string_view finding_id, std::string_view text,
                        const AuditEntry& audit) override {
    return detail::add_note(database_, finding_id, text, audit);
  }
  Result<void> add_audit(const AuditEntry& audit) override { return detail::write_audit(database_, audit); }
  Result<Rows<AuditEntry>> audit(const Page& page) override {
    return ask([&] { return detail::audit_page(database_, page); });
  }
  Result<std::optional<Timestamp>> last_look(std::string_view user) override {
    return detail::last_look(database_, user);
  }
  Result<std::optional<Timestamp>> look(std::string_view user, Timestamp now) override {
    return detail::look(database_, user, now);
  }

 private:
  template <class Question>
  auto ask(const Question& question) -> decltype(question()) {
    const auto snapshot = detail::Snapshot::begin(database_);
    if (!snapshot) return tl::unexpected(snapshot.error());
    return question();
  }

  Database database_;
};

}  // namespace

Result<std::unique_ptr<report::Archive>> open_archive(const std::string& path) {
  auto database = detail::open_ours(path);
  if (!database) return tl::unexpected(database.error());
  return std::make_unique<DatabaseArchive>(*std::move(database));
}

}  // namespace mogura::store
