#pragma once

// A capture's bytes as a view that slides forward over memory which others may keep: parsed frames point into
// it, and each batch holds the memory it needs. Two kinds: chunks filled from a reader, and windows of a
// mapped file. One thread slides; memory may be dropped on any.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "capture/detail/reader.h"

namespace mogura::capture::detail {

class ByteStream {
 public:
  virtual ~ByteStream() = default;

  // Makes the view at least `wanted` bytes long, longer where that costs nothing, waiting if need be. False
  // when the input ends or fails before that: the view then holds all that is left.
  virtual bool fill(std::size_t wanted) = 0;

  // Whether the view is still what it was. Not so if a mapped file has become shorter; error() is then set,
  // and fill() fails from now on.
  virtual bool holds() = 0;

  // Bytes of the input file used up so far. Compressed input: compressed bytes.
  [[nodiscard]] virtual std::uint64_t position() const = 0;

  // Drops the first `count` bytes of the view.
  void consume(std::size_t count) {
    view_ = view_.subspan(count);
    offset_ += count;
  }

  [[nodiscard]] ByteView view() const { return view_; }
  // What the view points into.
  [[nodiscard]] const std::shared_ptr<const void>& memory() const { return memory_; }
  // Of the view's first byte, in the uncompressed stream.
  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  // Why fill() failed, unless the input has simply ended. Without a place.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 protected:
  ByteView view_;
  std::shared_ptr<const void> memory_;
  std::uint64_t offset_ = 0;
  std::optional<Error> error_;
};

// `chunk_bytes`: how much is read into one piece of memory. What does not end in one chunk is carried over.
std::unique_ptr<ByteStream> make_chunk_stream(std::unique_ptr<Reader> reader, std::size_t chunk_bytes);

// A regular file as it is now: what is appended later is not seen. `window_bytes` of it are mapped at a time.
// If the file shrinks while it is read, holds() and fill() say so; lost bytes of windows handed out before
// read as zero.
std::unique_ptr<ByteStream> make_mapped_stream(Descriptor file, std::uint64_t file_bytes,
                                               std::size_t window_bytes);

}  // namespace mogura::capture::detail
