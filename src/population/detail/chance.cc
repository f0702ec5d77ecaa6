#include "population/detail/chance.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>

namespace mogura::population::detail {
namespace {

constexpr std::size_t kWidth = DistinctDraws::kDraws + 1;

// One more kind of thing, of which j of the draws may be: the exponential generating function
// Π (1 + y (e^{px} − 1)), whose coefficient of x^draws y^distinct times draws! is the probability.
void take_in(std::vector<double>& terms, double share) {
  constexpr double kNegligible = 1e-60;
  std::array<double, kWidth> power{};  // share^j / j!
  std::size_t highest = 0;
  double term = 1;
  for (std::size_t j = 1; j < kWidth && term > kNegligible; ++j) {
    term *= share / static_cast<double>(j);
    power[j] = term;
    highest = j;
  }
  for (std::size_t draws = kWidth - 1; draws > 0; --draws) {
    for (std::size_t distinct = draws; distinct > 0; --distinct) {
      double sum = 0;
      for (std::size_t j = 1; j <= std::min(draws - distinct + 1, highest); ++j) {
        sum += terms[(draws - j) * kWidth + distinct - 1] * power[j];
      }
      terms[draws * kWidth + distinct] += sum;
    }
  }
}

}  // namespace

double strength_of(double probability) {
  return std::clamp(-std::log10(std::max(probability, 1e-300)) / 4, 0.0, 1.0);
}

double strength_against(double others) {
  return std::clamp(0.5 * (1 + std::log10(std::max(others, 1.0) / 5)), 0.0, 1.0);
}

DistinctDraws::DistinctDraws(std::vector<double> shares) : shares_(std::move(shares)) {
  std::sort(shares_.begin(), shares_.end(), std::greater<>());
  const double total = std::accumulate(shares_.begin(), shares_.end(), 0.0);
  if (total <= 0) {
    shares_.clear();
    return;
  }
  for (double& share : shares_) share /= total;
  if (shares_.size() > kShares) {
    shares_[kShares - 1] = std::accumulate(shares_.begin() + kShares - 1, shares_.end(), 0.0);
    shares_.resize(kShares);
  }
  at_most_.assign(kWidth * kWidth, 0);
  at_most_[0] = 1;
  for (const double share : shares_) take_in(at_most_, share);
  double factorial = 1;
  for (std::size_t draws = 0; draws < kWidth; ++draws) {
    factorial *= static_cast<double>(std::max<std::size_t>(draws, 1));
    double sum = 0;
    for (std::size_t distinct = 0; distinct < kWidth; ++distinct) {
      double& cell = at_most_[draws * kWidth + distinct];
      sum += cell * factorial;
      cell = std::min(sum, 1.0);
    }
  }
}

double DistinctDraws::expected(std::uint64_t draws) const {
  double sum = 0;
  if (draws <= kDraws && !at_most_.empty()) {
    for (std::size_t distinct = 0; distinct < draws; ++distinct)
      sum += 1 - at_most_[draws * kWidth + distinct];
    return sum;
  }
  for (const double share : shares_) sum += 1 - std::pow(1 - share, static_cast<double>(draws));
  return sum;
}

double DistinctDraws::chance_of_at_most(std::uint64_t distinct, std::uint64_t draws) const {
  draws = std::min<std::uint64_t>(draws, kDraws);
  return at_most_.empty() || distinct >= draws ? 1 : at_most_[draws * kWidth + distinct];
}

std::vector<double> rarefied(const std::vector<std::uint32_t>& counts, std::size_t most) {
  const std::uint64_t visits = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  std::vector<double> distinct(std::min<std::uint64_t>(visits, most) + 1, 0.0);
  for (const std::uint32_t count : counts) {
    double absent = 1;  // C(V − n, w) / C(V, w)
    for (std::size_t w = 0; w < distinct.size(); ++w) {
      distinct[w] += 1 - absent;
      const auto left = static_cast<double>(visits - w);
      if (left > 0) absent *= std::max(0.0, left - static_cast<double>(count)) / left;
    }
  }
  return distinct;
}

}  // namespace mogura::population::detail
