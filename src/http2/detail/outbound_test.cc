#include "http2/detail/outbound.h"

#include <gtest/gtest.h>

#include <array>

namespace mogura::http2::detail {
namespace {

using Kind = protocol::Framing::Kind;

std::string filled(Outbound& outbound, std::size_t size, bool& is_end) {
  std::string bytes(size, '\0');
  const Outbound::Filled got = outbound.fill(reinterpret_cast<std::uint8_t*>(bytes.data()), size);
  is_end = got.is_end;
  return bytes.substr(0, got.bytes);
}

TEST(Outbound, HoldsUntilThereIsRoomInAFrame) {
  Outbound outbound;
  bool is_end = false;
  EXPECT_TRUE(outbound.begin({Kind::kChunked, 0}));
  EXPECT_EQ(outbound.room(4), 4u);
  EXPECT_EQ(outbound.give("3\r\nabc\r\n2\r\nde\r\n").bytes, 15u);
  EXPECT_EQ(outbound.room(4), 0u);
  EXPECT_EQ(filled(outbound, 2, is_end), "ab");
  EXPECT_EQ(outbound.room(4), 1u);
  EXPECT_EQ(outbound.give("0\r\n\r\nnext").bytes, 5u);
  EXPECT_TRUE(outbound.has_ended());
  EXPECT_EQ(filled(outbound, 2, is_end), "cd");
  EXPECT_FALSE(is_end);
  EXPECT_EQ(filled(outbound, 9, is_end), "e");
  EXPECT_TRUE(is_end);
}

TEST(Outbound, TheConnectionsEndIsTheBodysOnlyWhereItSaysSo) {
  Outbound until_close, of_length;
  until_close.begin({Kind::kUntilClose, 0});
  of_length.begin({Kind::kLength, 3});
  EXPECT_TRUE(until_close.end());
  EXPECT_FALSE(of_length.end());
}

TEST(Outbound, NothingIsOverAtOnce) {
  Outbound outbound;
  EXPECT_FALSE(outbound.begin({Kind::kNone, 0}));
  EXPECT_TRUE(outbound.has_ended());
}

}  // namespace
}  // namespace mogura::http2::detail
