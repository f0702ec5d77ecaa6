#include "protocol/websocket.h"

#include <algorithm>

namespace mogura::protocol {
namespace {

constexpr std::uint8_t kFin = 0x80;
constexpr std::uint8_t kReserved = 0x70;
constexpr std::uint8_t kOpcode = 0x0F;
constexpr std::uint8_t kControl = 0x08;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::uint8_t kLength = 0x7F;
constexpr std::uint8_t kLength16 = 126;
constexpr std::uint8_t kLength64 = 127;

bool is_opcode(std::uint8_t opcode) {
  return (opcode & ~kControl) <= 2;
}

bool is_header_start(std::uint8_t byte) {
  if ((byte & kReserved) != 0 || !is_opcode(byte & kOpcode)) return false;
  return (byte & kControl) == 0 || (byte & kFin) != 0;
}

std::size_t length_bytes(std::uint8_t second) {
  switch (second & kLength) {
    case kLength16:
      return 2;
    case kLength64:
      return 8;
    default:
      return 0;
  }
}

}  // namespace

std::size_t WebSocketReader::header_bytes_needed() const {
  if (header_size_ < 2) return 2;
  return 2 + length_bytes(header_[1]) + ((header_[1] & kMasked) != 0 ? mask_.size() : 0);
}

bool WebSocketReader::add_to_header(std::uint8_t byte) {
  const std::size_t at = header_size_;
  header_[at] = byte;
  ++header_size_;
  if (at == 0) return is_header_start(byte);
  if (at == 1) return (header_[0] & kControl) == 0 || (byte & kLength) < kLength16;
  return at != 2 || (header_[1] & kLength) != kLength64 || byte < 0x80;
}

void WebSocketReader::begin_payload() {
  const std::size_t lengths = length_bytes(header_[1]);
  remaining_ = header_[1] & kLength;
  if (lengths == 2) remaining_ = load_be16(header_.data() + 2);
  if (lengths == 8) remaining_ = load_be64(header_.data() + 2);
  mask_.fill(0);
  if ((header_[1] & kMasked) != 0) {
    std::copy_n(header_.begin() + 2 + static_cast<std::ptrdiff_t>(lengths), mask_.size(), mask_.begin());
  }
  is_data_ = (header_[0] & kControl) == 0;
  mask_offset_ = 0;
  header_size_ = 0;
  ++frames_;
}

std::size_t WebSocketReader::take_payload(ByteView bytes, std::string& payload, std::size_t limit) {
  const std::size_t here = bytes.size() < remaining_ ? bytes.size() : static_cast<std::size_t>(remaining_);
  const std::size_t room = payload.size() < limit ? limit - payload.size() : 0;
  const std::size_t wanted = is_data_ ? std::min(here, room) : 0;
  for (std::size_t i = 0; i < wanted; ++i) {
    payload.push_back(static_cast<char>(bytes[i] ^ mask_[(mask_offset_ + i) % mask_.size()]));
  }
  mask_offset_ = static_cast<std::uint8_t>((mask_offset_ + here) % mask_.size());
  remaining_ -= here;
  return here;
}

bool WebSocketReader::feed(ByteView bytes, std::string& payload, std::size_t limit) {
  while (!bytes.empty()) {
    if (!is_in_header()) {
      bytes = bytes.subspan(take_payload(bytes, payload, limit));
      continue;
    }
    if (!add_to_header(bytes.front())) return false;
    bytes = bytes.subspan(1);
    if (header_size_ == header_bytes_needed()) begin_payload();
  }
  return true;
}

}  // namespace mogura::protocol
