#include "capture/detail/pcap_live.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "capture/detail/loopback_test_support.h"

namespace mogura::capture::detail {
namespace {

using packet::Frame;
using testing::send_datagrams;
using PcapLive = testing::OnLoopback;

TEST_F(PcapLive, CapturesFromAllInterfacesTogether) {
  options_.interface = "any";
  auto rings = open();
  ASSERT_EQ(rings.size(), 1u);
  send_datagrams(1, 100);
  std::vector<Frame> frames;
  ASSERT_TRUE(rings[0]->read(frames, testing::kPatience));
  ASSERT_FALSE(frames.empty());
  EXPECT_THAT(frames[0].link_type,
              ::testing::AnyOf(packet::LinkType::kLinuxSll, packet::LinkType::kLinuxSll2));
}

TEST_F(PcapLive, IsOneRingHoweverManyAreWanted) {
  options_.force_libpcap = true;
  options_.rings = 3;
  EXPECT_EQ(open().size(), 1u);
}

TEST_F(PcapLive, HandsOutMuchInPieces) {
  options_.force_libpcap = true;
  options_.ring_bytes = std::size_t{16} << 20;
  auto rings = open();
  send_datagrams(60, 50'000);
  std::vector<Frame> frames;
  std::size_t reads = 0;
  std::size_t datagrams = 0;
  while (rings.at(0)->read(frames, testing::kPatience) && !frames.empty() && datagrams < 60) {
    ++reads;
    for (const Frame& frame : frames) {
      if (frame.bytes.size() > 50'000 && frame.bytes.back() == 'x') ++datagrams;
    }
  }
  EXPECT_EQ(datagrams, 60u);
  EXPECT_GE(reads, 2u);
}

}  // namespace
}  // namespace mogura::capture::detail
