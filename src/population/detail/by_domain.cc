#include "population/detail/by_domain.h"

#include <algorithm>
#include <numeric>

namespace mogura::population::detail {
namespace {

// Fewer clients than these to compare with are none.
constexpr std::uint32_t kLeastCompared = 5;

class Pass {
 public:
  Pass(const Groups& groups, const Ranges& ranges, Facts& facts)
      : groups_(groups), ranges_(ranges), facts_(facts) {
    std::size_t clients = 0;
    for (const Use& use : facts.uses) clients = std::max(clients, use.client + std::size_t{1});
    is_excluded_.assign(clients, false);
    facts.domains.resize(groups.size(GroupBy::kRegistrableDomain));
    facts.names_of_one_client.assign(2, 0);
    for (std::size_t by = 0; by < kBys; ++by) {
      met_[by].assign(facts.programs[by].size(), kNone);
      visits_[by].assign(facts.programs[by].size(), 0);
    }
    most_names_.assign(clients, 0);
    count_compared();
  }

  void run() {
    // Uses of destinations whose domain is not listed go to a group of their own, which nobody looks at.
    const std::size_t domains = facts_.domains.size();
    by_domain_ = Grouped(domains + 1, facts_.uses.size(), [&](std::uint32_t use) {
      return std::min(std::size_t{groups_.domain_of(facts_.uses[use].destination)}, domains);
    });
    for (std::uint32_t domain = 0; domain < domains; ++domain) look_at(domain);
    for (std::uint32_t domain = 0; domain < domains; ++domain) find_own_programs(domain);
    sort_domains();
    sort_program_clients();
    count_names_of_clients();
  }

 private:
  void look_at(std::uint32_t domain);
  void count_client(DomainFacts& facts, std::size_t first, std::size_t last);
  void count_programs(std::uint32_t domain, DomainFacts& facts);
  void count_names(DomainFacts& facts, std::size_t first, std::size_t last);
  void find_own_programs(std::uint32_t domain);
  void count_compared();
  void compare(OwnProgram& own, By by, std::uint32_t domain);
  bool compare(OwnProgram& own, const std::vector<float>& reach) const;
  void sort_domains();
  void sort_program_clients();
  void count_names_of_clients();

