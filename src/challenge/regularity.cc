#include "challenge/regularity.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <span>
#include <string>

#include "challenge/detail/passive_weights.h"
#include "challenge/detail/passive_words.h"

namespace mogura::challenge {
namespace {

constexpr double kPoissonSpread = 0.69424;  // asinh(1/2) / ln 2, as in feature/detail/rhythm.h
constexpr double kRegular = 0.4;            // below, people come like that too
constexpr double kManyIntervals = 30;       // from here on more do not make it surer
constexpr double kMostlyOfPages = 0.5;
constexpr double kOfAPage = 3;  // requests of a visit; a check-in is one or two

double median_of(std::span<float> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (static_cast<double>(*middle) + *std::max_element(values.begin(), middle)) / 2;
}

void count(std::uint32_t& counter) {
  if (counter != std::numeric_limits<std::uint32_t>::max()) ++counter;
}

}  // namespace

void Regularity::add(Timestamp time, bool is_of_page) {
  count(requests_);
  if (is_of_page) count(of_page_);
  if (visits_ == 0) {
    first_ = visit_ = latest_ = time;
    visits_ = 1;
    return;
  }
  time = std::max(time, latest_);
  const bool is_same_visit = time - latest_ < kSameVisit;
  latest_ = time;
  if (is_same_visit) return;
  intervals_s_[(visits_ - 1) % kKept] = static_cast<float>(to_seconds(time - visit_));
  visit_ = time;
  count(visits_);
}

std::optional<Regularity::Figures> Regularity::figures() const {
  if (visits_ <= kLeast) return std::nullopt;
  Figures figures;
  figures.intervals = visits_ - 1;
  std::array<float, kKept> values = intervals_s_;
  const std::span<float> kept(values.data(), std::min<std::size_t>(visits_ - 1, kKept));
  figures.median_s = median_of(kept);
  if (figures.median_s < kLeastMedian_s) return std::nullopt;
  for (float& value : kept) value = std::abs(value - static_cast<float>(figures.median_s));
  figures.mad_s = median_of(kept);
  const double allowance = 1 + 2 / std::sqrt(static_cast<double>(kept.size()));
  // Intervals cannot be shorter than a visit, so that much says nothing.
  const double beyond_shortest = figures.median_s - to_seconds(kSameVisit);
  figures.regularity = 1 - std::min(1.0, figures.mad_s / beyond_shortest / kPoissonSpread * allowance);
  figures.of_page_ratio = static_cast<double>(of_page_) / requests_;
  figures.requests_per_visit = static_cast<double>(requests_) / visits_;
  figures.span_s = to_seconds(visit_ - first_);
  return figures;
}

double certainty(const Regularity::Figures& figures) {
  if (figures.regularity < kRegular) return 0;
  const double regular = std::clamp((figures.regularity - kRegular) / (1 - kRegular) + 0.5, 0.0, 1.0);
  return regular * std::sqrt(std::min(1.0, static_cast<double>(figures.intervals) / kManyIntervals));
}

std::optional<Evidence> judge_regularity(const Regularity& regularity) {
  const auto figures = regularity.figures();
  if (!figures) return std::nullopt;
  const bool is_of_pages = figures->of_page_ratio > kMostlyOfPages || figures->requests_per_visit > kOfAPage;
  const double full = is_of_pages ? detail::weights::kRegularPage : detail::weights::kRegular;
  const double weight = detail::in_hundredths(full * certainty(*figures));
  if (weight <= 0) return std::nullopt;
  return Evidence{"regular-requests",
                  "it came every " + detail::span(figures->median_s) + " (median of the last " +
                      std::to_string(std::min<std::uint64_t>(figures->intervals, Regularity::kKept)) +
                      " of " + std::to_string(figures->intervals) + " intervals, half of them within " +
                      detail::span(figures->mad_s) + " of it) over " + detail::span(figures->span_s) +
                      (is_of_pages ? ", for a page" : ""),
                  weight, figures->regularity, 0.0};
}

}  // namespace mogura::challenge
