#pragma once

// An input's bytes one after the other, decompressed, for readers of things that are not captures: logs.
// Reads gzip and Zstandard as captures are read, several members or frames and all. One thread; the beginning
// of an input can be looked at before.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mogura::capture {

namespace detail {
class Reader;
}

class InputBytes {
 public:
  // "-": standard input. Waits until the input's first bytes are there. Errors have no place.
  static Result<InputBytes> open(const std::string& path);

  InputBytes(InputBytes&&) noexcept;
  InputBytes& operator=(InputBytes&&) noexcept;
  ~InputBytes();

  // Fills the front of `into`, which is not empty, and waits only while there is nothing. 0: the end. After
  // an error nothing more is asked; what was decompressed before damage has been given out by then.
  Result<std::size_t> read(std::span<std::uint8_t> into);
  // Bytes of the input used up so far: of compressed inputs, compressed bytes.
  [[nodiscard]] std::uint64_t position() const;
  // "", "+gzip" or "+zstd".
  [[nodiscard]] std::string_view compression() const { return compression_; }

 private:
  InputBytes(std::unique_ptr<detail::Reader> reader, std::string_view compression);

  std::unique_ptr<detail::Reader> reader_;
  std::string_view compression_;
};

// The first bytes of an input, decompressed, at most `max_bytes`; they are still there to be read. Of a
// regular file, or of standard input where that is a file or a pipe (then what is waiting in it, and it waits
// for the first byte). Errors: kUnsupported for everything that cannot be looked at without using it up (a
// named pipe, a device), kIo.
Result<std::string> beginning_of(const std::string& path, std::size_t max_bytes);

}  // namespace mogura::capture
