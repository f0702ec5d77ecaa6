// What holds for both ways of capturing.

#include "capture/live.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "capture/detail/loopback_test_support.h"

namespace mogura::capture {
namespace {

using detail::testing::lengths_from;
using detail::testing::send_datagrams;
using detail::testing::set_loopback;
using packet::Frame;

class LiveCapture : public detail::testing::OnLoopback, public testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    OnLoopback::SetUp();
    options_.force_libpcap = GetParam();
  }
};

INSTANTIATE_TEST_SUITE_P(By, LiveCapture, testing::Values(false, true),
                         [](const auto& value) { return value.param ? "Libpcap" : "Rings"; });

TEST_P(LiveCapture, SeesEachFrameOfTheLoopbackOnce) {
  auto rings = open();
  send_datagrams(3, 100);
  EXPECT_THAT(lengths_from(*rings.at(0)), testing::ElementsAre(100, 100, 100));
  EXPECT_EQ(rings[0]->counters().kernel_drops, 0u);
  EXPECT_GE(rings[0]->counters().packets, 3u);
}

TEST_P(LiveCapture, TheFilterHoldsFromTheFirstFrame) {
  options_.filter = "udp dst port 9";
  auto rings = open();
  send_datagrams(2, 50, 10);
  send_datagrams(1, 60);
  EXPECT_THAT(lengths_from(*rings.at(0)), testing::ElementsAre(60));
}

TEST_P(LiveCapture, KeepsLargeFramesWhole) {
  auto rings = open();
  send_datagrams(1, 60'000);
  EXPECT_THAT(lengths_from(*rings.at(0)), testing::ElementsAre(60'000));
}

TEST_P(LiveCapture, ReadingWithoutTrafficComesBack) {
  auto rings = open();
  std::vector<Frame> frames;
  EXPECT_TRUE(rings.at(0)->read(frames, std::chrono::milliseconds(20)));
  EXPECT_TRUE(frames.empty());
}

TEST_P(LiveCapture, AFilterThatDoesNotCompileIsRefused) {
  options_.filter = "tcp prot 80";
  const auto rings = open_live(options_);
  ASSERT_FALSE(rings);
  EXPECT_EQ(rings.error().code, ErrorCode::kUsage);
}

TEST_P(LiveCapture, AnInterfaceThatDoesNotExistIsRefused) {
  options_.interface = "none-such";
  const auto rings = open_live(options_);
  ASSERT_FALSE(rings);
  EXPECT_THAT(rings.error().message(), testing::HasSubstr("no such network interface; there are lo"));
}

TEST_P(LiveCapture, AnInterfaceThatIsDownIsRefused) {
  ASSERT_TRUE(set_loopback(false));
  const auto rings = open_live(options_);
  ASSERT_TRUE(set_loopback(true));
  ASSERT_FALSE(rings);
  EXPECT_THAT(rings.error().message(), testing::HasSubstr("is down"));
}

}  // namespace
}  // namespace mogura::capture
