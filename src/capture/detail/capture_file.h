#pragma once

// One input, opened: its bytes, its format's parser, and its report. One thread.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "capture/detail/byte_stream.h"
#include "capture/detail/parser.h"
#include "capture/source.h"

namespace mogura::capture::detail {

// How inputs are read. The defaults are what was measured best; tests make things small.
struct Options {
  // Of a plain file mapped at once. Below 4 MiB huge pages of the page cache are not made use of (41 ns a
  // frame for 33); above 8 MiB nothing is gained but memory used.
  std::size_t window_bytes = std::size_t{8} << 20;
  // Of a pipe or of decompressed data read at once: what fits a level 2 cache beside its frames.
  std::size_t chunk_bytes = std::size_t{512} << 10;
  // Bring mapped records into the cache ahead of the parser: pays unless only the first packet is wanted.
  bool look_ahead = true;
};

// The path that stands for standard input.
inline constexpr std::string_view kStandardInput = "-";

class CaptureFile {
 public:
  // Opens the report's path and finds out what it is; waits for the first bytes of a pipe. What cannot be
  // read is in the report's errors, and read() then gives nothing. `report` outlives this.
  CaptureFile(InputReport& report, const Options& options);

  // For bytes that are no file: fuzzers and tests.
  CaptureFile(InputReport& report, std::unique_ptr<ByteStream> stream, bool is_cold);

  // Clears `batch` and puts frames into it, one at least, from one piece of memory; waits only while there is
  // none. False at the end.
  bool read(Batch& batch, std::size_t max_frames);

  // False when the input is no capture at all, whatever the reason.
  [[nodiscard]] bool is_capture() const { return parser_ != nullptr; }
  // Bytes of the input file used up so far.
  [[nodiscard]] std::uint64_t position() const { return stream_ ? stream_->position() : 0; }
  // The lowest and highest time in the batch last read.
  [[nodiscard]] Timestamp batch_first() const { return batch_first_; }
  [[nodiscard]] Timestamp batch_last() const { return batch_last_; }

 private:
  Result<Content> open_stream(const Options& options);
  // Whatever is no plain file: pipes and compressed data.
  Result<Content> open_reader(Descriptor descriptor, const Options& options);
  void choose_parser(Content content);
  void count(const Batch& batch);
  // The input has ended: cleanly, in the middle of something, or because it cannot be read any further.
  void finish();
  void stop(Error error);
  void refuse(Error error);

  InputReport& report_;
  std::unique_ptr<ByteStream> stream_;
  std::unique_ptr<Parser> parser_;
  std::string compression_;  // what goes behind the format's name
  bool is_cold_ = false;
  bool has_ended_ = false;
  Timestamp batch_first_;
  Timestamp batch_last_;
};

}  // namespace mogura::capture::detail
