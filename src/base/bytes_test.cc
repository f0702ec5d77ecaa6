#include "base/bytes.h"

#include <gtest/gtest.h>

#include <array>

namespace mogura {
namespace {

constexpr std::array<std::uint8_t, 8> kBytes = {1, 2, 3, 4, 5, 6, 7, 8};

TEST(ByteReader, ReadsFieldsInNetworkOrder) {
  ByteReader reader(kBytes);
  EXPECT_EQ(reader.u8(), 0x01u);
  EXPECT_EQ(reader.u16(), 0x0203u);
  EXPECT_EQ(reader.u24(), 0x040506u);
  EXPECT_EQ(reader.remaining(), 2u);
  EXPECT_TRUE(reader.ok());
}

TEST(ByteReader, FailsForGoodAfterReadingPastTheEnd) {
  ByteReader reader(ByteView(kBytes).first(3));
  EXPECT_EQ(reader.u32(), 0u);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.u8(), 0u);  // although bytes were left
  EXPECT_FALSE(reader.ok());
  EXPECT_TRUE(reader.take(0).empty());
}

TEST(ByteReader, TakesVectorsWithTheirLengthInFront) {
  const std::array<std::uint8_t, 6> bytes = {2, 0xAA, 0xBB, 0, 1, 0xCC};
  ByteReader reader(bytes);
  EXPECT_EQ(reader.vector8().size(), 2u);
  EXPECT_EQ(reader.vector16().front(), 0xCC);
  EXPECT_TRUE(reader.ok() && reader.empty());
}

TEST(ByteReader, RefusesAVectorLongerThanWhatIsLeft) {
  const std::array<std::uint8_t, 3> bytes = {0, 9, 1};
  ByteReader reader(bytes);
  EXPECT_TRUE(reader.vector16().empty());
  EXPECT_FALSE(reader.ok());
}

TEST(Bytes, LoadsBigEndianWords) {
  EXPECT_EQ(load_be16(kBytes.data()), 0x0102u);
  EXPECT_EQ(load_be32(kBytes.data()), 0x01020304u);
  EXPECT_EQ(load_be64(kBytes.data()), 0x0102030405060708u);
}

}  // namespace
}  // namespace mogura
