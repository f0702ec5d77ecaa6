#include "capture/detail/byte_stream.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <vector>

#include "capture/detail/window.h"

namespace mogura::capture::detail {
namespace {

// A chunk with less room than this is left for a new one, rather than filled by a tiny read.
constexpr std::size_t kLeastRoom = 4096;
// Used chunks kept for filling again.
constexpr std::size_t kSpareChunks = 8;

using Chunk = std::unique_ptr<std::uint8_t[]>;

// Chunks that no batch needs any more come back here, from whichever thread dropped the batch.
class ChunkPool {
 public:
  explicit ChunkPool(std::size_t chunk_bytes) : chunk_bytes_(chunk_bytes) {}

  [[nodiscard]] std::size_t chunk_bytes() const { return chunk_bytes_; }

  Chunk take() {
    const std::lock_guard lock(mutex_);
    if (spare_.empty()) return Chunk(new std::uint8_t[chunk_bytes_]);
    Chunk chunk = std::move(spare_.back());
    spare_.pop_back();
    return chunk;
  }

  void give_back(Chunk chunk) {
    const std::lock_guard lock(mutex_);
    if (spare_.size() < kSpareChunks) spare_.push_back(std::move(chunk));
  }

 private:
  const std::size_t chunk_bytes_;
  std::mutex mutex_;
  std::vector<Chunk> spare_;
};

// A chunk with its way back. One larger than usual has none.
class HeldChunk {
 public:
  HeldChunk(std::shared_ptr<ChunkPool> pool, std::size_t bytes)
      : pool_(bytes == pool->chunk_bytes() ? std::move(pool) : nullptr),
        chunk_(pool_ ? pool_->take() : Chunk(new std::uint8_t[bytes])),
        bytes_(bytes) {}
  ~HeldChunk() {
    if (pool_) pool_->give_back(std::move(chunk_));
  }
  HeldChunk(const HeldChunk&) = delete;
  HeldChunk& operator=(const HeldChunk&) = delete;

  [[nodiscard]] std::span<std::uint8_t> bytes() const { return {chunk_.get(), bytes_}; }

 private:
  std::shared_ptr<ChunkPool> pool_;
  Chunk chunk_;
  std::size_t bytes_;
};

class ChunkStream final : public ByteStream {
 public:
  ChunkStream(std::unique_ptr<Reader> reader, std::size_t chunk_bytes)
      : reader_(std::move(reader)), pool_(std::make_shared<ChunkPool>(chunk_bytes)) {}

  bool fill(std::size_t wanted) override {
    while (view_.size() < wanted) {
      if (has_ended_) return false;
      make_room(wanted);
      read_once();
    }
    return true;
  }

  bool holds() override { return true; }

  [[nodiscard]] std::uint64_t position() const override { return reader_->position(); }

 private:
  void make_room(std::size_t wanted) {
    const std::size_t least = std::max(wanted - view_.size(), std::min(kLeastRoom, pool_->chunk_bytes() / 2));
    if (room_.size() >= least) return;
    auto chunk =
        std::make_shared<const HeldChunk>(pool_, std::max(pool_->chunk_bytes(), view_.size() + least));
    const std::span<std::uint8_t> bytes = chunk->bytes();
    std::copy(view_.begin(), view_.end(), bytes.begin());
    room_ = bytes.subspan(view_.size());
    view_ = bytes.first(view_.size());
    memory_ = std::move(chunk);
  }

  void read_once() {
    const Result<std::size_t> count = reader_->read(room_);
    has_ended_ = !count || *count == 0;
    if (!count) error_ = count.error();
    if (has_ended_) return;
    view_ = {view_.data(), view_.size() + *count};
    room_ = room_.subspan(*count);
  }

  std::unique_ptr<Reader> reader_;
  std::shared_ptr<ChunkPool> pool_;
  std::span<std::uint8_t> room_;  // the rest of the chunk, right behind the view
  bool has_ended_ = false;
};

// Windows begin where the page cache may have huge pages, so that one page-table entry can stand for 2 MiB.
constexpr std::uint64_t kHugePageBytes = std::uint64_t{2} << 20;

class MappedStream final : public ByteStream {
 public:
  MappedStream(Descriptor file, std::uint64_t file_bytes, std::size_t window_bytes)
      : file_(std::move(file)),
        file_bytes_(file_bytes),
        window_bytes_(window_bytes),
        alignment_(window_bytes < 2 * kHugePageBytes ? page_bytes() : kHugePageBytes) {}

  bool fill(std::size_t wanted) override {
    if (view_.size() >= wanted) return true;
    if (error_ || offset_ + view_.size() == file_bytes_ || !is_whole()) return false;
    const std::uint64_t begin = offset_ / alignment_ * alignment_;
    const auto ahead = static_cast<std::size_t>(offset_ - begin);
    const std::uint64_t bytes =
        std::min<std::uint64_t>(std::max(window_bytes_, ahead + wanted), file_bytes_ - begin);
    auto window = std::make_shared<const Window>(file_.number(), begin, static_cast<std::size_t>(bytes));
    if (window->error() != 0) {
      error_ = system_error(window->error());
      return false;
    }
    view_ = window->bytes().subspan(ahead);
    memory_ = std::move(window);
    return view_.size() >= wanted;
  }

  bool holds() override { return is_whole(); }

  [[nodiscard]] std::uint64_t position() const override { return offset_; }

 private:
  static std::uint64_t page_bytes() { return static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)); }

  bool is_whole() {
    struct stat now {};
    if (fstat(file_.number(), &now) != 0 || static_cast<std::uint64_t>(now.st_size) >= file_bytes_)
      return true;
    error_ = Error{ErrorCode::kIo, {}, "the file became shorter while it was read"};
    return false;
  }

  Descriptor file_;
  const std::uint64_t file_bytes_;
  const std::size_t window_bytes_;
  const std::uint64_t alignment_;
};

}  // namespace

std::unique_ptr<ByteStream> make_chunk_stream(std::unique_ptr<Reader> reader, std::size_t chunk_bytes) {
  return std::make_unique<ChunkStream>(std::move(reader), chunk_bytes);
}

std::unique_ptr<ByteStream> make_mapped_stream(Descriptor file, std::uint64_t file_bytes,
                                               std::size_t window_bytes) {
  return std::make_unique<MappedStream>(std::move(file), file_bytes, window_bytes);
}

}  // namespace mogura::capture::detail
