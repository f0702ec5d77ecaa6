#include "population/groups.h"

#include <algorithm>
#include <numeric>

#include "population/detail/group_table.h"
#include "population/detail/usual_value.h"
#include "population/distinct.h"
#include "population/stable_hash.h"

namespace mogura::population {

struct detail::Fingerprints {
  UsualValue ja3, ja4;
};

namespace {

using detail::GroupTable;
using detail::Row;

// Of the columns of a row the first is clients; the other two are the dimensions that are not the table's
// own, in this order.
enum Dimension : std::size_t { kDestinations, kUserAgents, kCipherLists };
constexpr std::array<std::array<Dimension, 2>, kGroupTables> kOtherDimensions{{
    {kUserAgents, kCipherLists},
    {kDestinations, kCipherLists},
    {kDestinations, kUserAgents},
}};

constexpr std::size_t index_of(GroupBy by) {
  return static_cast<std::size_t>(by);
}

// A member of a dimension in one session, hashed once and used for three tables.
struct Member {
  std::string_view text;
  bool is_present = false;
  std::uint64_t hash = 0;
};

Member member(std::string_view text, bool is_present) {
  return {text, is_present, is_present ? stable_hash(text) : 0};
}

// A forwarded address counts as the same client as that address on the wire.
std::uint64_t client_hash(const session::Session& session) {
  if (session.client_forwarded.empty()) return stable_hash(session.client.address);
  const auto address = Address::parse(session.client_forwarded);
  return address ? stable_hash(*address) : stable_hash(session.client_forwarded);
}

}  // namespace

std::string client_of(const session::Session& session) {
  return session.client_forwarded.empty() ? session.client.address.to_string() : session.client_forwarded;
}

Groups::Groups(const Limits& limits, std::uint64_t min_exchanges) : exact_limit_(limits.distinct_exact) {
  breakdown_.analysed.min_exchanges = min_exchanges;
  for (auto& table : tables_) table = std::make_unique<GroupTable>(limits);
}
Groups::~Groups() = default;
Groups::Groups(Groups&&) noexcept = default;
Groups& Groups::operator=(Groups&&) noexcept = default;

void Groups::add(const session::Session& session) {
  ++breakdown_.total;
  ++breakdown_.by_kind[static_cast<std::size_t>(session.kind)];
  count_methods(session);
  const std::uint64_t client = client_hash(session);
  const std::array<Member, 3> members{member(session.destination, !session.destination.empty()),
                                      member(session.user_agent, session.user_agent_seen),
                                      member(session.cipher_suites, !session.cipher_suites.empty())};
  for (std::size_t t = 0; t < kGroupTables; ++t) {
    if (!members[t].is_present) continue;
    GroupTable& table = *tables_[t];
    const std::uint32_t index = table.row_of(members[t].text, members[t].hash, 1);
    if (index == GroupTable::kNoRow) continue;
    Row& row = table.row(index);
    ++row.sessions;
    row.bytes_up += session.bytes[0];
    row.bytes_down += session.bytes[1];
    row.columns[0].add(client, exact_limit_);
    for (std::size_t c = 0; c < 2; ++c) {
      const Member& other = members[kOtherDimensions[t][c]];
      if (other.is_present) row.columns[c + 1].add(other.hash, exact_limit_);
    }
    if (t == index_of(GroupBy::kCipherSuites)) {
      fingerprints_of(index).ja3.add(session.ja3);
      fingerprints_of(index).ja4.add(session.ja4);
    }
  }
}

detail::Fingerprints& Groups::fingerprints_of(std::uint32_t row) {
  if (row >= fingerprints_.size()) fingerprints_.resize(row + 1);
  return fingerprints_[row];
}

void Groups::count_methods(const session::Session& session) {
  for (const auto& [name, requests] : session.methods) count_method(name, 1);
  if (!session.is_analysed(breakdown_.analysed.min_exchanges)) return;
  ++breakdown_.analysed.total;
  if (session.kind == session::Kind::kConnect) ++breakdown_.analysed.connect;
  if (session.kind == session::Kind::kSsl) ++breakdown_.analysed.ssl;
}

void Groups::count_method(const std::string& name, std::uint64_t sessions) {
  auto& methods = breakdown_.by_method;
  const auto named = [&methods](std::string_view wanted) {
    return std::find_if(methods.begin(), methods.end(), [&](const auto& m) { return m.first == wanted; });
  };
  auto found = named(name);
  if (found == methods.end() && methods.size() >= kMethodNames) found = named("other");
  if (found != methods.end()) {
    found->second += sessions;
  } else {
    methods.emplace_back(methods.size() < kMethodNames ? name : "other", sessions);
  }
}

void Groups::merge(const Groups& other) {
  breakdown_.total += other.breakdown_.total;
  for (std::size_t k = 0; k < session::kKinds; ++k) breakdown_.by_kind[k] += other.breakdown_.by_kind[k];
  for (const auto& [name, sessions] : other.breakdown_.by_method) count_method(name, sessions);
  breakdown_.analysed.total += other.breakdown_.analysed.total;
  breakdown_.analysed.connect += other.breakdown_.analysed.connect;
  breakdown_.analysed.ssl += other.breakdown_.analysed.ssl;
  for (std::size_t t = 0; t < kGroupTables; ++t) {
    const std::vector<Row>& rows = other.tables_[t]->rows();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::uint32_t index = tables_[t]->row_of(rows[i].key, rows[i].hash, rows[i].sessions);
      if (index == GroupTable::kNoRow) continue;
      tables_[t]->merge_row(index, rows[i]);
      if (t == index_of(GroupBy::kCipherSuites)) {
        fingerprints_of(index).ja3.merge(other.fingerprints_[i].ja3);
        fingerprints_of(index).ja4.merge(other.fingerprints_[i].ja4);
      }
    }
    tables_[t]->merge_not_listed(*other.tables_[t]);
  }
}

