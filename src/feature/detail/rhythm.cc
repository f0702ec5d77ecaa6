#include "feature/detail/rhythm.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <tuple>

namespace mogura::feature::detail {
namespace {

double median_of(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

double strength(const Rhythm& rhythm) {
  return rhythm.regularity * std::log(static_cast<double>(rhythm.intervals));
}

std::optional<Rhythm> rhythm_of(const std::vector<std::int64_t>& times_ms, std::int64_t same_ms) {
  std::vector<double> intervals;
  intervals.reserve(times_ms.size());
  std::int64_t event = times_ms.front();
  for (std::size_t i = 1; i < times_ms.size(); ++i) {
    if (times_ms[i] - times_ms[i - 1] < same_ms) continue;
    intervals.push_back(static_cast<double>(times_ms[i] - event) / 1e3);
    event = times_ms[i];
  }
  if (intervals.size() < Rhythm::kMinIntervals) return std::nullopt;
  const double median = median_of(intervals);
  for (double& interval : intervals) interval = std::abs(interval - median);
  const double span = static_cast<double>(times_ms.back() - times_ms.front()) / 1e3;
  return detail::rhythm_of(intervals.size(), median, median_of(intervals), span,
                           static_cast<double>(same_ms) / 1e3);
}

}  // namespace

std::optional<Rhythm> rhythm_of(std::uint64_t intervals, double median_s, double mad_s, double span_s,
                                double shortest_s) {
  if (intervals < Rhythm::kMinIntervals || median_s < Rhythm::kMinMedianS) return std::nullopt;
  const double allowance = 1 + 2 / std::sqrt(static_cast<double>(intervals));
  const double beyond_shortest = median_s - shortest_s;
  // All at the shortest: mad_s is 0 as well.
  const double spread = beyond_shortest > 0 ? mad_s / beyond_shortest / kPoissonSpread * allowance : 0;
  return Rhythm{intervals, median_s, mad_s, 1 - std::min(1.0, spread), span_s};
}

std::optional<Rhythm> rhythm_of(const std::vector<std::int64_t>& times_ms) {
  if (times_ms.size() <= Rhythm::kMinIntervals) return std::nullopt;
  const auto events = rhythm_of(times_ms, kSameEventMs);
  const auto visits = rhythm_of(times_ms, kSameVisitMs);
  if (!events || !visits) return events ? events : visits;
  return is_stronger(*visits, *events) ? visits : events;
}

bool is_stronger(const Rhythm& a, const Rhythm& b) {
  return std::make_tuple(strength(a), a.intervals, a.span_s, a.median_s, a.mad_s) >
         std::make_tuple(strength(b), b.intervals, b.span_s, b.median_s, b.mad_s);
}

}  // namespace mogura::feature::detail
