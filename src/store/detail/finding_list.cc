#include "store/detail/finding_list.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "store/archive.h"
#include "store/detail/cursor.h"
#include "store/detail/needle.h"
#include "store/detail/stored_time.h"

namespace mogura::store::detail {
namespace {

using report::FindingFilter;
using report::FindingOrder;
using report::FindingRow;

// Bytes of a text that rows are ordered by; the rest does not matter.
constexpr std::size_t kOrderedBytes = 128;
constexpr std::size_t kOrders = 8;
constexpr std::int64_t kNotesSearched = 20'000;

std::string columns() {
  return "finding_id, destination, kind, severity, score, " + std::string(kStatusNow) +
         ", CASE WHEN own_name <> '' THEN own_name ELSE application END, application_class, sessions,"
         " clients, first_seen_us, last_seen_us, is_current, assignee";
}
constexpr int kColumns = 14;

FindingRow row_of(const Statement& select) {
  FindingRow row;
  row.finding_id = select.text(0);
  row.destination = select.text(1);
  row.kind = select.text(2);
  row.severity = select.text(3);
  row.score = select.real(4);
  row.status = select.text(5);
  row.application = select.text(6);
  row.application_class = select.text(7);
  row.sessions = select.count(8);
  row.clients = select.count(9);
  row.first = from_microseconds(select.integer(10));
  row.last = from_microseconds(select.integer(11));
  row.is_current = select.integer(12) != 0;
  row.assignee = select.text(13);
  return row;
}

// --- filter ---

using Ids = std::set<std::string, std::less<>>;

Result<Ids> ids_with_note(const Database& database, Needle& needle) {
  Ids ids;
  auto select = database.prepare("SELECT finding_id, text FROM notes ORDER BY id DESC LIMIT ?");
  if (!select) return tl::unexpected(select.error());
  select->bind(1, kNotesSearched);
  for (;;) {
    const auto row = select->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return ids;
    if (needle.is_in(select->text(1))) ids.emplace(select->text(0));
  }
}

Result<Ids> ids_of_client(const Database& database, std::string_view client) {
  Ids ids;
  auto select = database.prepare("SELECT finding_id FROM finding_clients WHERE client = ? LIMIT ?");
  if (!select) return tl::unexpected(select.error());
  select->bind(1, client).bind(2, std::uint64_t{kFindingsListed});
  for (;;) {
    const auto row = select->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return ids;
    ids.emplace(select->text(0));
  }
}

bool is_or_any(std::string_view wanted, std::string_view value) {
  return wanted.empty() || wanted == value;
}

class Sieve {
 public:
  static Result<Sieve> make(const Database& database, const FindingFilter& filter) {
    Sieve sieve(filter);
    if (!filter.client.empty()) {
      auto ids = ids_of_client(database, filter.client);
      if (!ids) return tl::unexpected(ids.error());
      sieve.of_client_ = *std::move(ids);
    }
    if (sieve.needle_.is_empty()) return sieve;
    auto noted = ids_with_note(database, sieve.needle_);
    if (!noted) return tl::unexpected(noted.error());
    sieve.noted_ = *std::move(noted);
    return sieve;
  }

  // `words`: what it is searched by, in lower case.
  bool lets_through(const FindingRow& row, std::string_view words) {
    const FindingFilter& filter = *filter_;
    if (row.score < filter.least_score || (filter.first_since && row.first < *filter.first_since))
      return false;
    if (!is_or_any(filter.status, row.status) || !is_or_any(filter.severity, row.severity)) return false;
    if (!is_or_any(filter.kind, row.kind) || !is_or_any(filter.application, row.application)) return false;
    if (!is_or_any(filter.assignee, row.assignee)) return false;
    if (!filter.client.empty() && !of_client_.contains(row.finding_id)) return false;
    return needle_.is_empty() || needle_.is_in_lowered(words) || needle_.is_in(row.application) ||
           noted_.contains(row.finding_id);
  }

