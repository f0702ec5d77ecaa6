// Input: sizes of pieces (one byte), a limit (one byte), then the stream.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "base/check.h"
#include "protocol/websocket.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t piece = std::size_t{data[0]} % 17 + 1;
  const std::size_t limit = std::size_t{data[1]} * 8;
  const mogura::ByteView bytes = mogura::ByteView(data, size).subspan(2);

  mogura::protocol::WebSocketReader whole;
  std::string whole_payload;
  const bool is_framing = whole.feed(bytes, whole_payload, limit);
  MOGURA_CHECK(whole_payload.size() <= limit);

  mogura::protocol::WebSocketReader split;
  std::string split_payload;
  bool is_still_framing = true;
  for (std::size_t at = 0; at < bytes.size() && is_still_framing; at += piece) {
    const std::size_t count = std::min(piece, bytes.size() - at);
    const std::unique_ptr<std::uint8_t[]> exact(new std::uint8_t[count]);
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), count, exact.get());
    is_still_framing = split.feed({exact.get(), count}, split_payload, limit);
  }
  MOGURA_CHECK(is_still_framing == is_framing);
  MOGURA_CHECK(split_payload == whole_payload);
  MOGURA_CHECK(split.frames() == whole.frames());
  return 0;
}
