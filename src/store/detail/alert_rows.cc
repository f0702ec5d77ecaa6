#include "store/detail/alert_rows.h"

#include <optional>
#include <string>

#include "store/detail/needle.h"
#include "store/detail/page_of.h"

namespace mogura::store::detail {
namespace {

using report::AlertRow;

// By finding, by pattern, or all of them, then without their lines.
std::string alerts_sql(const report::AlertFilter& filter) {
  std::string index = "alerts_by_id", condition;
  if (!filter.finding_id.empty()) {
    index = "alerts_by_finding";
    condition = "finding_id <> '' AND finding_id = ?2 AND ";
  } else if (!filter.pattern_id.empty()) {
    index = "alerts_by_pattern";
    condition = "pattern_id <> '' AND pattern_id = ?2 AND ";
  }
  return "SELECT id, 0, kind, severity, pattern_id, finding_id, destination FROM alerts INDEXED BY " + index +
         " WHERE " + condition + "id < ?1 ORDER BY id DESC";
}

// Columns are read only where something is asked of them: this is done for very many rows.
bool is_or_any(std::string_view wanted, const Statement& row, int column) {
  return wanted.empty() || wanted == row.text(column);
}

bool fits(const Statement& row, const report::AlertFilter& filter) {
  return is_or_any(filter.kind, row, 2) && is_or_any(filter.severity, row, 3) &&
         is_or_any(filter.pattern_id, row, 4) && is_or_any(filter.finding_id, row, 5);
}

Result<std::optional<AlertRow>> alert_row(Statement& line, std::int64_t id) {
  const auto found = line.bind(1, id).step();
  if (!found) return tl::unexpected(found.error());
  if (!*found) return std::nullopt;
  AlertRow row{id, std::string(line.text(0))};
  line.reset();
  return row;
}

}  // namespace

Result<report::Rows<AlertRow>> alert_page(const Database& database, const report::AlertFilter& filter,
                                          const report::Page& page) {
  const auto after = read_place('a', page.after);
  if (!after) return tl::unexpected(after.error());
  auto select = database.prepare(alerts_sql(filter));
  if (!select) return tl::unexpected(select.error());
  auto line = database.prepare("SELECT line FROM alerts WHERE id = ?");
  if (!line) return tl::unexpected(line.error());
  select->bind(1, after->order);
  const std::string& led_by = filter.finding_id.empty() ? filter.pattern_id : filter.finding_id;
  if (!led_by.empty()) select->bind(2, led_by);
  Needle needle(filter.text);
  const auto take = [&](const Statement& row, std::size_t& looked_at,
                        std::size_t& bytes) -> Result<std::optional<AlertRow>> {
    if (!fits(row, filter)) return std::nullopt;
    if (!needle.is_empty()) {
      const std::string_view destination = row.text(6);
      looked_at = destination.size();
      if (!needle.is_in(destination)) return std::nullopt;
    }
    auto alert = alert_row(*line, row.integer(0));
    if (alert && *alert) bytes += (*alert)->line.size();
    return alert;
  };
  return read_page<AlertRow>(*select, 'a', page, kAlertsLookedAt, take);
}

Result<std::vector<AlertRow>> alerts_after(const Database& database, std::int64_t id) {
  auto select = database.prepare("SELECT id, line FROM alerts WHERE id > ? ORDER BY id LIMIT ?");
  if (!select) return tl::unexpected(select.error());
  select->bind(1, id).bind(2, std::uint64_t{report::Page::kMost});
  std::vector<AlertRow> rows;
  for (std::size_t bytes = 0; bytes < kPageBytes; bytes += rows.back().line.size()) {
    const auto row = select->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return rows;
    rows.push_back({select->integer(0), std::string(select->text(1))});
  }
  return rows;
}

Result<std::int64_t> last_alert(const Database& database) {
  return database.integer("SELECT max(id) FROM alerts");
}

}  // namespace mogura::store::detail
