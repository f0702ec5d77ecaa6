#include "population/detail/by_client.h"

#include <algorithm>
#include <numeric>

namespace mogura::population::detail {
namespace {

constexpr std::array<By, kBys> kAll{By::kUserAgent, By::kCipherList, By::kBoth};

// One program in one client's hands.
struct Hand {
  std::uint32_t program = 0;
  std::uint32_t domains = 0;
};

class Pass {
 public:
  Pass(const Groups& groups, const Uses& uses, Facts& facts) : groups_(groups), uses_(uses), facts_(facts) {
    shares_ = {std::vector<double>(facts.programs[0].size()), std::vector<double>(facts.programs[1].size())};
    facts.browses.assign(facts.uses.size(), false);
    facts.name_clients.assign(facts.name_texts.size(), 0);
  }

  Ranges run() {
    const std::vector<std::uint64_t>& hashes = uses_.clients();
    const Grouped by_client(hashes.size(), facts_.uses.size(),
                            [this](std::uint32_t use) { return facts_.uses[use].client; });
    // Sums of fractions come out the same to the last bit only in one order.
    std::vector<std::uint32_t> order(hashes.size());
    std::iota(order.begin(), order.end(), 0u);
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return hashes[a] < hashes[b]; });
    for (const std::uint32_t client : order) {
      const Grouped::Range mine = by_client[client];
      if (mine.begin() != mine.end()) look_at(client, mine);
    }
    facts_.draws = {DistinctDraws(std::move(shares_[0])), DistinctDraws(std::move(shares_[1]))};
    measure_rareness();
    return std::move(ranges_);
  }

 private:
  void look_at(std::uint32_t client, Grouped::Range uses);
  void collect(By by, Grouped::Range uses);
  void count_hands(By by, bool is_compared);
  void count_kinds(Grouped::Range uses);
  void count_engines(Grouped::Range uses);
  void measure_rareness();

  const Groups& groups_;
  const Uses& uses_;
  Facts& facts_;
  Ranges ranges_;
  std::array<std::vector<double>, 2> shares_;
  // Of the client at hand; kept for their memory.
  std::vector<std::pair<std::uint64_t, std::uint32_t>> trips_;  // program and domain, visits
  std::vector<Hand> hands_;
  std::vector<std::uint32_t> counts_, kinds_;
  std::vector<std::uint64_t> engine_lists_;
  // Of all clients, one after the other: numbers of names, rows of lists.
  std::array<std::vector<std::uint32_t>, 2> kinds_of_all_;
  std::array<std::vector<std::uint32_t>, 2> kinds_starts_;
};

std::uint32_t program_of(By by, const Use& use, std::uint32_t pair) {
  switch (by) {
    case By::kUserAgent:
      return use.user_agent == Counted::kNoKey ? kNone : use.user_agent;
    case By::kCipherList:
      return use.cipher_list == Counted::kNoKey ? kNone : use.cipher_list;
    case By::kBoth:
      return pair;
  }
  return kNone;
}

// The client's trips by program and domain, in order.
void Pass::collect(By by, Grouped::Range uses) {
  trips_.clear();
  for (const std::uint32_t i : uses) {
    const Use& use = facts_.uses[i];
    const std::uint32_t program = program_of(by, use, facts_.pair_of[i]);
    const std::uint32_t domain = groups_.domain_of(use.destination);
    if (program == kNone || domain == Counted::kNotListed) continue;
    trips_.emplace_back(std::uint64_t{program} << 32 | domain, use.visits);
  }
  std::sort(trips_.begin(), trips_.end());
}

void Pass::count_hands(By by, bool is_compared) {
  hands_.clear();
  std::array<double, Ranges::kWidth> sums{};
  std::array<std::uint32_t, Ranges::kWidth> programs{};
  for (std::size_t i = 0; i < trips_.size();) {
    const auto program = static_cast<std::uint32_t>(trips_[i].first >> 32);
    std::uint32_t visits = 0;
    counts_.clear();
    std::uint64_t before = ~trips_[i].first;
    for (; i < trips_.size() && trips_[i].first >> 32 == program; ++i) {
      if (trips_[i].first != before) counts_.push_back(0);
      before = trips_[i].first;
      counts_.back() += trips_[i].second;
      visits += trips_[i].second;
    }
    ProgramFacts& facts = facts_.programs[static_cast<std::size_t>(by)][program];
    ++facts.clients;
    facts.busiest = std::max(facts.busiest, std::min<std::uint32_t>(visits, kVisitsPerUse));
    hands_.push_back({program, static_cast<std::uint32_t>(counts_.size())});
    if (!is_compared) continue;
    std::sort(counts_.begin(), counts_.end());  // one order of summing
    const std::vector<double> reach = rarefied(counts_, kVisitsPerUse);
    for (std::size_t w = 0; w < reach.size(); ++w) {
      sums[w] += reach[w];
      ++programs[w];
    }
  }
  if (!is_compared) return;
  for (std::size_t w = 0; w < Ranges::kWidth; ++w) {
    ranges_.reach[static_cast<std::size_t>(by)].push_back(
        programs[w] == 0 ? -1.0F : static_cast<float>(sums[w] / programs[w]));
  }
}

