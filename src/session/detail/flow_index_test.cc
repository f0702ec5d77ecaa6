#include "session/detail/flow_index.h"

#include <gtest/gtest.h>

#include <unordered_map>

namespace mogura::session::detail {
namespace {

// Hashes chosen to fall into few slots, so that runs form, wrap around and are cut by deletions.
std::uint64_t crowded_hash(std::uint32_t number) {
  return (number % 7 == 0 ? 1022 : 5) + (std::uint64_t{number % 11} << 10);
}

TEST(FlowIndex, FindsWhatIsInItAndNothingElse) {
  FlowIndex index;
  std::unordered_map<std::uint32_t, std::uint64_t> model;
  std::uint32_t state = 1;
  const auto random = [&state](std::uint32_t bound) {
    state = state * 1664525u + 1013904223u;
    return static_cast<std::uint32_t>((std::uint64_t{state} * bound) >> 32);
  };
  for (int step = 0; step < 20000; ++step) {
    const std::uint32_t number = random(300);
    const std::uint64_t hash = crowded_hash(number);
    if (model.contains(number)) {
      index.erase(hash, number);
      model.erase(number);
    } else {
      index.insert(hash, number);
      model[number] = hash;
    }
    const std::uint32_t probe = random(300);
    const std::uint32_t found = index.find(crowded_hash(probe), [&](std::uint32_t n) { return n == probe; });
    ASSERT_EQ(found, model.contains(probe) ? probe : FlowIndex::kNone);
  }
}

TEST(FlowIndex, GrowsWithItsEntries) {
  FlowIndex index;
  for (std::uint32_t i = 0; i < 5000; ++i) index.insert(i * 0x9E3779B97F4A7C15u, i);
  for (std::uint32_t i = 0; i < 5000; ++i) {
    ASSERT_EQ(index.find(i * 0x9E3779B97F4A7C15u, [&](std::uint32_t n) { return n == i; }), i);
  }
}

}  // namespace
}  // namespace mogura::session::detail
