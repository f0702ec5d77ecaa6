#include "capture/detail/decompress.h"

#include <gtest/gtest.h>

#include "capture/detail/compress_support.h"
#include "capture/detail/test_support.h"

namespace mogura::capture::detail {
namespace {

using namespace testing;

using Make = std::unique_ptr<Reader> (*)(std::unique_ptr<Reader>);
using Compress = Bytes (*)(const Bytes&);

struct Format {
  const char* name;
  Make make;
  Compress compress;
  std::size_t damage_at;  // a byte that cannot be 7: of the magic, or a block type that does not exist
};

const Format kFormats[] = {{"gzip", make_gzip_reader, gzip, 10}, {"zstd", make_zstd_reader, zstd, 0}};

struct Read {
  Bytes bytes;
  std::string cause;  // empty: a clean end
  std::uint64_t position = 0;
};

Read read_all(const Format& format, const Bytes& compressed, std::size_t piece, std::size_t room = 100) {
  const auto reader = format.make(std::make_unique<PieceReader>(compressed, [piece] { return piece; }));
  Read read;
  Bytes part(room);
  for (;;) {
    const Result<std::size_t> count = reader->read(part);
    if (!count) read.cause = count.error().cause;
    read.position = reader->position();
    if (!count || *count == 0) return read;
    read.bytes.insert(read.bytes.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(*count));
  }
}

// Neither constant nor without patterns.
Bytes sample(std::size_t size) {
  Bytes bytes(size);
  std::uint32_t state = 1;
  for (std::uint8_t& byte : bytes) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<std::uint8_t>((state >> 24) & 0x1F);
  }
  return bytes;
}

TEST(Decompress, SeveralPartsAreOneStreamHoweverTheyAreCut) {
  const Bytes first = sample(3000), second = bytes_of("second"), empty;
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.name);
    const Bytes compressed = format.compress(first) + format.compress(empty) + format.compress(second);
    for (const std::size_t piece : {1u, 2u, 7u, 100u, 100000u}) {
      for (const std::size_t room : {1u, 17u, 4096u}) {
        const Read read = read_all(format, compressed, piece, room);
        EXPECT_EQ(read.bytes, first + second) << piece << ", " << room;
        EXPECT_EQ(read.cause, "");
        EXPECT_EQ(read.position, compressed.size());
      }
    }
  }
}

TEST(Decompress, EveryTruncationGivesWhatWasBeforeItAndAnError) {
  const Bytes plain = sample(1000);
  for (const Format& format : kFormats) {
    const Bytes compressed = format.compress(plain);
    for (std::size_t size = 4; size < compressed.size(); ++size) {
      const Bytes cut(compressed.begin(), compressed.begin() + static_cast<std::ptrdiff_t>(size));
      const Read read = read_all(format, cut, 50);
      EXPECT_EQ(read.cause, std::string("the ") + format.name + " data ends early") << size;
      EXPECT_TRUE(std::equal(read.bytes.begin(), read.bytes.end(), plain.begin())) << size;
    }
  }
}

TEST(Decompress, DamageInTheSecondPartLeavesTheFirst) {
  const Bytes plain = sample(300'000);
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.name);
    Bytes second = format.compress(plain);
    second[format.damage_at] = 7;
    const Read read = read_all(format, format.compress(plain) + second, 1000);
    EXPECT_EQ(read.bytes, plain);
    EXPECT_TRUE(read.cause.starts_with(std::string("the ") + format.name + " data is damaged")) << read.cause;
  }
}

TEST(Gzip, WrongChecksumIsDamageBehindAllTheData) {
  const Bytes plain = sample(500);
  Bytes compressed = gzip(plain);
  compressed[compressed.size() - 8] ^= 1;
  const Read read = read_all(kFormats[0], compressed, 1000, 1000);
  EXPECT_EQ(read.bytes, plain);
  EXPECT_EQ(read.cause, "the gzip data is damaged");
}

TEST(Gzip, ZerosBehindItAreNothingAndAnythingElseIsAnError) {
  const Bytes plain = sample(500);
  EXPECT_EQ(read_all(kFormats[0], gzip(plain) + Bytes(600), 100).cause, "");
  EXPECT_EQ(read_all(kFormats[0], gzip(plain) + bytes_of("tail"), 100).cause,
            "the gzip data is followed by something else");
  EXPECT_EQ(read_all(kFormats[0], gzip(plain) + Bytes(600) + gzip(plain), 100).cause,
            "the gzip data is followed by something else");
}

TEST(Zstd, SkippableFramesAreSkipped) {
  const Bytes skippable = Writer(false).u32(0x184D2A50).u32(5).raw(bytes_of("hello")).bytes();
  const Bytes plain = sample(500);
  const Read read = read_all(kFormats[1], skippable + zstd(plain) + skippable, 10);
  EXPECT_EQ(read.bytes, plain);
  EXPECT_EQ(read.cause, "");
}

// A bomb is only as large as the buffer it is read into.
TEST(Decompress, GivesNoMoreThanThereIsRoomFor) {
  const Bytes zeros(std::size_t{8} << 20);
  for (const Format& format : kFormats) {
    const Bytes compressed = format.compress(zeros);
    EXPECT_LT(compressed.size(), 20'000u);
    const Read read = read_all(format, compressed, compressed.size(), 65536);
    EXPECT_EQ(read.bytes.size(), zeros.size()) << format.name;
    EXPECT_EQ(read.cause, "");
  }
}

}  // namespace
}  // namespace mogura::capture::detail
