#include "population/population.h"

#include <algorithm>
#include <optional>

#include "population/detail/facts.h"
#include "population/detail/group_table.h"
#include "population/detail/statements.h"
#include "population/detail/uses.h"
#include "protocol/registrable_domain.h"

namespace mogura::population {

namespace {

using detail::By;
using detail::kNone;
using detail::Use;

template <class T>
void make_unique(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace

struct Population::State {
  State(const Limits& limits, std::uint64_t min_exchanges) : groups(limits, min_exchanges), uses(limits) {}

  const detail::Facts& facts() const {
    if (!facts_) facts_.emplace(detail::gather(groups, uses));
    return *facts_;
  }
  detail::View view() const { return {groups, uses, facts()}; }
  std::uint32_t row_of(GroupBy by, std::string_view key) const { return groups.table(by).find(key); }
  std::string_view key_of(GroupBy by, std::uint32_t row) const { return groups.table(by).rows()[row].key; }

  Groups groups;
  detail::Uses uses;
  mutable std::optional<detail::Facts> facts_;  // none after a change
};

Population::Population(const Limits& limits, std::uint64_t min_exchanges)
    : state_(std::make_unique<State>(limits, min_exchanges)) {}
Population::~Population() = default;
Population::Population(Population&&) noexcept = default;
Population& Population::operator=(Population&&) noexcept = default;

void Population::add(const session::Session& session) {
  state_->facts_.reset();
  state_->uses.add(state_->groups.add(session), session);
}

void Population::merge(const Population& other) {
  state_->facts_.reset();
  state_->groups.merge(other.state_->groups);
  std::array<std::vector<std::uint32_t>, 3> rows;
  for (std::size_t t = 0; t < rows.size(); ++t) {
    const auto by = static_cast<GroupBy>(t);
    for (const detail::Row& row : other.state_->groups.table(by).rows()) {
      rows[t].push_back(state_->row_of(by, row.key));
    }
  }
  state_->uses.merge(other.state_->uses, rows);
}

const Groups& Population::groups() const {
  return state_->groups;
}

std::uint64_t Population::clients() const {
  return state_->uses.clients_count();
}

std::uint64_t Population::sessions_not_kept() const {
  return state_->uses.sessions_not_kept();
}

std::vector<Statement> Population::about_destination(std::string_view destination) const {
  std::vector<Statement> statements;
  const std::uint32_t row = state_->row_of(GroupBy::kDestination, destination);
  if (row == Counted::kNotListed) return statements;
  const detail::View view = state_->view();
  add_rarity(view, row, statements);
  add_contradictions(view, row, statements);
  detail::settle(statements);
  return statements;
}

std::vector<Statement> Population::about_user_agent(std::string_view user_agent) const {
  std::vector<Statement> statements;
  const std::uint32_t row = state_->row_of(GroupBy::kUserAgent, user_agent);
  if (row == Counted::kNotListed) return statements;
  detail::add_about_program(state_->view(), By::kUserAgent, row, statements);
  detail::settle(statements);
  return statements;
}

std::vector<Statement> Population::about_cipher_list(std::string_view cipher_suites) const {
  std::vector<Statement> statements;
  const std::uint32_t row = state_->row_of(GroupBy::kCipherSuites, cipher_suites);
  if (row == Counted::kNotListed) return statements;
  detail::add_about_program(state_->view(), By::kCipherList, row, statements);
  detail::settle(statements);
  return statements;
}

namespace {

// The more, of the places that its User-Agent and its cipher list go to; 0 where it shows neither.
std::uint64_t domains_of_programs(const detail::Facts& facts, const Use& use) {
  std::uint32_t domains = 0;
  if (use.user_agent != Counted::kNoKey) {
    domains = facts.programs[static_cast<std::size_t>(By::kUserAgent)][use.user_agent].domains;
  }
  if (use.cipher_list != Counted::kNoKey) {
    domains =
        std::max(domains, facts.programs[static_cast<std::size_t>(By::kCipherList)][use.cipher_list].domains);
  }
  return domains;
}

}  // namespace

Population::Destination Population::destination(std::string_view destination) const {
  Destination known;
  const std::uint32_t row = state_->row_of(GroupBy::kDestination, destination);
  if (row == Counted::kNotListed) return known;
  const detail::View view = state_->view();
  const detail::Row& place = state_->groups.table(GroupBy::kDestination).rows()[row];
  known.sessions = place.sessions;
  known.clients = place.columns[0].count();
  for (const std::uint32_t i : view.facts.by_destination[row]) {
    const Use& use = view.facts.uses[i];
    known.has_browser |= view.is_browser(i);
    known.program_domains = std::max(known.program_domains, domains_of_programs(view.facts, use));
    if (use.user_agent != Counted::kNoKey) {
      known.user_agents.emplace_back(state_->key_of(GroupBy::kUserAgent, use.user_agent));
    }
    if (use.cipher_list != Counted::kNoKey) {
      known.cipher_lists.emplace_back(state_->key_of(GroupBy::kCipherSuites, use.cipher_list));
    }
  }
  for (auto* names : {&known.user_agents, &known.cipher_lists}) {
    make_unique(*names);
    if (names->size() > Destination::kListed) names->resize(Destination::kListed);
  }
  const std::uint32_t domain = state_->groups.domain_of(row);
  known.domain_clients =
      domain == Counted::kNotListed
          ? known.clients
          : state_->groups.table(GroupBy::kRegistrableDomain).rows()[domain].columns[0].count();
  return known;
}

std::vector<Population::SharedProgram> Population::programs_with_own_destinations() const {
  const detail::View view = state_->view();
  std::vector<SharedProgram> shared;
  if (!view.is_large_enough()) return shared;
  const detail::Facts& facts = view.facts;
  std::vector<std::uint32_t> own_sites(facts.names.size());
  for (const detail::DomainFacts& site : facts.domains) {
    if (site.main_user_agent != kNone) ++own_sites[site.main_user_agent];
  }
  std::vector<std::uint32_t> place(facts.names.size(), kNone);
  for (std::uint32_t row = 0; row < own_sites.size(); ++row) {
    const double sites = facts.programs[static_cast<std::size_t>(By::kUserAgent)][row].domains;
    if (own_sites[row] < 2 || own_sites[row] < detail::kOwnShare * sites) continue;
    place[row] = static_cast<std::uint32_t>(shared.size());
    shared.push_back({std::string(state_->key_of(GroupBy::kUserAgent, row)), {}});
  }
  for (const Use& use : facts.uses) {
    if (use.user_agent == Counted::kNoKey || place[use.user_agent] == kNone) continue;
    const std::uint32_t domain = state_->groups.domain_of(use.destination);
    if (domain == Counted::kNotListed || facts.domains[domain].main_user_agent != use.user_agent) continue;
    shared[place[use.user_agent]].destinations.emplace_back(
        state_->key_of(GroupBy::kDestination, use.destination));
  }
  for (SharedProgram& program : shared) make_unique(program.destinations);
  std::sort(shared.begin(), shared.end(),
            [](const SharedProgram& a, const SharedProgram& b) { return a.user_agent < b.user_agent; });
  return shared;
}

std::size_t Population::memory_bytes() const {
  return state_->groups.memory_bytes() + state_->uses.memory_bytes();
}

}  // namespace mogura::population
