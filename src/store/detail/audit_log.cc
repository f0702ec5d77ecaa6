#include "store/detail/audit_log.h"

#include <string>

#include "store/archive.h"
#include "store/detail/cursor.h"
#include "store/detail/stored_time.h"

namespace mogura::store::detail {
namespace {

report::AuditEntry entry_of(const Statement& row) {
  return {from_microseconds(row.integer(1)), std::string(row.text(2)), std::string(row.text(3)),
          std::string(row.text(4)),          std::string(row.text(5)), std::string(row.text(6))};
}

}  // namespace

Result<void> write_audit(Database& database, const report::AuditEntry& entry) {
  auto insert = database.prepare(
      "INSERT INTO audit (time_us, user, address, action, subject, detail) VALUES (?,?,?,?,?,?)");
  if (!insert) return tl::unexpected(insert.error());
  const auto cut = [](std::string_view text) { return text.substr(0, kGivenTextBytes); };
  insert->bind(1, to_microseconds(entry.time)).bind(2, cut(entry.user)).bind(3, cut(entry.address));
  insert->bind(4, cut(entry.action)).bind(5, cut(entry.subject)).bind(6, cut(entry.detail));
  return insert->run();
}

Result<report::Rows<report::AuditEntry>> audit_page(const Database& database, const report::Page& page) {
  const auto after = read_place('u', page.after);
  if (!after) return tl::unexpected(after.error());
  auto select = database.prepare("SELECT * FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?");
  if (!select) return tl::unexpected(select.error());
  const std::size_t limit = limit_of(page);
  select->bind(1, after->id).bind(2, std::uint64_t{limit} + 1);
  report::Rows<report::AuditEntry> rows;
  for (std::int64_t last = 0;;) {
    const auto row = select->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return rows;
    if (rows.rows.size() == limit) {
      rows.next = write_place('u', {0, last});
      return rows;
    }
    last = select->integer(0);
    rows.rows.push_back(entry_of(*select));
  }
}

Result<std::vector<report::AuditEntry>> audit_about(const Database& database, std::string_view subject,
                                                    std::size_t most) {
  auto select = database.prepare("SELECT * FROM audit WHERE subject = ? ORDER BY id DESC LIMIT ?");
  if (!select) return tl::unexpected(select.error());
  select->bind(1, subject).bind(2, std::uint64_t{most});
  std::vector<report::AuditEntry> entries;
  for (;;) {
    const auto row = select->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return entries;
    entries.push_back(entry_of(*select));
  }
}

}  // namespace mogura::store::detail
