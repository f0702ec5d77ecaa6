#pragma once

// A chunked body (RFC 9112 §7.1) without its trailer section: llhttp reads the lines that hold the sizes, the
// data is stepped over. Lenient about what follows a size.
//
//   5;extension CRLF  hello  CRLF  0 CRLF | trailers CRLF
//   |--- kSize ----|  kData  kEnd  kSize  | (kLastChunk: the caller reads on with FieldReader)

#include <llhttp.h>

#include <cstdint>

#include "base/bytes.h"

namespace mogura::protocol::detail {

// No chunk is that long; llhttp refuses longer ones itself, and stops counting there.
inline constexpr std::uint64_t kMaxChunkBytes = (std::uint64_t{1} << 60) - 1;

class ChunkReader {
 public:
  enum class Result : std::uint8_t { kMore, kLastChunk, kMalformed, kLimit };

  // `line_limit`: bytes of a line with a size and extensions; beyond is kLimit.
  explicit ChunkReader(std::size_t line_limit) : line_limit_(line_limit) {}

  // The reader must not move before the body's end.
  void start();
  // Takes bytes off `rest`, up to and with the line of the last chunk, or all of them (kMore).
  Result read(ByteView& rest);
  // `count` > 0 bytes are missing. True if they lay within the data of one chunk; else the place is lost.
  bool skip(std::uint64_t count);
  // Data bytes since start(), those skipped included.
  [[nodiscard]] std::uint64_t data_bytes() const { return data_bytes_; }
  // The first run of data bytes in what the latest read() took; as long as its view.
  [[nodiscard]] ByteView first_run() const { return first_run_; }

 private:
  enum class Phase : std::uint8_t { kSize, kRestOfLine, kData, kEnd };

  static const llhttp_t& prepared_parser();

  void expect_size();
  Result read_size(ByteView& rest);
  Result read_rest_of_line(ByteView& rest);
  Result read_end(ByteView& rest);
  Result end_line();
  void step(std::uint64_t count);

  std::size_t line_limit_;
  llhttp_t parser_{};
  Phase phase_ = Phase::kSize;
  std::size_t line_bytes_ = 0;
  std::uint64_t remaining_ = 0;  // of the chunk's data
  std::uint64_t data_bytes_ = 0;
  ByteView first_run_;
  bool seen_cr_ = false;
};

}  // namespace mogura::protocol::detail