  const Groups& groups_;
  const Ranges& ranges_;
  Facts& facts_;
  Grouped by_domain_;
  std::vector<std::uint32_t> mine_;                      // uses of the domain at hand, by client
  std::array<std::vector<std::uint32_t>, kBys> met_;     // by program: the last domain where it was met
  std::array<std::vector<std::uint64_t>, kBys> visits_;  // and its visits there
  std::array<std::vector<std::uint32_t>, kBys> here_;    // programs of the domain at hand
  std::vector<std::uint64_t> names_;
  std::vector<std::uint32_t> most_names_;                                // by client
  std::vector<bool> is_excluded_;                                        // by client
  std::array<std::array<std::uint32_t, Ranges::kWidth>, 2> compared_{};  // clients that made w visits, by w
};

void Pass::look_at(std::uint32_t domain) {
  const Grouped::Range uses = by_domain_[domain];
  mine_.assign(uses.begin(), uses.end());
  std::sort(mine_.begin(), mine_.end(), [this](std::uint32_t a, std::uint32_t b) {
    return facts_.uses[a].client < facts_.uses[b].client;
  });
  DomainFacts& facts = facts_.domains[domain];
  for (std::size_t i = 0; i < mine_.size();) {
    const std::size_t first = i;
    const std::uint32_t client = facts_.uses[mine_[i]].client;
    while (i < mine_.size() && facts_.uses[mine_[i]].client == client) ++i;
    count_client(facts, first, i);
    count_names(facts, first, i);
  }
  count_programs(domain, facts);
  std::sort(facts.browser_names.begin(), facts.browser_names.end());
  if (facts.has_nameless) ++facts_.nameless_domains;
}

void Pass::count_client(DomainFacts& facts, std::size_t first, std::size_t last) {
  std::uint32_t visits = 0;
  std::array<bool, 2> shows{};
  bool browses = false;
  for (std::size_t i = first; i < last; ++i) {
    const Use& use = facts_.uses[mine_[i]];
    visits += use.visits;
    const bool has_name = use.user_agent != Counted::kNoKey;
    shows[0] |= has_name;
    shows[1] |= use.cipher_list != Counted::kNoKey;
    facts.has_nameless |= !has_name && use.signs.has(Sign::kRequest);
    if (!facts_.browses[mine_[i]]) continue;
    browses = true;
    const std::uint32_t name = facts_.name_ids[use.user_agent];
    auto& names = facts.browser_names;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  ++facts.clients;
  facts.visits += visits;
  facts.busiest = std::max(facts.busiest, std::min<std::uint32_t>(visits, kVisitsPerUse));
  facts.browsing_clients += browses ? 1u : 0u;
  for (std::size_t which = 0; which < 2; ++which) facts.program_clients[which] += shows[which] ? 1u : 0u;
}

// User-Agents of one client with one hello, or with none at all.
void Pass::count_names(DomainFacts& facts, std::size_t first, std::size_t last) {
  names_.clear();
  for (std::size_t i = first; i < last; ++i) {
    const Use& use = facts_.uses[mine_[i]];
    if (use.user_agent == Counted::kNoKey) continue;
    names_.push_back(std::uint64_t{use.cipher_list} << 32 | use.user_agent);
  }
  std::sort(names_.begin(), names_.end());
  names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
  std::uint32_t run = 0;
  std::uint32_t& most = most_names_[facts_.uses[mine_[first]].client];
  for (std::size_t i = 0; i < names_.size(); ++i) {
    run = i > 0 && names_[i] >> 32 == names_[i - 1] >> 32 ? run + 1 : 1;
    facts.most_names = std::max(facts.most_names, run);
    most = std::max(most, run);
  }
}

void Pass::count_programs(std::uint32_t domain, DomainFacts& facts) {
  for (auto& here : here_) here.clear();
  for (const std::uint32_t i : mine_) {
    const Use& use = facts_.uses[i];
    const std::array<std::uint32_t, kBys> programs{
        use.user_agent == Counted::kNoKey ? kNone : use.user_agent,
        use.cipher_list == Counted::kNoKey ? kNone : use.cipher_list, facts_.pair_of[i]};
    for (std::size_t by = 0; by < kBys; ++by) {
      const std::uint32_t program = programs[by];
      if (program == kNone) continue;
      if (met_[by][program] != domain) {
        met_[by][program] = domain;
        visits_[by][program] = 0;
        here_[by].push_back(program);
      }
      visits_[by][program] += use.visits;
    }
  }
  for (std::size_t by = 0; by < kBys; ++by) {
    for (const std::uint32_t program : here_[by]) {
      ++facts_.programs[by][program].domains;
      facts_.programs[by][program].only_domain = domain;
    }
  }
  for (std::size_t which = 0; which < 2; ++which) {
    facts.programs[which] = static_cast<std::uint32_t>(here_[which].size());
    for (const std::uint32_t program : here_[which]) {
      const auto most = kOwnShare * static_cast<double>(facts.visits);
      if (static_cast<double>(visits_[which][program]) < most) continue;
      facts.own[which].program = program;
      if (which == 0) facts.main_user_agent = program;
    }
  }
}

// Which of the programs that make nearly all visits go nowhere else is known only after all domains.
void Pass::find_own_programs(std::uint32_t domain) {
  for (const By by : {By::kUserAgent, By::kCipherList}) {
    const auto which = static_cast<std::size_t>(by);
    OwnProgram& own = facts_.domains[domain].own[which];
    if (own.program == kNone) continue;
    if (facts_.programs[which][own.program].domains == 1) {
      compare(own, by, domain);
    } else {
      own.program = kNone;
    }
  }
}

// How far others get with as many visits. The clients of the program itself are left out: otherwise one
// client, taken twice, would make the others look different.
void Pass::compare(OwnProgram& own, By by, std::uint32_t domain) {
  const auto which = static_cast<std::size_t>(by);
  const auto mark = [&](bool is_excluded) {
    for (const std::uint32_t i : by_domain_[domain]) {
      const Use& use = facts_.uses[i];
      if ((by == By::kUserAgent ? use.user_agent : use.cipher_list) == own.program) {
        is_excluded_[use.client] = is_excluded;
      }
    }
  };
  mark(true);
  own.visits = facts_.programs[which][own.program].busiest;
  const auto has_enough = [&] {
    return compared_[which][own.visits] >= kLeastCompared && compare(own, ranges_.reach[which]);
  };
  while (own.visits > 1 && !has_enough()) --own.visits;
  mark(false);
}

void Pass::count_compared() {
  for (std::size_t which = 0; which < compared_.size(); ++which) {
    for (std::size_t i = 0; i < ranges_.reach[which].size(); ++i) {
      if (ranges_.reach[which][i] >= 0) ++compared_[which][i % Ranges::kWidth];
    }
  }
}

bool Pass::compare(OwnProgram& own, const std::vector<float>& reach) const {
  double sum = 0;
  own.compared = 0;
  for (std::size_t i = 0; i < ranges_.clients.size(); ++i) {
    const float mean = reach[i * Ranges::kWidth + own.visits];
    if (mean < 0 || is_excluded_[ranges_.clients[i]]) continue;
    sum += static_cast<double>(mean);
    ++own.compared;
  }
  if (own.compared < kLeastCompared) return false;
  own.expected = sum / own.compared;
  return true;
}

void Pass::sort_domains() {
  std::vector<const DomainFacts*> order;
  order.reserve(facts_.domains.size());
  for (const DomainFacts& facts : facts_.domains) order.push_back(&facts);
  std::sort(order.begin(), order.end(),
            [](const DomainFacts* a, const DomainFacts* b) { return a->clients < b->clients; });
  // A destination is compared with those that have half as many visits by one client.
  constexpr std::size_t kHalf = kVisitsPerUse / 2 + 1;
  facts_.domain_clients.resize(kHalf);
  for (const DomainFacts* facts : order) {
    for (std::size_t visits = 0; visits < kHalf && visits <= facts->busiest; ++visits) {
      facts_.domain_clients[visits].push_back(facts->clients);
    }
  }
}

void Pass::sort_program_clients() {
  for (std::size_t which = 0; which < 2; ++which) {
    auto& by_count = facts_.program_clients[which];
    by_count.resize(DistinctDraws::kDraws + 1);
    for (const DomainFacts& facts : facts_.domains) {
      if (facts.programs[which] == 0) continue;
      if (facts.programs[which] < DistinctDraws::kDraws) {
        by_count[facts.programs[which]].push_back(facts.program_clients[which]);
      }
      by_count.back().push_back(facts.program_clients[which]);
    }
    for (auto& clients : by_count) std::sort(clients.begin(), clients.end());
  }
}

void Pass::count_names_of_clients() {
  std::vector<std::uint32_t>& at_least = facts_.names_of_one_client;
  for (const std::uint32_t most : most_names_) {
    if (most >= at_least.size()) at_least.resize(most + std::size_t{1}, 0);
    ++at_least[most];
  }
  for (std::size_t i = at_least.size() - 1; i > 0; --i) at_least[i - 1] += at_least[i];
}

}  // namespace

void gather_by_domain(const Groups& groups, const Ranges& ranges, Facts& facts) {
  Pass(groups, ranges, facts).run();
}

}  // namespace mogura::population::detail
