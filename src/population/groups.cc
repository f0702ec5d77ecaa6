#include "population/groups.h"

#include <algorithm>
#include <numeric>

#include "base/hash.h"
#include "population/detail/group_table.h"
#include "population/detail/usual_value.h"
#include "population/distinct.h"
#include "population/stable_hash.h"
#include "protocol/registrable_domain.h"

namespace mogura::population {

struct detail::Fingerprints {
  UsualValue ja3, ja4;
};

// A key or other member in one session, hashed once and used for all tables.
struct detail::Member {
  std::string_view text;
  bool is_present = false;
  std::uint64_t hash = 0;
};

namespace {

using detail::GroupTable;
using detail::Member;
using detail::Row;

// Of the columns of a row the first is clients; the other two are dimensions that are not the table's own.
enum Dimension : std::size_t { kDestinations, kUserAgents, kCipherLists };
constexpr std::array<std::array<Dimension, 2>, kGroupTables> kOtherDimensions{{
    {kUserAgents, kCipherLists},
    {kDestinations, kCipherLists},
    {kDestinations, kUserAgents},
    {kDestinations, kUserAgents},
    {kUserAgents, kCipherLists},
}};

constexpr std::size_t index_of(GroupBy by) {
  return static_cast<std::size_t>(by);
}

Member member(std::string_view text, bool is_present) {
  return {text, is_present, is_present ? stable_hash(text) : 0};
}

}  // namespace

// A forwarded address counts as the same client as that address on the wire.
std::uint64_t client_hash_of(const session::Session& session) {
  if (session.client_forwarded.empty()) return stable_hash(session.client.address);
  const auto address = Address::parse(session.client_forwarded);
  return address ? stable_hash(*address) : stable_hash(session.client_forwarded);
}

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

Counted Groups::add(const session::Session& session) {
  ++breakdown_.total;
  ++breakdown_.by_kind[static_cast<std::size_t>(session.kind)];
  count_methods(session);
  Counted counted;
  counted.client = client_hash_of(session);
  // By GroupBy; the first three are the dimensions too.
  const std::array<Member, 4> members{member(session.destination, !session.destination.empty()),
                                      member(session.user_agent, session.user_agent_seen),
                                      member(session.cipher_suites, !session.cipher_suites.empty()),
                                      member(session.ja4, !session.ja4.empty())};
  for (std::size_t t = 0; t < members.size(); ++t) tables_[t]->prefetch(members[t].hash);
  const bool is_new = is_new_combination(counted.client, members);
  for (std::size_t t = 0; t < kGroupTables; ++t) {
    const bool is_domain = t == index_of(GroupBy::kRegistrableDomain);
    const Member& key = members[is_domain ? 0 : t];
    std::uint32_t& row = counted.rows[t] = Counted::kNoKey;
    if (!key.is_present) continue;
    row = is_domain ? place_domain(counted.rows[0], key.text, key.hash)
                    : tables_[t]->row_of(key.text, key.hash, 1);
    if (row == Counted::kNotListed) continue;
    Row& counts = tables_[t]->row(row);
    counts.count({1, session.bytes[0], session.bytes[1], session.start, session.end});
    if (!is_new) continue;
    counts.columns[0].add(counted.client, exact_limit_);
    for (std::size_t c = 0; c < 2; ++c) {
      const Member& other = members[kOtherDimensions[t][c]];
      if (other.is_present) counts.columns[c + 1].add(other.hash, exact_limit_);
    }
  }
  if (const std::uint32_t row = counted.row(GroupBy::kCipherSuites); row < Counted::kNoKey) {
    fingerprints_of(row).ja3.add(session.ja3);
    fingerprints_of(row).ja4.add(session.ja4);
  }
  return counted;
}

// Most sessions repeat what a recent one was: then no distinct count can change. False only if it is so (but
// for two combinations with one 64-bit hash).
bool Groups::is_new_combination(std::uint64_t client, const std::array<detail::Member, 4>& members) {
  std::uint64_t hash = client;
  for (const Member& member : members)
    hash = hash_mix(hash, member.is_present ? member.hash : ~std::uint64_t{0});
  std::uint64_t& place = recent_[hash % recent_.size()];
  if (place == hash) return false;
  place = hash;
  return true;
}

// The list of suffixes is asked once for each destination in the table. A session whose destination is not
// listed is not in this table either.
std::uint32_t Groups::place_domain(std::uint32_t destination, std::string_view name, std::uint64_t hash) {
  GroupTable& table = *tables_[index_of(GroupBy::kRegistrableDomain)];
  if (destination == Counted::kNotListed) {
    table.count_not_listed(hash, 1);
    return Counted::kNotListed;
  }
  if (destination == domains_.size()) {
    const std::string domain = protocol::registrable_domain_of_host(protocol::host_of(name));
    domains_.push_back(table.row_of(domain, stable_hash(domain), 1));
  } else if (domains_[destination] == Counted::kNotListed) {
    table.count_not_listed(hash, 1);
  }
  return domains_[destination];
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
  const std::vector<std::uint32_t> domains = merge_table(GroupBy::kRegistrableDomain, other);
  const std::vector<std::uint32_t> destinations = merge_table(GroupBy::kDestination, other);
  for (std::size_t i = 0; i < destinations.size(); ++i) {
    if (destinations[i] != domains_.size()) continue;  // known before, or not listed
    const std::uint32_t domain = other.domains_[i];
    domains_.push_back(domain == Counted::kNotListed ? domain : domains[domain]);
  }
  merge_table(GroupBy::kUserAgent, other);
  merge_table(GroupBy::kJa4, other);
  const std::vector<std::uint32_t> cipher_lists = merge_table(GroupBy::kCipherSuites, other);
  for (std::size_t i = 0; i < cipher_lists.size(); ++i) {
    if (cipher_lists[i] == GroupTable::kNoRow) continue;
    fingerprints_of(cipher_lists[i]).ja3.merge(other.fingerprints_[i].ja3);
    fingerprints_of(cipher_lists[i]).ja4.merge(other.fingerprints_[i].ja4);
  }
}

// Where the rows of the other table went.
std::vector<std::uint32_t> Groups::merge_table(GroupBy by, const Groups& other) {
  GroupTable& table = *tables_[index_of(by)];
  std::vector<std::uint32_t> places;
  places.reserve(other.table(by).rows().size());
  for (const Row& row : other.table(by).rows()) {
    const std::uint32_t place = table.row_of(row.key, row.hash, row.sessions);
    if (place != GroupTable::kNoRow) table.merge_row(place, row);
    places.push_back(place);
  }
  table.merge_not_listed(other.table(by));
  return places;
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
  group.first = row.first;
  group.last = row.last;
  if (by == GroupBy::kDestination || by == GroupBy::kRegistrableDomain) {
    group.bytes_up = row.bytes_up;
    group.bytes_down = row.bytes_down;
  }
  if (by == GroupBy::kCipherSuites) {
    group.ja3 = fingerprints_[index].ja3.get();
    group.ja4 = fingerprints_[index].ja4.get();
  }
  return group;
}

const GroupTable& Groups::table(GroupBy by) const {
  return *tables_[index_of(by)];
}

std::size_t Groups::size(GroupBy by) const {
  return table(by).rows().size();
}

NotListed Groups::not_listed(GroupBy by) const {
  return {table(by).keys_not_listed(), table(by).sessions_not_listed()};
}

std::size_t Groups::memory_bytes() const {
  const auto add = [](std::size_t sum, const auto& table) { return sum + table->memory_bytes(); };
  return std::accumulate(
      tables_.begin(), tables_.end(),
      fingerprints_.capacity() * sizeof(detail::Fingerprints) + domains_.capacity() * sizeof(std::uint32_t),
      add);
}

}  // namespace mogura::population
