#pragma once

// Compares bytes with what a protocol must begin with, and tells "does not agree" from "ends too early".
// Reads in wire order and never outside the view. As soon as bytes are missing all further expectations are
// void, so that the answer for a prefix is never contradicted by the answer for more bytes.

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "protocol/detail/inner_verdict.h"

namespace mogura::protocol::inner {

class Scan {
 public:
  explicit Scan(ByteView bytes) : reader_(bytes) {}

  // Big-endian, as ByteReader; zero where bytes are missing.
  std::uint8_t u8() { return reader_.u8(); }
  std::uint16_t u16() { return reader_.u16(); }
  std::uint32_t u24() { return reader_.u24(); }
  std::uint32_t u32() { return reader_.u32(); }
  ByteView take(std::size_t count) { return reader_.take(count); }
  void skip(std::size_t count) { reader_.skip(count); }

  // What was read so far must satisfy this.
  void expect(bool condition) {
    if (reader_.ok() && !condition) is_refuted_ = true;
  }
  // The next bytes must be these; a wrong one is noticed even where the rest is missing.
  void literal(std::string_view text);
  void literal(ByteView bytes) { literal(as_text(bytes)); }

  // Everything read was there, and as expected.
  [[nodiscard]] bool ok() const { return reader_.ok() && !is_refuted_; }
  [[nodiscard]] ByteView rest() const { return reader_.rest(); }
  [[nodiscard]] Match match() const {
    if (is_refuted_) return Match::kNo;
    return reader_.ok() ? Match::kYes : Match::kNeedMore;
  }

 private:
  ByteReader reader_;
  bool is_refuted_ = false;
};

inline Match match_literal(ByteView bytes, std::string_view text) {
  Scan scan(bytes);
  scan.literal(text);
  return scan.match();
}

}  // namespace mogura::protocol::inner
