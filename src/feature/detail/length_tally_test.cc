#include "feature/detail/length_tally.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feature/detail/make_test.h"

namespace mogura::feature::detail {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

session::Session with_lengths(std::vector<session::LengthCount> lengths) {
  session::Session s = make_session();
  s.lengths = std::move(lengths);
  return s;
}

TEST(LengthTally, CountsSessionsAndMessagesPerDirection) {
  LengthTally tally;
  tally.add(with_lengths({{kUp, 36, 9}, {kDown, 36, 5}}), 5);
  tally.add(with_lengths({{kUp, 36, 6}, {kUp, 52, 5}, {kDown, 36, 4}}), 5);
  EXPECT_THAT(tally.lengths(), ElementsAre(RepeatedLength{kUp, 36, 15, 2}, RepeatedLength{kUp, 52, 5, 1},
                                           RepeatedLength{kDown, 36, 5, 1}));
}

TEST(LengthTally, MergesLikeOneThatSawAll) {
  LengthTally a;
  LengthTally b;
  a.add(with_lengths({{kUp, 36, 9}}), 5);
  b.add(with_lengths({{kUp, 36, 6}, {kDown, 7, 7}}), 5);
  a.merge(b);
  EXPECT_THAT(a.lengths(), ElementsAre(RepeatedLength{kUp, 36, 15, 2}, RepeatedLength{kDown, 7, 7, 1}));
}

TEST(LengthTally, BeyondTheLimitTheRarerHalfOfThatDirectionGoes) {
  LengthTally tally;
  for (std::uint32_t i = 0; i < Service::kLengths; ++i) {
    tally.add(with_lengths({{kUp, i, 100 + i}, {kDown, i, 5}}), 5);
  }
  const std::size_t full = 2 * Service::kLengths;
  EXPECT_GE(tally.memory_bytes(), full * 16);
  tally.add(with_lengths({{kUp, 9999, 5}}), 5);
  tally.add(with_lengths({{kUp, Service::kLengths - 1, 5}}), 5);  // one of the frequent: still known
  tally.add(with_lengths({{kUp, 0, 5}}), 5);                      // one of the rare: begins anew
  const auto lengths = tally.lengths();
  EXPECT_EQ(lengths[0], (RepeatedLength{kUp, Service::kLengths - 1, 100 + Service::kLengths - 1 + 5, 2}));
  EXPECT_EQ(lengths[1].sessions, 1u);
}

TEST(LengthTally, ListsSoManyAndNoMore) {
  LengthTally tally;
  EXPECT_THAT(tally.lengths(), IsEmpty());
  EXPECT_TRUE(tally.empty());
  for (std::uint32_t i = 0; i < Service::kListed + 1; ++i) {
    tally.add(with_lengths({{kUp, i, 5}}), 5);
    EXPECT_EQ(tally.lengths().size(), std::min<std::size_t>(i + 1, Service::kListed));
  }
}

}  // namespace
}  // namespace mogura::feature::detail
