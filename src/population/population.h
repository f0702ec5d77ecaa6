#pragma once

// The whole population of a capture or a time window: the groups of the paper, and who goes where with what,
// so that statements of rarity can be made (population/rarity.h). Fed session by session in any order;
// merge() of parts is exact, or within the stated error of the sketches beyond Limits::distinct_exact. Memory
// is bounded by Limits::group_keys and named limits in here; what went beyond is counted. Not thread-safe.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "population/groups.h"
#include "population/rarity.h"
#include "session/session.h"

namespace mogura::population {

class Population {
 public:
  explicit Population(const Limits& limits = {}, std::uint64_t min_exchanges = 10);
  ~Population();
  Population(Population&&) noexcept;
  Population& operator=(Population&&) noexcept;

  void add(const session::Session& session);
  void merge(const Population& other);

  [[nodiscard]] const Groups& groups() const;
  // Distinct clients of all sessions.
  [[nodiscard]] std::uint64_t clients() const;
  // Sessions that are in the groups as far as these list them, but not in what statements rest on: a limit of
  // detail/uses.h or Limits::group_keys was reached.
  [[nodiscard]] std::uint64_t sessions_not_kept() const;

  // About one destination (host:port, a key of GroupBy::kDestination). Strongest first. Empty for unknown
  // ones and for populations too small to say anything. The first call after an add() or merge() prepares
  // what all need.
  [[nodiscard]] std::vector<Statement> about_destination(std::string_view destination) const;
  // About one User-Agent or cipher list, wherever it goes.
  [[nodiscard]] std::vector<Statement> about_user_agent(std::string_view user_agent) const;
  [[nodiscard]] std::vector<Statement> about_cipher_list(std::string_view cipher_suites) const;

  // What is known of a destination, for findings. Lists are sorted and hold at most kListed.
  struct Destination {
    static constexpr std::size_t kListed = 64;
    std::uint64_t sessions = 0, clients = 0;
    std::vector<std::string> user_agents;  // sessions without the field are not in it
    std::vector<std::string> cipher_lists;
    std::uint64_t domain_clients = 0;   // distinct clients of the whole registrable domain
    std::uint64_t program_domains = 0;  // the most registrable domains that one of its programs (User-Agent
                                        // or cipher list) goes to; 0: no program was seen
    bool has_browser = false;           // a session that fits a browser in User-Agent and hello
  };
  [[nodiscard]] Destination destination(std::string_view destination) const;
  // Programs (User-Agents) that go to several destinations and nobody else goes there: one finding for them
  // together.
  struct SharedProgram {
    std::string user_agent;
    std::vector<std::string> destinations;
  };
  [[nodiscard]] std::vector<SharedProgram> programs_with_own_destinations() const;
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mogura::population
