#pragma once

// Regularity of a series from its median interval and the median absolute deviation (MAD): both shrug off the
// odd missed beat, which mean and standard deviation do not.
//
//   regularity = 1 - min(1, MAD / median / kPoissonSpread * (1 + 2 / sqrt(intervals)))
//
// Arrivals at random (Poisson) have MAD / median = asinh(1/2) / ln 2, so they come out at about 0; a clock is
// 1; a beacon whose pauses vary evenly by a third either way, 0.76 less the allowance for few intervals. That
// allowance keeps eight random arrivals from looking regular (docs/guides/features.md has the figures).

#include <cstdint>
#include <optional>
#include <vector>

#include "feature/features.h"

namespace mogura::feature::detail {

inline constexpr double kPoissonSpread = 0.69424;  // asinh(1/2) / ln 2

// Nothing for fewer than Rhythm::kMinIntervals or a median below Rhythm::kMinMedianS.
// `shortest_s`: intervals cannot be shorter. It is taken off the median in the formula, so that random
// arrivals come out at 0 still.
std::optional<Rhythm> rhythm_of(std::uint64_t intervals, double median_s, double mad_s, double span_s,
                                double shortest_s = 0);

// The same from the times of events in ascending order, in milliseconds. Events that follow one another
// closely are one: within kSameEventMs they are the parallel connections of one page or poll, within
// kSameVisitMs what one page or check-in asked for one after the other. Of the two readings the stronger.
inline constexpr std::int64_t kSameEventMs = 50;
inline constexpr std::int64_t kSameVisitMs = 2000;
std::optional<Rhythm> rhythm_of(const std::vector<std::int64_t>& times_ms);

// Total order of "tells more": regularity, weighed with the logarithm of the number of intervals.
bool is_stronger(const Rhythm& a, const Rhythm& b);

}  // namespace mogura::feature::detail
