#pragma once

// Bytes of one direction that cannot be understood yet (the answer to a CONNECT is still out, the other side
// has not spoken) with their boundaries, times and gaps, in stream order. Owns copies. The caller bounds it.

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "packet/tcp.h"

namespace mogura::session::detail {

class Held {
 public:
  struct Piece {
    ByteView bytes;                // empty for a gap; valid until the next push() or pop()
    std::uint64_t gap_length = 0;  // 0 for bytes
    packet::GapKind gap_kind = packet::GapKind::kNotCaptured;
    packet::Delivery delivery;
    bool is_rest = false;  // the beginning of this segment went before (as bytes that were consumed)
  };

  [[nodiscard]] bool empty() const { return front_ == entries_.size(); }
  [[nodiscard]] std::size_t bytes() const { return buffer_.size() - begin_; }
  [[nodiscard]] std::size_t pieces() const { return entries_.size() - front_; }
  // Bytes from the front on, up to the first gap: they are contiguous.
  [[nodiscard]] ByteView leading_bytes() const { return as_bytes(buffer_).subspan(begin_, leading_); }
  // Whether a gap follows leading_bytes().
  [[nodiscard]] bool has_gap() const { return gaps_ != 0; }

  void push(ByteView bytes, const packet::Delivery& delivery, bool is_rest) {
    buffer_.append(as_text(bytes));
    entries_.push_back({bytes.size(), 0, packet::GapKind::kNotCaptured, is_rest, delivery});
    if (gaps_ == 0) leading_ += bytes.size();
  }
  void push_gap(std::uint64_t length, packet::GapKind kind, const packet::Delivery& delivery, bool is_rest) {
    entries_.push_back({0, length, kind, is_rest, delivery});
    ++gaps_;
  }
  [[nodiscard]] Piece front() const {
    const Entry& entry = entries_[front_];
    return {as_bytes(buffer_).subspan(begin_, entry.length), entry.gap_length, entry.gap_kind, entry.delivery,
            entry.is_rest};
  }
  // Drops the front gap, or `count` bytes of the front piece.
  void pop(std::size_t count) {
    Entry& entry = entries_[front_];
    if (entry.gap_length != 0) {
      --gaps_;
      ++front_;
      measure_leading();
      return;
    }
    begin_ += count;
    leading_ -= count;
    entry.length -= count;
    entry.is_rest = true;
    if (entry.length == 0) ++front_;
  }

 private:
  struct Entry {
    std::size_t length;
    std::uint64_t gap_length;
    packet::GapKind gap_kind;
    bool is_rest;
    packet::Delivery delivery;
  };

  void measure_leading() {
    leading_ = 0;
    for (std::size_t i = front_; i < entries_.size() && entries_[i].gap_length == 0; ++i) {
      leading_ += entries_[i].length;
    }
  }

  std::string buffer_;
  std::vector<Entry> entries_;
  std::size_t begin_ = 0;    // of the front piece, in buffer_
  std::size_t front_ = 0;    // first live entry
  std::size_t leading_ = 0;  // bytes before the first gap
  std::size_t gaps_ = 0;
};

}  // namespace mogura::session::detail