 private:
  explicit Sieve(const FindingFilter& filter) : filter_(&filter), needle_(filter.text) {}
  const FindingFilter* filter_;
  Needle needle_;
  Ids of_client_, noted_;
};

Result<std::vector<FindingRow>> read_all(const Database& database, const FindingFilter& filter,
                                         Timestamp now) {
  auto sieve = Sieve::make(database, filter);
  if (!sieve) return tl::unexpected(sieve.error());
  auto select = database.prepare("SELECT " + columns() +
                                 ", CASE WHEN ?2 THEN words END FROM findings WHERE is_current >= ?3"
                                 " ORDER BY is_current DESC, score DESC LIMIT ?4");
  if (!select) return tl::unexpected(select.error());
  select->bind(1, to_microseconds(now)).bind(2, std::int64_t{!filter.text.empty()});
  select->bind(3, std::int64_t{filter.with_earlier ? 0 : 1}).bind(4, std::uint64_t{kFindingsListed});
  std::vector<FindingRow> rows;
  for (;;) {
    const auto found = select->step();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return rows;
    FindingRow row = row_of(*select);
    if (sieve->lets_through(row, select->text(kColumns))) rows.push_back(std::move(row));
  }
}

// --- order and pages ---

struct Rank {
  std::int64_t number = 0;
  std::string_view text{};  // at most kOrderedBytes
  std::string_view finding_id{};
};

Rank rank_of(const FindingRow& row, FindingOrder order) {
  const auto by_number = [&](std::int64_t number) { return Rank{number, {}, row.finding_id}; };
  const auto by_text = [&](std::string_view text) {
    return Rank{0, text.substr(0, kOrderedBytes), row.finding_id};
  };
  switch (order) {
    case FindingOrder::kScore:
      return by_number(std::llround(std::clamp(row.score, -1e3, 1e3) * 1e6));
    case FindingOrder::kFirst:
      return by_number(to_microseconds(row.first));
    case FindingOrder::kLast:
      return by_number(to_microseconds(row.last));
    case FindingOrder::kDestination:
      return by_text(row.destination);
    case FindingOrder::kApplication:
      return by_text(row.application);
    case FindingOrder::kSessions:
      return by_number(static_cast<std::int64_t>(row.sessions));
    case FindingOrder::kClients:
      return by_number(static_cast<std::int64_t>(row.clients));
    case FindingOrder::kStatus:
      return by_text(row.status);
  }
  return by_number(0);
}

// Equal ones by id, in either direction.
bool comes_before(const Rank& one, const Rank& other, bool is_ascending) {
  const auto a = std::tie(one.number, one.text), b = std::tie(other.number, other.text);
  if (a != b) return is_ascending ? a < b : b < a;
  return one.finding_id < other.finding_id;
}

std::string prefix_of(const FindingFilter& filter) {
  return std::string("f") + static_cast<char>('0' + static_cast<int>(filter.order)) +
         (filter.is_ascending ? 'a' : 'd');
}

std::string write_rank(const FindingFilter& filter, const Rank& rank) {
  return prefix_of(filter) + std::to_string(rank.number) + '.' + write_hex(rank.text) + '.' +
         write_hex(rank.finding_id);
}

struct OwnedRank {
  std::int64_t number = 0;
  std::string text, finding_id;
  [[nodiscard]] Rank view() const { return {number, text, finding_id}; }
};

std::optional<OwnedRank> read_rank(const FindingFilter& filter, std::string_view after) {
  const std::string prefix = prefix_of(filter);
  if (!after.starts_with(prefix)) return std::nullopt;
  after.remove_prefix(prefix.size());
  const std::size_t first = after.find('.'), last = after.rfind('.');
  if (first == last) return std::nullopt;
  const auto number = read_number(after.substr(0, first));
  const auto text = read_hex(after.substr(first + 1, last - first - 1));
  const auto id = read_hex(after.substr(last + 1));
  if (!number || !text || text->size() > kOrderedBytes || !id) return std::nullopt;
  return OwnedRank{*number, *text, *id};
}

// What is only shown, of a row that is.
Result<void> add_details(const Database& database, std::vector<FindingRow>& rows) {
  auto select = database.prepare(
      "SELECT evidence, (SELECT count(*) FROM notes WHERE notes.finding_id = findings.finding_id)"
      " FROM findings WHERE finding_id = ?");
  if (!select) return tl::unexpected(select.error());
  for (FindingRow& row : rows) {
    const auto found = select->bind(1, row.finding_id).step();
    if (!found) return tl::unexpected(found.error());
    row.top_evidence = select->text(0);
    row.notes = select->count(1);
    select->reset();
  }
  return {};
}

// From the first row behind `after`, which need not be there any more.
report::Rows<FindingRow> cut(std::vector<FindingRow> all, const FindingFilter& filter,
                             const report::Page& page, const std::optional<OwnedRank>& after) {
  const auto before = [&](const FindingRow& a, const FindingRow& b) {
    return comes_before(rank_of(a, filter.order), rank_of(b, filter.order), filter.is_ascending);
  };
  std::sort(all.begin(), all.end(), before);
  const auto is_shown = [&](const FindingRow& row) {
    return !comes_before(after->view(), rank_of(row, filter.order), filter.is_ascending);
  };
  auto begin = after ? std::partition_point(all.begin(), all.end(), is_shown) : all.begin();
  report::Rows<FindingRow> rows;
  rows.total = all.size();
  std::size_t bytes = 0;
  for (; begin != all.end() && rows.rows.size() < limit_of(page) && bytes < kPageBytes; ++begin) {
    bytes += begin->destination.size();
    rows.rows.push_back(std::move(*begin));
  }
  if (begin != all.end()) rows.next = write_rank(filter, rank_of(rows.rows.back(), filter.order));
  return rows;
}

// --- groups ---

using GroupSums = std::map<std::string, report::FindingGroupRow, std::less<>>;

void add_to(GroupSums& groups, std::string_view key, const FindingRow& row) {
  auto found = groups.find(key);
  if (found == groups.end()) {
    found = groups.emplace(key, report::FindingGroupRow{}).first;
    found->second.key = key;
  }
  report::FindingGroupRow& group = found->second;
  ++group.findings;
  group.sessions += row.sessions;
  group.highest_score = std::max(group.highest_score, row.score);
}

Result<void> add_clients(const Database& database, const std::vector<FindingRow>& rows, GroupSums& groups) {
  auto select = database.prepare("SELECT client FROM finding_clients WHERE finding_id = ?");
  if (!select) return tl::unexpected(select.error());
  std::size_t looked_at = 0;
  for (const FindingRow& row : rows) {
    select->bind(1, row.finding_id);
    for (;; ++looked_at) {
      const auto found = select->step();
      if (!found) return tl::unexpected(found.error());
      if (!*found) break;
      if (looked_at == kLookedAt) return {};
      add_to(groups, select->text(0), row);
    }
  }
  return {};
}

std::vector<report::FindingGroupRow> largest(GroupSums sums) {
  std::vector<report::FindingGroupRow> groups;
  for (auto& [key, group] : sums) groups.push_back(std::move(group));
  std::stable_sort(groups.begin(), groups.end(),
                   [](const auto& a, const auto& b) { return a.findings > b.findings; });
  if (groups.size() > report::Page::kMost) groups.resize(report::Page::kMost);
  return groups;
}

}  // namespace

Result<report::Rows<FindingRow>> list_findings(const Database& database, const FindingFilter& filter,
                                               const report::Page& page, Timestamp now) {
  static_assert(static_cast<std::size_t>(FindingOrder::kStatus) + 1 == kOrders);
  std::optional<OwnedRank> after;
  if (!page.after.empty()) {
    after = read_rank(filter, page.after);
    if (!after) return tl::unexpected(bad_cursor());
  }
  auto all = read_all(database, filter, now);
  if (!all) return tl::unexpected(all.error());
  auto rows = cut(*std::move(all), filter, page, after);
  if (auto done = add_details(database, rows.rows); !done) return tl::unexpected(done.error());
  return rows;
}

Result<std::vector<report::FindingGroupRow>> group_findings(const Database& database,
                                                            const FindingFilter& filter,
                                                            report::FindingGroup by, Timestamp now) {
  const auto all = read_all(database, filter, now);
  if (!all) return tl::unexpected(all.error());
  GroupSums groups;
  switch (by) {
    case report::FindingGroup::kApplication:
      for (const FindingRow& row : *all) add_to(groups, row.application, row);
      break;
    case report::FindingGroup::kClient:
      if (auto done = add_clients(database, *all, groups); !done) return tl::unexpected(done.error());
      break;
  }
  return largest(std::move(groups));
}

Result<FindingRow> finding_row(const Database& database, std::string_view finding_id, Timestamp now) {
  auto select = database.prepare("SELECT " + columns() + " FROM findings WHERE finding_id = ?2");
  if (!select) return tl::unexpected(select.error());
  const auto found = select->bind(1, to_microseconds(now)).bind(2, finding_id).step();
  if (!found) return tl::unexpected(found.error());
  if (!*found) return FindingRow{};
  std::vector<FindingRow> row{row_of(*select)};
  if (auto done = add_details(database, row); !done) return tl::unexpected(done.error());
  return std::move(row.front());
}

}  // namespace mogura::store::detail
