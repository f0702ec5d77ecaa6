#pragma once

// Views of bytes and a bounded reader over them. A view owns nothing: it is valid as long as the memory it
// came from, and nothing here keeps one beyond the call. Any thread.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mogura {

using ByteView = std::span<const std::uint8_t>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Big-endian (network order) loads. The caller has checked that the bytes are there.
inline std::uint16_t load_be16(const std::uint8_t* p) {
  return static_cast<std::uint16_t>((p[0] << 8) | p[1]);
}
inline std::uint32_t load_be32(const std::uint8_t* p) {
  return (std::uint32_t{p[0]} << 24) | (std::uint32_t{p[1]} << 16) | (std::uint32_t{p[2]} << 8) | p[3];
}
inline std::uint64_t load_be64(const std::uint8_t* p) {
  return (std::uint64_t{load_be32(p)} << 32) | load_be32(p + 4);
}

// Reads fields in wire order from a view. Reading past the end yields zero or an empty view and makes the
// reader fail for good: a parser reads all its fields and asks `ok()` once. Nothing is ever read outside the
// view.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : rest_(bytes) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool empty() const { return rest_.empty(); }
  [[nodiscard]] std::size_t remaining() const { return rest_.size(); }
  [[nodiscard]] ByteView rest() const { return rest_; }

  std::uint8_t u8() { return static_cast<std::uint8_t>(big_endian(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(big_endian(2)); }
  std::uint32_t u24() { return static_cast<std::uint32_t>(big_endian(3)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(big_endian(4)); }
  std::uint64_t u64() { return big_endian(8); }

  // The next `count` bytes, or an empty view and failure.
  ByteView take(std::size_t count) {
    if (count > rest_.size()) return fail();
    const ByteView taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  void skip(std::size_t count) { (void)take(count); }

  // A vector with its length in front, of 1, 2 or 3 bytes (the shape of RFC 8446 §3.4).
  ByteView vector8() { return take(u8()); }
  ByteView vector16() { return take(u16()); }
  ByteView vector24() { return take(u24()); }

 private:
  ByteView fail() {
    ok_ = false;
    rest_ = {};
    return {};
  }
  std::uint64_t big_endian(std::size_t count) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : take(count)) value = (value << 8) | byte;
    return value;
  }

  ByteView rest_;
  bool ok_ = true;
};

}  // namespace mogura
