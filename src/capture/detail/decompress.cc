#include "capture/detail/decompress.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>

#include "base/check.h"

namespace mogura::capture::detail {
namespace {

constexpr std::size_t kInputBytes = std::size_t{128} << 10;
// What a Zstandard frame begins with: magic and one byte that says how long the frame's header is.
constexpr std::size_t kFirstHint = 5;

// The compressed bytes that have been read and not yet taken.
class Input {
 public:
  explicit Input(std::unique_ptr<Reader> reader)
      : reader_(std::move(reader)), buffer_(std::make_unique<std::uint8_t[]>(kInputBytes)) {}

  // Reads more when everything has been taken. False at the end of the input.
  Result<bool> fill() {
    if (!rest_.empty()) return true;
    const Result<std::size_t> count = reader_->read({buffer_.get(), kInputBytes});
    if (!count) return tl::unexpected(count.error());
    rest_ = {buffer_.get(), *count};
    return *count != 0;
  }

  [[nodiscard]] std::span<std::uint8_t> rest() const { return rest_; }
  void keep_last(std::size_t count) { rest_ = rest_.last(count); }
  [[nodiscard]] std::uint64_t position() const { return reader_->position() - rest_.size(); }

 private:
  std::unique_ptr<Reader> reader_;
  std::unique_ptr<std::uint8_t[]> buffer_;
  std::span<std::uint8_t> rest_;
};

class GzipReader final : public Reader {
 public:
  explicit GzipReader(std::unique_ptr<Reader> compressed) : input_(std::move(compressed)) {
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    MOGURA_CHECK(inflateInit2(&stream_, kGzipOnly) == Z_OK);
  }
  ~GzipReader() override { inflateEnd(&stream_); }
  GzipReader(const GzipReader&) = delete;
  GzipReader& operator=(const GzipReader&) = delete;

  Result<std::size_t> read(std::span<std::uint8_t> into) override;
  [[nodiscard]] std::uint64_t position() const override { return input_.position(); }

 private:
  enum class State { kInMember, kBetweenMembers, kPadding, kDamaged };

  // Decompresses once, from what input there is. The count of bytes that came out.
  Result<std::size_t> inflate_once(std::span<std::uint8_t> into);
  Result<std::size_t> at_end() const;
  // Between members: another one, zeros up to the end (tapes pad so), or something that does not belong
  // there.
  Result<std::size_t> begin_member();

  Input input_;
  z_stream stream_{};
  State state_ = State::kInMember;
  bool held_back_ = false;  // the output was full, so the library may have more without more input
};

Result<std::size_t> GzipReader::read(std::span<std::uint8_t> into) {
  for (;;) {
    if (state_ == State::kDamaged) return fail(ErrorCode::kFormat, {}, "the gzip data is damaged");
    if (!held_back_) {
      const Result<bool> more = input_.fill();
      if (!more) return tl::unexpected(more.error());
      if (!*more) return at_end();
    }
    const Result<std::size_t> count = state_ == State::kInMember ? inflate_once(into) : begin_member();
    if (!count || *count != 0) return count;
  }
}

Result<std::size_t> GzipReader::at_end() const {
  if (state_ != State::kInMember) return std::size_t{0};
  return fail(ErrorCode::kTruncated, {}, "the gzip data ends early");
}

Result<std::size_t> GzipReader::begin_member() {
  constexpr std::uint8_t kFirstMagicByte = 0x1F;
  const std::span<std::uint8_t> rest = input_.rest();
  if (rest.front() == kFirstMagicByte && state_ == State::kBetweenMembers) {
    inflateReset(&stream_);
    state_ = State::kInMember;
    return std::size_t{0};
  }
  const auto other = std::find_if(rest.begin(), rest.end(), [](std::uint8_t byte) { return byte != 0; });
  if (other != rest.end()) return fail(ErrorCode::kFormat, {}, "the gzip data is followed by something else");
  state_ = State::kPadding;
  input_.keep_last(0);
  return std::size_t{0};
}

Result<std::size_t> GzipReader::inflate_once(std::span<std::uint8_t> into) {
  const std::span<std::uint8_t> rest = input_.rest();
  const std::size_t room = std::min<std::size_t>(into.size(), 1u << 30);
  stream_.next_in = rest.data();
  stream_.avail_in = static_cast<uInt>(rest.size());
  stream_.next_out = into.data();
  stream_.avail_out = static_cast<uInt>(room);
  const int outcome = inflate(&stream_, Z_NO_FLUSH);
  input_.keep_last(stream_.avail_in);
  held_back_ = outcome == Z_OK && stream_.avail_out == 0;
  if (outcome == Z_STREAM_END) {
    state_ = State::kBetweenMembers;
  } else if (outcome != Z_OK && outcome != Z_BUF_ERROR) {
    state_ = State::kDamaged;  // said by the next call: what came out before the damage is given out first
  }
  return room - stream_.avail_out;
}

class ZstdReader final : public Reader {
 public:
  explicit ZstdReader(std::unique_ptr<Reader> compressed)
      : input_(std::move(compressed)), stream_(ZSTD_createDStream(), ZSTD_freeDStream) {
    MOGURA_CHECK(stream_ != nullptr);
    ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, kZstdWindowLog);
  }

  Result<std::size_t> read(std::span<std::uint8_t> into) override;
  [[nodiscard]] std::uint64_t position() const override { return input_.position(); }

 private:
  Result<std::size_t> decompress_once(std::span<std::uint8_t> into);

  Input input_;
  std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream_;
  bool in_frame_ = true;
  bool held_back_ = false;  // as above
  std::size_t hint_ = kFirstHint;
};

Result<std::size_t> ZstdReader::read(std::span<std::uint8_t> into) {
  for (;;) {
    if (!held_back_) {
      const Result<bool> more = input_.fill();
      if (!more) return tl::unexpected(more.error());
      if (!*more && !in_frame_) return std::size_t{0};
      if (!*more) return fail(ErrorCode::kTruncated, {}, "the zstd data ends early");
    }
    const Result<std::size_t> count = decompress_once(into);
    if (!count || *count != 0) return count;
  }
}

Result<std::size_t> ZstdReader::decompress_once(std::span<std::uint8_t> into) {
  // Fed block by block, as the library's hints say, so that an error does not take blocks before it along.
  const std::span<std::uint8_t> rest = input_.rest();
  ZSTD_inBuffer in{rest.data(), std::min(rest.size(), hint_), 0};
  ZSTD_outBuffer out{into.data(), into.size(), 0};
  const std::size_t outcome = ZSTD_decompressStream(stream_.get(), &out, &in);
  if (ZSTD_isError(outcome) != 0) {
    return fail(ErrorCode::kFormat, {},
                std::string("the zstd data is damaged: ") + ZSTD_getErrorName(outcome));
  }
  input_.keep_last(rest.size() - in.pos);
  in_frame_ = outcome != 0;
  hint_ = std::max<std::size_t>(outcome, 1);
  held_back_ = in_frame_ && out.pos == out.size;
  return out.pos;
}

}  // namespace

std::unique_ptr<Reader> make_gzip_reader(std::unique_ptr<Reader> compressed) {
  return std::make_unique<GzipReader>(std::move(compressed));
}

std::unique_ptr<Reader> make_zstd_reader(std::unique_ptr<Reader> compressed) {
  return std::make_unique<ZstdReader>(std::move(compressed));
}

}  // namespace mogura::capture::detail
