#pragma once

// Captures built in memory, and ways to feed them to a parser in pieces. For tests and fuzzers only.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "capture/detail/capture_file.h"
#include "capture/detail/reader.h"

namespace mogura::capture::detail::testing {

using Bytes = std::vector<std::uint8_t>;

inline Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

inline Bytes bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

// Writes numbers in one byte order.
class Writer {
 public:
  explicit Writer(bool big_endian) : big_endian_(big_endian) {}

  Writer& u16(std::uint16_t value) { return number(value, 2); }
  Writer& u32(std::uint32_t value) { return number(value, 4); }
  Writer& u64(std::uint64_t value) { return number(value, 8); }
  Writer& raw(const Bytes& bytes) {
    bytes_ = std::move(bytes_) + bytes;
    return *this;
  }
  Writer& pad() {
    while (bytes_.size() % 4 != 0) bytes_.push_back(0);
    return *this;
  }
  [[nodiscard]] const Bytes& bytes() const { return bytes_; }

 private:
  Writer& number(std::uint64_t value, unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
      const unsigned shift = 8 * (big_endian_ ? count - 1 - i : i);
      bytes_.push_back(static_cast<std::uint8_t>(value >> shift));
    }
    return *this;
  }

  bool big_endian_;
  Bytes bytes_;
};

constexpr std::uint32_t kMicroseconds = 0xA1B2C3D4;
constexpr std::uint32_t kNanoseconds = 0xA1B23C4D;
constexpr std::uint32_t kModified = 0xA1B2CD34;

inline Bytes pcap_header(std::uint32_t magic = kMicroseconds, bool big_endian = false,
                         std::uint32_t link_type = 1) {
  return Writer(big_endian).u32(magic).u16(2).u16(4).u32(0).u32(0).u32(262144).u32(link_type).bytes();
}

// `original`: 0 for the length of `data`.
inline Bytes pcap_record(std::uint32_t seconds, std::uint32_t fraction, const Bytes& data,
                         bool big_endian = false, std::uint32_t original = 0) {
  const auto length = static_cast<std::uint32_t>(data.size());
  Writer writer(big_endian);
  return writer.u32(seconds)
      .u32(fraction)
      .u32(length)
      .u32(original == 0 ? length : original)
      .raw(data)
      .bytes();
}

inline Bytes block(std::uint32_t type, const Bytes& body, bool big_endian = false) {
  const Bytes padded = Writer(big_endian).raw(body).pad().bytes();
  const auto length = static_cast<std::uint32_t>(padded.size() + 12);
  return Writer(big_endian).u32(type).u32(length).raw(padded).u32(length).bytes();
}

inline Bytes section(bool big_endian = false, std::uint64_t length = ~std::uint64_t{0}) {
  return block(0x0A0D0D0A, Writer(big_endian).u32(0x1A2B3C4D).u16(1).u16(0).u64(length).bytes(), big_endian);
}

inline Bytes option(std::uint16_t code, const Bytes& value, bool big_endian = false) {
  return Writer(big_endian).u16(code).u16(static_cast<std::uint16_t>(value.size())).raw(value).pad().bytes();
}

inline Bytes interface(std::uint16_t link_type = 1, const Bytes& options = {}, bool big_endian = false,
                       std::uint32_t snapshot = 0) {
  return block(1, Writer(big_endian).u16(link_type).u16(0).u32(snapshot).raw(options).bytes(), big_endian);
}

inline Bytes enhanced(std::uint32_t number, std::uint64_t ticks, const Bytes& data, bool big_endian = false,
                      std::uint32_t original = 0) {
  const auto length = static_cast<std::uint32_t>(data.size());
  Writer body(big_endian);
  body.u32(number).u32(static_cast<std::uint32_t>(ticks >> 32)).u32(static_cast<std::uint32_t>(ticks));
  body.u32(length).u32(original == 0 ? length : original).raw(data).pad();
  return block(6, body.bytes(), big_endian);
}

// Gives out `bytes` in pieces of the sizes that `next_size` says, as a pipe would.
class PieceReader final : public Reader {
 public:
  PieceReader(ByteView bytes, std::function<std::size_t()> next_size)
      : bytes_(bytes), next_size_(std::move(next_size)) {}

  Result<std::size_t> read(std::span<std::uint8_t> into) override {
    const std::size_t size = std::max<std::size_t>(next_size_(), 1);
    const std::size_t count = std::min({size, into.size(), bytes_.size() - position_});
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(position_), count, into.begin());
    position_ += count;
    return count;
  }
  [[nodiscard]] std::uint64_t position() const override { return position_; }

 private:
  ByteView bytes_;
  std::function<std::size_t()> next_size_;
  std::size_t position_ = 0;
};

// A frame with bytes of its own.
struct Copy {
  Bytes bytes;
  std::uint32_t original_length;
  packet::LinkType link_type;
  std::int64_t nanoseconds;

  bool operator==(const Copy&) const = default;
};

struct Outcome {
  std::vector<Copy> frames;
  InputReport report;
};

inline void copy_frames(const Batch& batch, std::vector<Copy>& frames) {
  for (const packet::Frame& frame : batch.frames) {
    frames.push_back({Bytes(frame.bytes.begin(), frame.bytes.end()), frame.original_length, frame.link_type,
                      frame.time.time_since_epoch().count()});
  }
}

// Reads a capture to its end through chunks of `chunk_bytes`.
inline Outcome read_pieces(ByteView capture, std::size_t chunk_bytes, std::size_t max_frames,
                           std::function<std::size_t()> next_size, bool is_cold = false) {
  Outcome outcome;
  outcome.report.path = "capture";
  auto reader = std::make_unique<PieceReader>(capture, std::move(next_size));
  CaptureFile file(outcome.report, make_chunk_stream(std::move(reader), chunk_bytes), is_cold);
  for (Batch batch; file.read(batch, max_frames);) copy_frames(batch, outcome.frames);
  return outcome;
}

// All at once.
inline Outcome read_whole(ByteView capture, bool is_cold = false) {
  const std::size_t all = capture.size() + 1;
  return read_pieces(
      capture, all * 2, all, [all] { return all; }, is_cold);
}

// For fuzzers.
inline void check_same(const Outcome& left, const Outcome& right) {
  MOGURA_CHECK(left.frames == right.frames);
  MOGURA_CHECK(left.report.packets == right.report.packets && left.report.bytes == right.report.bytes);
  MOGURA_CHECK(left.report.errors.size() == right.report.errors.size());
  for (std::size_t i = 0; i < left.report.errors.size(); ++i) {
    MOGURA_CHECK(left.report.errors[i].message() == right.report.errors[i].message());
  }
}

// A folder of its own for the files of a test, gone afterwards.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "mogura-capture-XXXXXX").string();
    MOGURA_CHECK(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  // Writes a file and gives its path.
  std::string add(const std::string& name, const Bytes& bytes) const {
    const std::string path = at(name);
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return path;
  }
  [[nodiscard]] std::string at(const std::string& name) const { return (path_ / name).string(); }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace mogura::capture::detail::testing
