#pragma once

// From the conditions that were met to one name: which rules hold, how sure each product is, and which of
// those that are sure enough says most (docs/formats/catalogue.md, "How a name is chosen").

#include <cstdint>
#include <vector>

#include "identity/detail/index.h"
#include "identity/identity.h"

namespace mogura::identity::detail {

// A name that is less sure than this is not given.
inline constexpr double kNamed = 0.4;
// From here on a product's name goes before that of a protocol or library, whatever their figures.
inline constexpr double kSure = 0.5;
// No evidence of this sort is certain.
inline constexpr double kSurest = 0.99;
// Clues given with a name, or without one.
inline constexpr std::size_t kCluesShown = 12;
inline constexpr std::size_t kTelling = 5;

struct Candidate {
  std::uint32_t product = 0;
  std::array<double, kSources> weights{};  // the heaviest rule of each kind that holds
  bool has_strong = false;                 // one that is not weak
  bool has_proof = false;
  std::vector<std::uint32_t> clues;  // in Hits::clues(), heaviest rule first

  [[nodiscard]] double confidence() const;  // 1 − Π(1 − weight), at most kSurest
};

// Products with a rule that holds. `user_agent_only`: only rules about the User-Agent count, and they count
// as strong.
std::vector<Candidate> candidates(const Index& index, const Hits& hits, bool user_agent_only);
// The one to name; null if none is sure enough.
const Candidate* choose(const Index& index, const std::vector<Candidate>& candidates);

}  // namespace mogura::identity::detail
