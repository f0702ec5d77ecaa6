#pragma once

// Counts the records of one direction of a TLS connection (RFC 8446 §5.1) without keeping them: a few bytes
// of state, and only record headers are looked at. After a gap it finds its place again where a segment
// begins with a plausible record header; one segment of encrypted bytes in about a million looks like that by
// chance. Not a decrypter, not a validator.
//
//   0       1       2       3       4       5
//   | type  |    version    |    length     |  fragment, `length` bytes …
//   | 20-24 |   3   |  0-4  |  at most 2^14 + 2048

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace mogura::protocol {

class TlsRecords {
 public:
  static constexpr std::size_t kHeaderBytes = 5;
  // RFC 8446 §5.2 allows 2^14 + 256, RFC 5246 §6.2.3 2^14 + 2048.
  static constexpr std::uint32_t kMaxLength = (1u << 14) + 2048;

  // Whether up to five bytes can be the beginning of a record, as far as they go.
  static bool plausible_prefix(ByteView header) {
    const std::size_t size = header.size();
    return (size < 1 || (header[0] >= 20 && header[0] <= 24)) && (size < 2 || header[1] == 3) &&
           (size < 3 || header[2] <= 4) &&
           (size < kHeaderBytes || load_be16(header.data() + 3) <= kMaxLength);
  }
  // The same for a whole header of kHeaderBytes.
  static bool plausible(const std::uint8_t* header) { return plausible_prefix({header, kHeaderBytes}); }

  // Walks through bytes of the stream; calls on_record(type, length) for each record header met (length of
  // the fragment, without the header). Cost: O(records), not O(bytes).
  template <class OnRecord>
  void feed(ByteView bytes, OnRecord&& on_record) {
    if (lost_ && !resume(bytes)) return;
    while (!bytes.empty()) {
      if (remaining_ != 0) {
        const std::size_t step = std::min<std::size_t>(remaining_, bytes.size());
        remaining_ -= static_cast<std::uint32_t>(step);
        bytes = bytes.subspan(step);
        continue;
      }
      if (header_size_ == 0 && bytes.size() >= kHeaderBytes) {
        if (!accept(bytes.data(), on_record)) return;
        bytes = bytes.subspan(kHeaderBytes);
        continue;
      }
      header_[header_size_++] = bytes.front();
      bytes = bytes.subspan(1);
      if (header_size_ == kHeaderBytes) {
        header_size_ = 0;
        if (!accept(header_.data(), on_record)) return;
      }
    }
  }

  // `count` bytes are missing. True if they lie inside the current record.
  bool skip(std::uint64_t count) {
    if (!lost_ && header_size_ == 0 && count <= remaining_) {
      remaining_ -= static_cast<std::uint32_t>(count);
      return true;
    }
    lose();
    return false;
  }

  [[nodiscard]] bool is_lost() const { return lost_; }

 private:
  template <class OnRecord>
  bool accept(const std::uint8_t* header, OnRecord&& on_record) {
    if (!plausible(header)) {
      lose();
      return false;
    }
    remaining_ = load_be16(header + 3);
    on_record(header[0], remaining_);
    return true;
  }
  void lose() {
    lost_ = true;
    remaining_ = 0;
    header_size_ = 0;
  }
  bool resume(ByteView bytes) {
    if (bytes.size() < kHeaderBytes || !plausible(bytes.data())) return false;
    lost_ = false;
    return true;
  }

  std::uint32_t remaining_ = 0;  // bytes of the current record still to come
  std::uint8_t header_size_ = 0;
  bool lost_ = false;
  std::array<std::uint8_t, kHeaderBytes> header_{};
};

}  // namespace mogura::protocol
