#pragma once

// How the plain HTTP of a connection looks (session::HttpShape): filled as heads and bodies go by. Counts and
// sizes only; of fields that hold secrets the presence, of targets how their bytes are spread.

#include <array>
#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "protocol/http1.h"
#include "session/session.h"

namespace mogura::session::detail {

// How often each byte occurred in the first kBytes of what was added.
class ByteSpread {
 public:
  static constexpr std::uint32_t kBytes = 4096;

  void add(std::string_view text);
  // Shannon entropy in bits per byte, to four places; 0 of nothing.
  [[nodiscard]] double entropy_bits() const;
  void clear();

 private:
  std::array<std::uint16_t, 256> counts_{};
  std::array<std::uint8_t, 256> bytes_{};  // those that occurred
  std::size_t distinct_ = 0;
  std::uint32_t total_ = 0;
};

class HttpShapeRecorder {
 public:
  static constexpr std::size_t kContentTypeBytes = 64;

  // Both must outlive it.
  HttpShapeRecorder(HttpShape& shape, ByteSpread& targets) : shape_(shape), targets_(targets) {}

  // A request but for CONNECT; `path`: path and query of its target.
  void on_request(const protocol::Http1Head& head, std::string_view path);
  void on_answer(const protocol::Http1Head& head);

  // A head that announced a body ended at `time`.
  void begin_body(Direction direction, Timestamp time);
  void add_body(Direction direction, std::uint64_t bytes, Timestamp time) {
    const auto i = static_cast<std::size_t>(direction);
    if (!ways_[i].is_open) return;
    shape_.body_bytes[i] += bytes;
    ways_[i].latest = time;
  }
  void end_body(Direction direction, Timestamp time);
  // Where a body ends will not be known any more: it counts as far as it was seen.
  void lose_body(Direction direction) {
    end_body(direction, ways_[static_cast<std::size_t>(direction)].latest);
  }

  // Writes what depends on bodies that are still open, at `end`. `is_over`: they will not end any more. May
  // be called again.
  void write(Timestamp end, bool is_over) const;

 private:
  struct Way {
    Timestamp begin{};
    Timestamp latest{};  // bytes of the open body
    Duration longest{};  // of bodies that ended
    bool is_open = false;
  };
  HttpShape& shape_;
  ByteSpread& targets_;
  std::array<Way, 2> ways_;
};

}  // namespace mogura::session::detail
