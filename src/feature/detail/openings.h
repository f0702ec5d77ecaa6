#pragma once

// How sessions of one service began: the first bytes of the first messages of some of them, and what these
// have in common. Of more than kSessions sessions those with the lowest ranks (a fixed hash of end points and
// start) are kept: a sample that does not depend on the order of adding and merging.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "feature/features.h"
#include "feature/service.h"
#include "session/session.h"

namespace mogura::feature::detail {

class Openings {
 public:
  static constexpr std::size_t kSessions = Service::kSampled;
  // Kept of each session: messages of each direction, and bytes of the first two and of the later ones.
  static constexpr std::size_t kMessages = 8;
  static constexpr std::size_t kFirstMessages = 2;
  static constexpr std::size_t kFirstBytes = 64;
  static constexpr std::size_t kLaterBytes = 16;

  // False for sessions without bytes, which are not taken.
  static bool has_bytes(const session::Session& session);
  void add(const session::Session& session);
  void merge(const Openings& other);

  // In most sessions first. At most SessionFeatures::kStrings.
  [[nodiscard]] std::vector<RepeatedBytes> strings(const Options& options) const;
  [[nodiscard]] std::size_t sessions() const { return openings_.size(); }
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  // Its messages, packed into `messages`:
  //
  //   | direction and number (1) | n (1) | n bytes | direction and number | …
  struct Opening {
    std::uint64_t rank = 0;
    std::string messages;
  };
  void take(Opening opening);

  std::vector<Opening> openings_;  // by rank, then by messages
};

}  // namespace mogura::feature::detail
