#include "finding/activity.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

#include "finding/detail/service_key.h"
#include "population/groups.h"
#include "population/stable_hash.h"

namespace mogura::finding {
namespace {

// Slices of 2^20 s are twelve days: no capture gets shorter by longer ones.
constexpr unsigned kDoublings = 20;

std::uint64_t service_hash(std::string_view kind, std::string_view destination) {
  const std::uint64_t state = population::stable_hash(kind);
  return population::detail::avalanche(
      population::detail::absorb(state, population::stable_hash(destination)));
}

std::int64_t second_of(Timestamp time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

// All cells of one client.
struct Activity::Row {
  std::uint64_t client = 0;
  std::uint64_t sessions = 0;
  std::vector<const Cell*> cells;
};

// What a timeline shows: `count` slices, each of `wide` kept ones, from the kept one `first` on.
struct Activity::Span {
  explicit Span(const std::vector<Row>& rows) {
    std::int64_t last = INT64_MIN;
    for (const Row& row : rows) {
      for (const Cell* cell : row.cells) {
        first = std::min(first, cell->first);
        last = std::max(last, cell->last);
      }
    }
    wide = (last - first) / static_cast<std::int64_t>(kSlices) + 1;
    count = (last - first) / wide + 1;
  }

  [[nodiscard]] std::vector<std::uint32_t> count_in(const Row& row) const {
    std::vector<std::uint32_t> sessions(static_cast<std::size_t>(count));
    for (const Cell* cell : row.cells) {
      for (std::int64_t i = (cell->first - first) / wide; i <= (cell->last - first) / wide; ++i) {
        sessions[static_cast<std::size_t>(i)] += static_cast<std::uint32_t>(cell->sessions);
      }
    }
    return sessions;
  }

  std::int64_t first = INT64_MAX;
  std::int64_t wide = 1;
  std::int64_t count = 1;
};

void Activity::add(const session::Session& session) {
  if (!detail::is_service(session)) return;
  const std::uint64_t service = service_hash(name_of(session.kind), detail::destination_of(session));
  if (service >= services_end_) return;
  const std::uint64_t client = population::client_hash_of(session);
  if (names_.size() < kNames && !names_.contains(client)) {
    names_.emplace(client, population::client_of(session));
  }
  const std::int64_t first = second_of(session.start) >> doublings_;
  const std::int64_t last = second_of(session.end) >> doublings_;
  cells_.push_back({service, client, first, std::max(first, last), 1});
  if (cells_.size() >= 2 * limit_) compact();
}

// Puts the cells in order, those alike together.
void Activity::merge_equal() {
  const auto key = [](const Cell& cell) {
    return std::tie(cell.service, cell.client, cell.first, cell.last);
  };
  std::sort(cells_.begin(), cells_.end(), [&](const Cell& a, const Cell& b) { return key(a) < key(b); });
  std::size_t kept = 0;
  for (const Cell& cell : cells_) {
    if (kept != 0 && key(cells_[kept - 1]) == key(cell)) {
      cells_[kept - 1].sessions += cell.sessions;
    } else {
      cells_[kept++] = cell;
    }
  }
  cells_.resize(kept);
  sorted_ = kept;
}

void Activity::double_slices() {
  ++doublings_;
  for (Cell& cell : cells_) {
    cell.first >>= 1;
    cell.last >>= 1;
  }
  merge_equal();
}

// Whole services, so that no timeline shows a part of its sessions.
void Activity::give_up_services() {
  services_end_ = cells_[limit_].service;
  std::erase_if(cells_, [this](const Cell& cell) { return cell.service >= services_end_; });
  sorted_ = cells_.size();
}

void Activity::compact() {
  merge_equal();
  while (cells_.size() > limit_ && doublings_ < kDoublings) double_slices();
  if (cells_.size() > limit_) give_up_services();
}

std::vector<Activity::Row> Activity::rows_of(const Finding& finding) const {
  std::vector<std::string> destinations = finding.destinations;
  if (destinations.empty()) destinations.push_back(finding.destination);
  std::map<std::uint64_t, Row> by_client;
  for (const std::string& destination : destinations) {
    const std::uint64_t service = service_hash(finding.kind, destination);
    auto cell = std::lower_bound(cells_.begin(), cells_.end(), service,
                                 [](const Cell& c, std::uint64_t hash) { return c.service < hash; });
    for (; cell != cells_.end() && cell->service == service; ++cell) {
      Row& row = by_client[cell->client];
      row.client = cell->client;
      row.sessions += cell->sessions;
      row.cells.push_back(&*cell);
    }
  }
  std::vector<Row> rows;
  for (auto& [client, row] : by_client) rows.push_back(std::move(row));
  return rows;
}

// Most sessions first; equal ones by name.
void Activity::sort_rows(std::vector<Row>& rows) const {
  std::sort(rows.begin(), rows.end(), [this](const Row& a, const Row& b) {
    if (a.sessions != b.sessions) return a.sessions > b.sessions;
    return std::tuple(name_of_client(a.client), a.client) < std::tuple(name_of_client(b.client), b.client);
  });
}

std::string_view Activity::name_of_client(std::uint64_t client) const {
  const auto place = names_.find(client);
  return place == names_.end() ? std::string_view("…") : std::string_view(place->second);
}

Timeline Activity::timeline(const Finding& finding) {
  if (sorted_ != cells_.size()) compact();
  std::vector<Row> rows = rows_of(finding);
  if (rows.empty()) return {};
  const Span span(rows);
  sort_rows(rows);
  Timeline timeline;
  timeline.is_cut = rows.size() > kClients;
  if (timeline.is_cut) rows.resize(kClients);
  timeline.from = time_of(span.first);
  timeline.to = time_of(span.first + span.wide * span.count);
  for (const Row& row : rows) {
    timeline.clients.push_back({std::string(name_of_client(row.client)), row.sessions, span.count_in(row)});
  }
  return timeline;
}

// The beginning of a slice, as near as a Timestamp comes to it.
Timestamp Activity::time_of(std::int64_t slice) const {
  using std::chrono::seconds;
  constexpr std::int64_t kLast = std::chrono::duration_cast<seconds>(Timestamp::duration::max()).count();
  const std::int64_t length = std::int64_t{1} << doublings_;
  return Timestamp(seconds(std::clamp(slice, -kLast / length, kLast / length) * length));
}

}  // namespace mogura::finding
