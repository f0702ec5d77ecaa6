#pragma once

// Bytes for the tests of TLS: commented hexadecimal, vectors with their lengths in front, records, and the
// recorded handshakes that the fuzzers start from.

#include <fstream>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace mogura::protocol::test {

using Bytes = std::vector<std::uint8_t>;

// Digits of hexadecimal; spaces are for the reader.
inline Bytes hex(std::string_view text) {
  Bytes bytes;
  int high = -1;
  for (const char c : text) {
    if (c == ' ') continue;
    const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    if (digit < 0 || digit > 15) throw std::invalid_argument("not hexadecimal");
    if (high >= 0) bytes.push_back(static_cast<std::uint8_t>(high << 4 | digit));
    high = high < 0 ? digit : -1;
  }
  return bytes;
}

inline Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

inline Bytes text(std::string_view characters) {
  return {characters.begin(), characters.end()};
}

// The bytes with their number in front, in `width` bytes.
inline Bytes sized(unsigned width, const Bytes& bytes) {
  Bytes result;
  for (unsigned i = width; i-- > 0;) result.push_back(static_cast<std::uint8_t>(bytes.size() >> (8 * i)));
  return result + bytes;
}
inline Bytes u16(std::size_t number) {
  return {static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}
inline Bytes numbers(const std::vector<std::uint16_t>& values) {
  Bytes result;
  for (const std::uint16_t value : values) result = std::move(result) + u16(value);
  return result;
}

inline Bytes message(std::uint8_t type, const Bytes& body) {
  return Bytes{type} + sized(3, body);
}
inline Bytes record(std::uint8_t type, const Bytes& fragment) {
  return Bytes{type, 3, 1} + sized(2, fragment);
}
inline Bytes extension(std::uint16_t type, const Bytes& data) {
  return u16(type) + sized(2, data);
}

inline Bytes server_name(std::string_view name) {
  return extension(0, sized(2, Bytes{0} + sized(2, text(name))));
}
inline Bytes alpn(std::initializer_list<std::string_view> names) {
  Bytes list;
  for (const std::string_view name : names) list = std::move(list) + sized(1, text(name));
  return extension(16, sized(2, list));
}

// The body of a ClientHello around a cipher list (with its length) and what follows the compression methods.
inline Bytes client_hello_around(const Bytes& cipher_list, const Bytes& rest,
                                 std::uint16_t version = 0x0303) {
  return u16(version) + Bytes(32, 0x5A) + hex("00") + cipher_list + hex("01 00") + rest;
}
inline Bytes client_hello(const std::vector<std::uint16_t>& suites, const Bytes& extensions,
                          std::uint16_t version = 0x0303) {
  return client_hello_around(sized(2, numbers(suites)), sized(2, extensions), version);
}
inline Bytes server_hello(const Bytes& rest, std::uint16_t version = 0x0303) {
  return u16(version) + Bytes(32, 0xA5) + hex("00 c02f 00") + rest;
}

// A file of the fuzzers' corpora.
inline Bytes recorded(std::string_view name) {
  const std::string path = std::string(MOGURA_SOURCE_DIR "/tests/fuzz/corpus/") + std::string(name);
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path);
  return Bytes(std::istreambuf_iterator<char>(in), {});
}

// A copy in heap memory of exactly its size, so that the first byte read past the end is noticed.
class Exact {
 public:
  explicit Exact(ByteView bytes)
      : size_(bytes.size()), bytes_(std::make_unique<std::uint8_t[]>(bytes.size())) {
    std::copy(bytes.begin(), bytes.end(), bytes_.get());
  }
  [[nodiscard]] ByteView view() const { return {bytes_.get(), size_}; }

 private:
  std::size_t size_;
  std::unique_ptr<std::uint8_t[]> bytes_;
};

inline constexpr std::string_view kRecordedClients[] = {"chromium", "firefox", "curl", "java",
                                                        "stunnel",  "go",      "node"};

}  // namespace mogura::protocol::test
