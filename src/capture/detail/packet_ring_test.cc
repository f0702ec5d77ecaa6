#include "capture/detail/packet_ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "capture/detail/loopback_test_support.h"

namespace mogura::capture::detail {
namespace {

using packet::Frame;
using testing::lengths_from;
using testing::send_datagrams;
using testing::set_loopback;
using PacketRing = testing::OnLoopback;

TEST_F(PacketRing, FlowsAreSpreadOverAGroupAndNothingIsSeenTwice) {
  options_.rings = 3;
  auto rings = open();
  ASSERT_EQ(rings.size(), 3u);
  send_datagrams(200, 40);
  std::vector<std::size_t> seen;
  for (const auto& ring : rings) seen.push_back(lengths_from(*ring).size());
  EXPECT_EQ(seen[0] + seen[1] + seen[2], 200u) << ::testing::PrintToString(seen);
  EXPECT_THAT(seen, ::testing::Each(::testing::Lt(200u)));
}

TEST_F(PacketRing, TwoGroupsDoNotShareFrames) {
  options_.rings = 2;
  auto ours = open();
  auto theirs = open();
  send_datagrams(50, 40);
  for (auto* group : {&ours, &theirs}) {
    EXPECT_EQ(lengths_from(*group->at(0)).size() + lengths_from(*group->at(1)).size(), 50u);
  }
}

TEST_F(PacketRing, AFullRingCountsWhatItLost) {
  options_.filter = "udp dst port 9";  // without the answers that nobody listens there
  auto rings = open();
  send_datagrams(400, 30'000);  // 12 MB into a ring of 4
  const std::size_t seen = lengths_from(*rings.at(0)).size();
  const LiveCounters counters = rings[0]->counters();
  EXPECT_LT(seen, 400u);
  EXPECT_EQ(seen + counters.kernel_drops, 400u);
  EXPECT_GE(counters.freezes, 1u);
  EXPECT_EQ(rings[0]->counters().kernel_drops, counters.kernel_drops) << "reading does not set it back";
}

TEST_F(PacketRing, GoesOnWhenTheInterfaceComesUpAgain) {
  auto rings = open();
  ASSERT_TRUE(set_loopback(false));
  std::vector<Frame> frames;
  EXPECT_TRUE(rings.at(0)->read(frames, std::chrono::milliseconds(20)));
  ASSERT_TRUE(set_loopback(true));
  send_datagrams(1, 70);
  EXPECT_THAT(lengths_from(*rings[0]), ::testing::ElementsAre(70));
}

}  // namespace
}  // namespace mogura::capture::detail
