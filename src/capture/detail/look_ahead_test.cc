#include "capture/detail/look_ahead.h"

#include <gtest/gtest.h>

#include "capture/detail/test_support.h"

namespace mogura::capture::detail {
namespace {

using namespace testing;

// A capture of more than one stretch, with a record of `bytes` in turn.
Bytes long_capture(bool big_endian, const std::vector<Bytes>& data) {
  Bytes capture = pcap_header(kMicroseconds, big_endian);
  for (std::uint32_t i = 0; capture.size() < 2'500'000; ++i) {
    const Bytes record = pcap_record(1000 + i, 0, data[i % data.size()], big_endian);
    capture.insert(capture.end(), record.begin(), record.end());
  }
  return capture;
}

// In a heap block of just the right size, so that a read past the end is seen.
void expect_no_difference(const Bytes& capture, std::size_t size) {
  const auto exact = std::make_unique<std::uint8_t[]>(size);
  std::copy_n(capture.begin(), size, exact.get());
  const Outcome plain = read_whole({exact.get(), size});
  std::vector<packet::Frame> frames;
  const std::unique_ptr<Parser> ahead = make_parser(Content::kPcap, true);
  const Progress progress = ahead->parse({exact.get(), size}, frames, size);
  ASSERT_EQ(frames.size(), plain.frames.size());
  for (std::size_t i = 0; i < frames.size(); ++i) {
    ASSERT_TRUE(std::equal(frames[i].bytes.begin(), frames[i].bytes.end(), plain.frames[i].bytes.begin()));
  }
  EXPECT_EQ(progress.damage.has_value(), false);
}

TEST(LookAhead, ChangesNothing) {
  for (const bool big_endian : {false, true}) {
    const Bytes capture = long_capture(big_endian, {Bytes(54, 'a'), Bytes(1514, 'b'), Bytes(590, 'c')});
    for (const std::size_t missing : {0u, 1u, 8u, 15u, 16u, 17u, 1000u}) {
      expect_no_difference(capture, capture.size() - missing);
    }
  }
}

TEST(LookAhead, IsNotMisledByPacketsThatHoldRecords) {
  Bytes inside;
  for (std::uint32_t i = 0; i < 100; ++i) inside = std::move(inside) + pcap_record(1000, 0, Bytes(i, 'x'));
  const Bytes huge_inside = Writer(false).u32(1000).u32(0).u32(262144).u32(262144).bytes();
  expect_no_difference(long_capture(false, {inside, huge_inside}), 2'400'000);
}

TEST(LookAhead, GoesOnThroughFilesOfAnotherShape) {
  const std::vector<Bytes> data = {Bytes(54, 'a'), Bytes(1514, 'b')};
  Bytes capture = long_capture(false, data) + long_capture(true, data) + long_capture(true, data);
  expect_no_difference(capture, capture.size());
  capture.clear();
  for (int i = 0; i < 20000; ++i) capture = std::move(capture) + pcap_header(kModified, i % 2 == 0);
  expect_no_difference(capture, capture.size());
}

TEST(LookAhead, FindsNothingInOneHugeRecordAndGoesOn) {
  expect_no_difference(long_capture(false, {Bytes(kMaxRecordBytes, 'x')}), 2'400'000);
}

}  // namespace
}  // namespace mogura::capture::detail
