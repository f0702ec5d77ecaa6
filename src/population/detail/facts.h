#pragma once

// What statements of rarity are made of: one pass over the uses by client and one by domain, with everything
// counted that a sentence may need, so that a statement about one destination costs little. Made anew when
// the population has changed. Clients that do exactly the same (destinations, User-Agents and cipher lists)
// count as one, the one with most visits: a copy is no second witness. Numbers do not depend on the order in
// which the sessions came. Private to the room.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "population/detail/chance.h"
#include "population/detail/list_users.h"
#include "population/detail/program_name.h"
#include "population/detail/uses.h"
#include "population/groups.h"

namespace mogura::population::detail {

// Clients of a browser that are asked for how many sites they visit (those with the lowest hashes).
inline constexpr std::size_t kComparedClients = 1024;
// A client uses a program for browsing if it takes it to so many registrable domains.
inline constexpr std::uint32_t kBrowsingDomains = 5;
// A site belongs to a program that makes this share of its visits.
inline constexpr double kOwnShare = 0.9;

// Programs as they can be told apart: by name, by hello, by both.
enum class By : std::uint8_t { kUserAgent, kCipherList, kBoth };
inline constexpr std::size_t kBys = 3;
inline constexpr std::uint32_t kNone = 0xFFFFFFFF;

// Numbers of things in groups that follow each other: members of group g are items[starts[g]…starts[g + 1]).
struct Grouped {
  std::vector<std::uint32_t> starts;
  std::vector<std::uint32_t> items;
  template <class GroupOf>
  Grouped(std::size_t groups, std::size_t count, GroupOf&& group_of) : starts(groups + 1), items(count) {
    for (std::uint32_t i = 0; i < count; ++i) ++starts[group_of(i) + 1];
    for (std::size_t g = 0; g < groups; ++g) starts[g + 1] += starts[g];
    std::vector<std::uint32_t> next = starts;
    for (std::uint32_t i = 0; i < count; ++i) items[next[group_of(i)]++] = i;
  }
  Grouped() = default;
  struct Range {
    const std::uint32_t* first;
    const std::uint32_t* last;
    [[nodiscard]] const std::uint32_t* begin() const { return first; }
    [[nodiscard]] const std::uint32_t* end() const { return last; }
  };
  [[nodiscard]] Range operator[](std::size_t group) const {
    return {items.data() + starts[group], items.data() + starts[group + 1]};
  }
};

struct ProgramFacts {
  std::uint32_t clients = 0;
  std::uint32_t domains = 0;
  std::uint32_t only_domain = kNone;  // of one that goes to one domain; else the last one met
  std::uint32_t busiest = 0;          // visits of the client that made most, at most kVisitsPerUse
};

// A site that belongs to a program which goes nowhere else.
struct OwnProgram {
  std::uint32_t program = kNone;  // row
  std::uint32_t visits = 0;       // the busiest client's, or fewer where nobody else made so many
  double expected = 0;            // sites that other clients reach in so many visits with one program
  std::uint32_t compared = 0;     // clients
};

struct DomainFacts {
  std::uint64_t visits = 0;
  std::uint32_t clients = 0;
  std::uint32_t busiest = 0;                // visits of the client that made most, at most kVisitsPerUse
  std::array<std::uint32_t, 2> programs{};  // User-Agents, cipher lists
  std::array<std::uint32_t, 2> program_clients{};  // clients that showed one
  std::array<OwnProgram, 2> own;                   // by User-Agent, by cipher list
  std::uint32_t main_user_agent = kNone;     // one that makes kOwnShare of the visits, wherever else it goes
  std::uint32_t browsing_clients = 0;        // clients that come with a browser that they browse with
  std::vector<std::uint32_t> browser_names;  // kinds of these; sorted
  std::uint32_t most_names = 0;              // User-Agents of one client with one hello, or with none
  bool has_nameless = false;                 // a request without User-Agent
};

// How many clients have one of the kind that so few others have.
struct Rareness {
  std::vector<std::uint32_t> at_most;  // by number of clients that share it: clients that have such a one
};

// Clients whose programs say that they are of one engine.
struct EngineFacts {
  std::uint32_t clients = 0;  // that sent a hello
  std::uint32_t clients_with_alpn = 0;
  std::uint32_t clients_without_alpn = 0;  // at least once
};
struct EngineListFacts {
  std::uint32_t clients = 0;
  std::uint32_t clients_with_no_other = 0;
};

struct Facts {
  std::vector<Use> uses;      // of the clients that count
  std::uint32_t clients = 0;  // that count

  std::vector<ProgramName> names;       // by row of User-Agent
  std::vector<std::uint32_t> name_ids;  // the same: number of the name, and of the engine
  std::vector<std::uint32_t> engine_ids;
  std::vector<std::string> name_texts;      // by number
  std::vector<std::uint32_t> name_clients;  // by number

  std::array<std::vector<ProgramFacts>, kBys> programs;        // by row; kBoth: by number in pair_of
  std::vector<std::uint32_t> pair_of;                          // by use; kNone where one of the two is absent
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;  // rows of User-Agent and cipher list
  std::vector<std::uint32_t> main_pair;                        // by row of User-Agent: where it goes most
  std::vector<bool> browses;  // by use: a browser that its client browses with

  std::vector<DomainFacts> domains;  // by row
  std::uint32_t nameless_domains = 0;
  Grouped by_destination;  // uses
  // Clients of the domains whose busiest client made at least so many visits, ascending; by visits.
  std::vector<std::vector<std::uint32_t>> domain_clients;
  // The same for clients that show a User-Agent (a cipher list), of the domains that see so many different
  // ones, by their number; the last: of all domains that see any.
  std::array<std::vector<std::vector<std::uint32_t>>, 2> program_clients;

  std::array<DistinctDraws, 2> draws{DistinctDraws({}), DistinctDraws({})};
  std::array<std::uint32_t, 2> drawers{};  // clients that show a User-Agent, a cipher list
  std::vector<ListUsers> list_users;       // by row of cipher list
  Rareness names_rareness, lists_rareness;
  std::vector<std::uint32_t> names_of_one_client;  // by count: clients with so many User-Agents for one hello
                                                   // at one site, or more
  std::unordered_map<std::uint32_t, EngineFacts> engines;
  std::unordered_map<std::uint64_t, EngineListFacts> engine_lists;  // by engine and row of cipher list
};

// Uses of clients, without those of all but one of the clients that do the same.
std::vector<Use> uses_that_count(const Groups& groups, const Uses& uses);

constexpr std::uint64_t engine_list_key(std::uint32_t engine, std::uint32_t list) {
  return std::uint64_t{engine} << 32 | list;
}

Facts gather(const Groups& groups, const Uses& uses);

}  // namespace mogura::population::detail
