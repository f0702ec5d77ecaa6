#pragma once

// The tables of a catalogue, laid out for asking: given a clue, which conditions does it meet? Domains by
// binary search over the name's suffixes, User-Agent tokens by their first character, all else by a walk over
// the few conditions of that source. Immutable once built; any thread.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "identity/detail/rules.h"

namespace mogura::identity::detail {

struct Tables;

// Conditions that were met, each by the clue that met it first.
class Hits {
 public:
  struct Hit {
    ConditionId condition;
    std::uint32_t clue;  // in clues()
  };
  // `clue` as it is to be shown.
  void add(ConditionId condition, std::string_view source, std::string_view value);
  [[nodiscard]] const Hit* find(ConditionId condition) const;
  [[nodiscard]] const std::vector<Hit>& hits() const { return hits_; }
  [[nodiscard]] const std::vector<Clue>& clues() const { return clues_; }

 private:
  std::vector<Hit> hits_;
  std::vector<Clue> clues_;
};

class Index {
 public:
  explicit Index(Tables tables);

  void meet(const Clue& clue, Hits& hits) const;
  void meet(const FirstBytes& bytes, Hits& hits) const;
  void meet_user_agent(std::string_view user_agent, Hits& hits) const;

  [[nodiscard]] const std::vector<Product>& products() const { return products_; }
  [[nodiscard]] const Rule& rule(std::uint32_t id) const { return rules_[id]; }
  // Rules that have the condition.
  [[nodiscard]] const std::vector<std::uint32_t>& rules_with(ConditionId condition) const {
    return rules_with_[condition];
  }

 private:
  using Met = bool (*)(std::string_view value, const Condition& condition);

  void meet_domain(std::string_view host, const Clue& clue, Hits& hits) const;
  void meet_each(Source source, std::string_view value, const Clue& clue, Met met, Hits& hits) const;
  void meet_banner(const Clue& clue, Hits& hits) const;
  void meet_side(std::string_view bytes, Side side, Hits& hits) const;
  void meet_path(std::string_view up, Hits& hits) const;

  std::vector<Product> products_;
  std::vector<Condition> conditions_;
  std::vector<Rule> rules_;
  std::vector<std::vector<std::uint32_t>> rules_with_;  // by condition
  std::array<std::vector<ConditionId>, kSources> of_source_;
  std::vector<std::pair<std::string, ConditionId>> domains_;     // sorted
  std::array<std::vector<ConditionId>, 256> user_agent_tokens_;  // by first character, small
};

}  // namespace mogura::identity::detail
