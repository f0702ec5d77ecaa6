#pragma once

// How regularly a program comes by, in constant memory: the last intervals between its visits, their median
// and median absolute deviation. The same measure as feature/detail/rhythm.h has over whole sessions, whose
// times are all kept there; here a request is looked at once, while it passes. Requests that follow one
// another closely are one visit: what a page consists of. Single-threaded; plain values.

#include <array>
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "challenge/passive_evidence.h"

namespace mogura::challenge {

class Regularity {
 public:
  static constexpr std::size_t kKept = 16;    // intervals
  static constexpr std::uint32_t kLeast = 8;  // intervals to say anything
  static constexpr Duration kSameVisit = std::chrono::milliseconds(500);
  static constexpr double kLeastMedian_s = 5;  // faster is somebody at work, not a program that waits

  // `is_of_page`: the request says which page it is for (Referer, Origin): its script's clock, not the
  // program's. A time before the latest one counts as the latest.
  void add(Timestamp time, bool is_of_page);

  struct Figures {
    std::uint64_t intervals = 0;  // all so far; median and deviation are those of the last kKept
    double median_s = 0, mad_s = 0;
    double regularity = 0;     // 0: random arrivals (Poisson) or worse; 1: a clock
    double of_page_ratio = 0;  // of the requests
    double requests_per_visit = 0;
    double span_s = 0;  // from the first visit to the latest
  };
  // Nothing for fewer than kLeast intervals, or a median below kLeastMedian_s. O(kKept).
  [[nodiscard]] std::optional<Figures> figures() const;
  [[nodiscard]] std::uint64_t visits() const { return visits_; }

 private:
  std::array<float, kKept> intervals_s_{};
  std::uint32_t visits_ = 0, requests_ = 0, of_page_ = 0;
  Timestamp first_{}, visit_{}, latest_{};
};

// 0 to 1: regular, and often enough to know; finding's formula for `beacon`.
double certainty(const Regularity::Figures& figures);
// "regular-requests", or nothing where people come like that, too.
std::optional<Evidence> judge_regularity(const Regularity& regularity);

}  // namespace mogura::challenge
