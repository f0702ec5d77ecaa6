#pragma once

// The arithmetic of docs/guides/rarity.md: how probable something is in an ordinary population, and how
// strong a statement that makes. Nothing random in here. Private to the room. Any thread.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mogura::population::detail {

// log10(1/p) / 4, cut to 0…1: 0.25 at one in ten, 0.5 at one in a hundred, 1 at one in ten thousand.
double strength_of(double probability);
// Of a contradiction that `others` clients (or sites) stand against: 0.5 at five, 1 at fifty.
double strength_against(double others);

// What clients bring to a site if each brings one thing, and `shares` says how probable each thing is.
class DistinctDraws {
 public:
  // For more clients than these the chance is that of these: too high, never too low.
  static constexpr std::size_t kDraws = 32;
  // Different things told apart; the rarest beyond are taken for one, which also makes chances too high.
  static constexpr std::size_t kShares = 512;

  // The shares need not be in order, and are divided by their sum. Costs up to some 10 ms.
  explicit DistinctDraws(std::vector<double> shares);

  // Different things that so many clients bring: Σ (1 − (1 − share)^draws).
  [[nodiscard]] double expected(std::uint64_t draws) const;
  // The chance of so few different things, or fewer. Exact up to kDraws. 1 where nothing is known.
  [[nodiscard]] double chance_of_at_most(std::uint64_t distinct, std::uint64_t draws) const;

 private:
  std::vector<double> shares_;
  std::vector<double> at_most_;  // by draws and distinct things
};

// Rarefaction: different sites expected among any `w` of the visits that `counts` sorts by site, for every w
// from 0 to `most` (or all visits, where these are fewer): Σ (1 − C(V − n, w) / C(V, w)).
std::vector<double> rarefied(const std::vector<std::uint32_t>& counts, std::size_t most);

}  // namespace mogura::population::detail