void Pass::look_at(std::uint32_t client, Grouped::Range uses) {
  ++facts_.clients;
  const bool is_compared = ranges_.clients.size() < kComparedClients;
  if (is_compared) ranges_.clients.push_back(client);
  for (const By by : kAll) {
    collect(by, uses);
    count_hands(by, is_compared && by != By::kBoth);
    if (by == By::kBoth || hands_.empty()) continue;
    // What somebody who comes to a site is likely to bring: each program by the domains it is taken to.
    const auto which = static_cast<std::size_t>(by);
    ++facts_.drawers[which];
    for (const Hand& hand : hands_) shares_[which][hand.program] += hand.domains;
    if (by != By::kUserAgent) continue;
    for (const std::uint32_t i : uses) {
      const auto hand =
          std::lower_bound(hands_.begin(), hands_.end(), facts_.uses[i].user_agent,
                           [](const Hand& h, std::uint32_t user_agent) { return h.program < user_agent; });
      facts_.browses[i] = hand != hands_.end() && hand->program == facts_.uses[i].user_agent &&
                          hand->domains >= kBrowsingDomains && facts_.names[hand->program].is_browser;
    }
  }
  count_kinds(uses);
}

template <class T>
void make_unique(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

void Pass::count_kinds(Grouped::Range uses) {
  for (const By by : {By::kUserAgent, By::kCipherList}) {
    const auto which = static_cast<std::size_t>(by);
    kinds_.clear();
    for (const std::uint32_t i : uses) {
      const std::uint32_t program = program_of(by, facts_.uses[i], kNone);
      if (program == kNone) continue;
      kinds_.push_back(by == By::kUserAgent ? facts_.name_ids[program] : program);
    }
    make_unique(kinds_);
    kinds_starts_[which].push_back(static_cast<std::uint32_t>(kinds_of_all_[which].size()));
    kinds_of_all_[which].insert(kinds_of_all_[which].end(), kinds_.begin(), kinds_.end());
    if (by == By::kUserAgent) {
      for (const std::uint32_t name : kinds_) ++facts_.name_clients[name];
    }
  }
  count_engines(uses);
}

// Hellos by what the User-Agents beside them say.
void Pass::count_engines(Grouped::Range uses) {
  engine_lists_.clear();
  std::array<std::vector<std::uint32_t>, 2> alpn;  // engines that sent ALPN; that did not
  for (const std::uint32_t i : uses) {
    if (facts_.pair_of[i] == kNone) continue;
    const Use& use = facts_.uses[i];
    if (use.signs.has(Sign::kAlpn)) alpn[0].push_back(facts_.engine_ids[use.user_agent]);
    if (use.signs.has(Sign::kNoAlpn)) alpn[1].push_back(facts_.engine_ids[use.user_agent]);
    engine_lists_.push_back(engine_list_key(facts_.engine_ids[use.user_agent], use.cipher_list));
  }
  make_unique(engine_lists_);
  for (std::size_t i = 0; i < engine_lists_.size();) {
    const std::uint64_t engine = engine_lists_[i] >> 32;
    const std::size_t first = i;
    for (; i < engine_lists_.size() && engine_lists_[i] >> 32 == engine; ++i) {
      ++facts_.engine_lists[engine_lists_[i]].clients;
    }
    ++facts_.engines[static_cast<std::uint32_t>(engine)].clients;
    if (i - first == 1) ++facts_.engine_lists[engine_lists_[first]].clients_with_no_other;
  }
  for (auto& engines : alpn) make_unique(engines);
  for (const std::uint32_t engine : alpn[0]) ++facts_.engines[engine].clients_with_alpn;
  for (const std::uint32_t engine : alpn[1]) ++facts_.engines[engine].clients_without_alpn;
}

// For each client the kind that it shares with the fewest; then how many clients have one as rare.
void Pass::measure_rareness() {
  for (std::size_t which = 0; which < 2; ++which) {
    Rareness& rareness = which == 0 ? facts_.names_rareness : facts_.lists_rareness;
    rareness.at_most.assign(facts_.clients + std::size_t{1}, 0);
    const std::vector<std::uint32_t>& kinds = kinds_of_all_[which];
    std::vector<std::uint32_t>& starts = kinds_starts_[which];
    starts.push_back(static_cast<std::uint32_t>(kinds.size()));
    for (std::size_t client = 0; client + 1 < starts.size(); ++client) {
      std::uint32_t fewest = kNone;
      for (std::uint32_t i = starts[client]; i < starts[client + 1]; ++i) {
        fewest = std::min(fewest,
                          which == 0 ? facts_.name_clients[kinds[i]] : facts_.programs[1][kinds[i]].clients);
      }
      if (fewest != kNone) ++rareness.at_most[fewest];
    }
    std::partial_sum(rareness.at_most.begin(), rareness.at_most.end(), rareness.at_most.begin());
  }
}

}  // namespace

Ranges gather_by_client(const Groups& groups, const Uses& uses, Facts& facts) {
  return Pass(groups, uses, facts).run();
}

}  // namespace mogura::population::detail
