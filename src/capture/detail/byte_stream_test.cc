#include "capture/detail/byte_stream.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "capture/detail/test_support.h"

namespace mogura::capture::detail {
namespace {

using namespace testing;

Bytes numbered(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  return bytes;
}

std::unique_ptr<ByteStream> mapped(const std::string& path, std::size_t size, std::size_t window_bytes) {
  return make_mapped_stream(std::move(*Descriptor::open(path)), size, window_bytes);
}

// Goes through the stream in steps of `step` bytes, keeping all of its memory, and compares at the end.
void expect_shows(ByteStream& stream, const Bytes& bytes, std::size_t step) {
  std::vector<std::pair<ByteView, std::shared_ptr<const void>>> kept;
  while (stream.fill(step)) {
    kept.emplace_back(stream.view().first(step), stream.memory());
    stream.consume(step);
    ASSERT_EQ(stream.offset(), kept.size() * step);
  }
  if (!stream.view().empty()) kept.emplace_back(stream.view(), stream.memory());
  Bytes shown;
  for (const auto& [view, memory] : kept) shown.insert(shown.end(), view.begin(), view.end());
  EXPECT_EQ(shown, bytes);
  EXPECT_FALSE(stream.error().has_value());
}

TEST(ChunkStream, ShowsAllBytesInRunsOfAnyLength) {
  const Bytes bytes = numbered(100'000);
  for (const std::size_t chunk_bytes : {64u, 5000u, 200'000u}) {
    for (const std::size_t step : {1u, 16u, 100u, 7001u}) {
      for (const std::size_t piece : {3u, 4096u, 1'000'000u}) {
        auto reader = std::make_unique<PieceReader>(bytes, [piece] { return piece; });
        const auto stream = make_chunk_stream(std::move(reader), chunk_bytes);
        expect_shows(*stream, bytes, step);
      }
    }
  }
}

TEST(ChunkStream, DoesNotWaitForMoreThanWanted) {
  const Bytes bytes = numbered(100);
  std::size_t reads = 0;
  auto reader = std::make_unique<PieceReader>(bytes, [&] { return ++reads, std::size_t{10}; });
  const auto stream = make_chunk_stream(std::move(reader), 1000);
  EXPECT_TRUE(stream->fill(15));
  EXPECT_EQ(reads, 2u);
  EXPECT_EQ(stream->view().size(), 20u);
  EXPECT_EQ(stream->position(), 20u);
}

TEST(ChunkStream, UsesChunksAgainThatNobodyNeeds) {
  const Bytes bytes = numbered(100'000);
  const auto stream = make_chunk_stream(std::make_unique<PieceReader>(bytes, [] { return 8192u; }), 8192);
  std::vector<const void*> seen;
  while (stream->fill(4096)) {
    seen.push_back(stream->view().data());
    stream->consume(stream->view().size());
  }
  std::sort(seen.begin(), seen.end());
  const auto distinct = std::unique(seen.begin(), seen.end()) - seen.begin();
  EXPECT_LE(distinct, 3);
  EXPECT_GE(seen.size(), 12u);
}

TEST(ChunkStream, MemoryOutlivesTheStream) {
  const Bytes bytes = numbered(100);
  auto stream = make_chunk_stream(std::make_unique<PieceReader>(bytes, [] { return 100u; }), 1000);
  stream->fill(100);
  const ByteView view = stream->view();
  const std::shared_ptr<const void> memory = stream->memory();
  stream.reset();
  EXPECT_TRUE(std::equal(view.begin(), view.end(), bytes.begin()));
}

class FailingReader final : public Reader {
 public:
  Result<std::size_t> read(std::span<std::uint8_t> into) override {
    if (has_given_) return fail(ErrorCode::kIo, {}, "the disk is gone");
    has_given_ = true;
    into[0] = 1;
    return std::size_t{1};
  }
  [[nodiscard]] std::uint64_t position() const override { return 1; }

 private:
  bool has_given_ = false;
};

TEST(ChunkStream, FailureLeavesWhatWasThere) {
  const auto stream = make_chunk_stream(std::make_unique<FailingReader>(), 100);
  EXPECT_TRUE(stream->fill(1));
  EXPECT_FALSE(stream->fill(2));
  EXPECT_FALSE(stream->fill(2));
  EXPECT_EQ(stream->view().size(), 1u);
  EXPECT_EQ(stream->error()->cause, "the disk is gone");
}

TEST(MappedStream, ShowsAllBytesInRunsOfAnyLength) {
  const Folder folder;
  const Bytes bytes = numbered(100'000);
  const std::string path = folder.add("f", bytes);
  for (const std::size_t window_bytes : {1u, 4096u, 12'288u, 1'000'000u, 32'000'000u}) {
    for (const std::size_t step : {16u, 100u, 7001u}) {
      const auto stream = mapped(path, bytes.size(), window_bytes);
      expect_shows(*stream, bytes, step);
      EXPECT_EQ(stream->position(), stream->offset());
    }
  }
}

TEST(MappedStream, DoesNotSeeWhatIsAppendedLater) {
  const Folder folder;
  const std::string path = folder.add("f", numbered(100));
  const auto stream = mapped(path, 50, 4096);
  EXPECT_TRUE(stream->fill(50));
  EXPECT_EQ(stream->view().size(), 50u);
  EXPECT_FALSE(stream->fill(51));
  EXPECT_FALSE(stream->error().has_value());
}

TEST(MappedStream, SaysThatTheFileBecameShorter) {
  const Folder folder;
  const std::string path = folder.add("f", numbered(20'000));
  const auto stream = mapped(path, 20'000, 4096);
  ASSERT_TRUE(stream->fill(100));
  EXPECT_TRUE(stream->holds());
  ASSERT_EQ(truncate(path.c_str(), 5000), 0);
  EXPECT_FALSE(stream->holds());
  stream->consume(4000);
  EXPECT_FALSE(stream->fill(200));
  EXPECT_EQ(stream->error()->cause, "the file became shorter while it was read");
}

}  // namespace
}  // namespace mogura::capture::detail
