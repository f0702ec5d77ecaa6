#include "population/detail/facts.h"

#include <algorithm>
#include <numeric>

#include "base/hash.h"
#include "population/detail/by_client.h"
#include "population/detail/by_domain.h"
#include "population/detail/group_table.h"

namespace mogura::population::detail {
namespace {

// Bytes of a User-Agent that are looked at for the program's name.
constexpr std::size_t kNameBytes = 512;

void read_names(const Groups& groups, Facts& facts) {
  std::unordered_map<std::string, std::uint32_t> numbers;
  const auto number_of = [&](const std::string& name) {
    const auto [place, is_new] = numbers.try_emplace(name, static_cast<std::uint32_t>(numbers.size()));
    if (is_new) facts.name_texts.push_back(name);
    return place->second;
  };
  for (const Row& row : groups.table(GroupBy::kUserAgent).rows()) {
    facts.names.push_back(program_name_of(row.key.substr(0, kNameBytes)));
    facts.name_ids.push_back(number_of(facts.names.back().name));
    facts.engine_ids.push_back(number_of(facts.names.back().engine));
  }
}

void number_pairs(Facts& facts) {
  std::unordered_map<std::uint64_t, std::uint32_t> numbers;
  facts.pair_of.reserve(facts.uses.size());
  for (const Use& use : facts.uses) {
    std::uint32_t number = kNone;
    if (use.user_agent != Counted::kNoKey && use.cipher_list != Counted::kNoKey) {
      const std::uint64_t key = std::uint64_t{use.user_agent} << 32 | use.cipher_list;
      const auto [place, is_new] = numbers.try_emplace(key, static_cast<std::uint32_t>(numbers.size()));
      if (is_new) facts.pairs.emplace_back(use.user_agent, use.cipher_list);
      number = place->second;
    }
    facts.pair_of.push_back(number);
  }
}

// For each User-Agent the cipher list with which it goes to most domains; of equal ones the one of most
// clients, then the first by its text.
void choose_main_pairs(const Groups& groups, Facts& facts) {
  const std::vector<Row>& lists = groups.table(GroupBy::kCipherSuites).rows();
  const auto& both = facts.programs[static_cast<std::size_t>(By::kBoth)];
  facts.main_pair.assign(facts.names.size(), kNone);
  const auto is_better = [&](std::uint32_t a, std::uint32_t b) {
    if (both[a].domains != both[b].domains) return both[a].domains > both[b].domains;
    if (both[a].clients != both[b].clients) return both[a].clients > both[b].clients;
    return lists[facts.pairs[a].second].key < lists[facts.pairs[b].second].key;
  };
  for (std::uint32_t pair = 0; pair < facts.pairs.size(); ++pair) {
    std::uint32_t& main = facts.main_pair[facts.pairs[pair].first];
    if (main == kNone || is_better(pair, main)) main = pair;
  }
}

std::uint64_t hash_of(const Groups& groups, GroupBy by, std::uint32_t row) {
  return row == Counted::kNoKey ? 0 : groups.table(by).rows()[row].hash;
}

}  // namespace

std::vector<Use> uses_that_count(const Groups& groups, const Uses& uses) {
  struct Doings {
    std::uint64_t hash = 0;  // of what the client does, whatever the order
    std::uint64_t visits = 0;
  };
  std::vector<Doings> doings(uses.clients().size());
  for (const Use& use : uses.all()) {
    const std::uint64_t place = hash_of(groups, GroupBy::kDestination, use.destination);
    const std::uint64_t name = hash_of(groups, GroupBy::kUserAgent, use.user_agent);
    const std::uint64_t hello = hash_of(groups, GroupBy::kCipherSuites, use.cipher_list);
    doings[use.client].hash += hash_mix(hash_mix(place, name), hello);
    doings[use.client].visits += use.visits;
  }
  std::unordered_map<std::uint64_t, std::uint32_t> chosen;
  const auto is_better = [&](std::uint32_t a, std::uint32_t b) {
    if (doings[a].visits != doings[b].visits) return doings[a].visits > doings[b].visits;
    return uses.clients()[a] < uses.clients()[b];
  };
  for (std::uint32_t client = 0; client < doings.size(); ++client) {
    std::uint32_t& best = chosen.try_emplace(doings[client].hash, client).first->second;
    if (is_better(client, best)) best = client;
  }
  std::vector<Use> counting;
  counting.reserve(uses.all().size());
  std::copy_if(uses.all().begin(), uses.all().end(), std::back_inserter(counting),
               [&](const Use& use) { return chosen[doings[use.client].hash] == use.client; });
  return counting;
}

Facts gather(const Groups& groups, const Uses& uses) {
  Facts facts;
  const std::size_t user_agents = groups.size(GroupBy::kUserAgent);
  const std::size_t lists = groups.size(GroupBy::kCipherSuites);
  facts.uses = uses_that_count(groups, uses);
  read_names(groups, facts);
  number_pairs(facts);
  facts.programs = {std::vector<ProgramFacts>(user_agents), std::vector<ProgramFacts>(lists),
                    std::vector<ProgramFacts>(facts.pairs.size())};
  const Ranges ranges = gather_by_client(groups, uses, facts);
  gather_by_domain(groups, ranges, facts);
  choose_main_pairs(groups, facts);
  facts.list_users = users_of_lists(facts.uses, facts.names, lists);
  facts.by_destination = Grouped(groups.size(GroupBy::kDestination), facts.uses.size(),
                                 [&](std::uint32_t use) { return facts.uses[use].destination; });
  return facts;
}

}  // namespace mogura::population::detail
