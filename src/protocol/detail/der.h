#pragma once

// Walks over DER elements (X.690 §8.1, §10.1) one after the other; going into one is the caller's step, so
// nothing here recurses. Only what certificates need: tags below 31, definite lengths of up to four bytes.
// Longer forms of a length than necessary are accepted.
//
//   | tag | length < 128           | contents …
//   | tag | 0x80 + n | n bytes     | contents …        1 <= n <= 4

#include <algorithm>
#include <cstdint>

#include "base/bytes.h"

namespace mogura::protocol::detail {

struct DerElement {
  std::uint8_t tag = 0;
  ByteView contents;
  ByteView whole;       // tag and length in front
  bool is_cut = false;  // fewer contents are there than the length says
};

inline constexpr std::uint8_t kDerInteger = 0x02;
inline constexpr std::uint8_t kDerObjectIdentifier = 0x06;
inline constexpr std::uint8_t kDerSequence = 0x30;
inline constexpr std::uint8_t kDerSet = 0x31;

class DerReader {
 public:
  explicit DerReader(ByteView bytes) : rest_(bytes) {}

  [[nodiscard]] bool empty() const { return rest_.empty(); }
  // The tag of the next element; 0 (which no element has) at the end.
  [[nodiscard]] std::uint8_t peek() const { return rest_.empty() ? std::uint8_t{0} : rest_.front(); }

  // The next element. False at the end and where none can be read; then nothing more can be read either.
  bool next(DerElement& element) {
    ByteReader reader(rest_);
    const std::uint8_t tag = reader.u8();
    std::size_t length = reader.u8();
    if (length >= 0x80) length = long_length(reader, length & 0x7F);
    if (!reader.ok() || (tag & 0x1F) == 0x1F) {
      rest_ = {};
      return false;
    }
    const std::size_t header = rest_.size() - reader.remaining();
    element.tag = tag;
    element.is_cut = length > reader.remaining();
    element.contents = reader.take(std::min(length, reader.remaining()));
    element.whole = rest_.first(header + element.contents.size());
    rest_ = reader.rest();
    return true;
  }
  // The next element if it has this tag and is whole.
  bool next(std::uint8_t tag, DerElement& element) {
    return peek() == tag && next(element) && !element.is_cut;
  }
  // The next element if it has this tag, whole or not.
  bool next_even_cut(std::uint8_t tag, DerElement& element) { return peek() == tag && next(element); }

 private:
  // Makes the reader fail for lengths of no bytes (the indefinite form) and of more than four.
  static std::size_t long_length(ByteReader& reader, std::size_t count) {
    if (count == 0 || count > 4) reader.skip(reader.remaining() + 1);
    std::size_t length = 0;
    for (std::size_t i = 0; i < count && reader.ok(); ++i) length = (length << 8) | reader.u8();
    return length;
  }

  ByteView rest_;
};

}  // namespace mogura::protocol::detail