Breakdown Groups::breakdown() const {
  Breakdown sorted = breakdown_;
  std::sort(sorted.by_method.begin(), sorted.by_method.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  return sorted;
}

std::vector<Group> Groups::top(GroupBy by, std::size_t count) const {
  const std::vector<Row>& rows = tables_[index_of(by)]->rows();
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min(count, order.size()));
  std::partial_sort(order.begin(), end, order.end(), [&rows](std::size_t a, std::size_t b) {
    return rows[a].sessions != rows[b].sessions ? rows[a].sessions > rows[b].sessions
                                                : rows[a].key < rows[b].key;
  });
  std::vector<Group> groups;
  groups.reserve(static_cast<std::size_t>(end - order.begin()));
  std::transform(order.begin(), end, std::back_inserter(groups),
                 [&](std::size_t i) { return group_of(by, i); });
  return groups;
}

Group Groups::group_of(GroupBy by, std::size_t index) const {
  const Row& row = tables_[index_of(by)]->rows()[index];
  Group group;
  group.key = row.key;
  group.sessions = row.sessions;
  group.clients = row.columns[0].count();
  const std::array<std::uint64_t*, 3> counts{&group.destinations, &group.user_agents, &group.cipher_lists};
  for (std::size_t c = 0; c < 2; ++c) *counts[kOtherDimensions[index_of(by)][c]] = row.columns[c + 1].count();
  if (by == GroupBy::kDestination) {
    group.bytes_up = row.bytes_up;
    group.bytes_down = row.bytes_down;
  }
  if (by == GroupBy::kCipherSuites) {
    group.ja3 = fingerprints_[index].ja3.get();
    group.ja4 = fingerprints_[index].ja4.get();
  }
  return group;
}

std::size_t Groups::size(GroupBy by) const {
  return tables_[index_of(by)]->rows().size();
}

NotListed Groups::not_listed(GroupBy by) const {
  const GroupTable& table = *tables_[index_of(by)];
  return {table.keys_not_listed(), table.sessions_not_listed()};
}

std::size_t Groups::memory_bytes() const {
  const auto add = [](std::size_t sum, const auto& table) { return sum + table->memory_bytes(); };
  return std::accumulate(tables_.begin(), tables_.end(),
                         fingerprints_.capacity() * sizeof(detail::Fingerprints), add);
}

}  // namespace mogura::population
