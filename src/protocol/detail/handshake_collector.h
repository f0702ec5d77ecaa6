#pragma once

// What a HandshakeReader makes of a stream that is cut into pieces, as a value that can be compared: for
// tests and fuzzers. Each piece lies in memory of its own, of exactly its size, that is gone when the next
// one comes.

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocol/tls.h"

namespace mogura::protocol::detail {

struct CollectedHandshake {
  std::vector<std::pair<std::uint8_t, std::string>> messages;  // type and body
  HandshakeReader::State end = HandshakeReader::State::kNeedMore;
  std::uint16_t record_version = 0;
  bool has_partial = false;
  std::pair<std::uint8_t, std::string> partial;

  bool operator==(const CollectedHandshake&) const = default;
};

// `cuts` are offsets into the stream, in rising order.
inline CollectedHandshake collect_handshake(ByteView stream, const std::vector<std::size_t>& cuts,
                                            const Limits& limits = {}) {
  CollectedHandshake result;
  HandshakeReader reader(limits);
  std::uint8_t type = 0;
  ByteView body;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= cuts.size(); ++i) {
    const std::size_t end = i < cuts.size() ? cuts[i] : stream.size();
    const auto piece = std::make_unique<std::uint8_t[]>(end - begin);
    std::copy_n(stream.begin() + static_cast<std::ptrdiff_t>(begin), end - begin, piece.get());
    reader.add({piece.get(), end - begin});
    while ((result.end = reader.next(type, body)) == HandshakeReader::State::kMessage) {
      result.messages.emplace_back(type, std::string(as_text(body)));
    }
    begin = end;
  }
  result.record_version = reader.record_version();
  result.has_partial = reader.partial(type, body);
  if (result.has_partial) result.partial = {type, std::string(as_text(body))};
  return result;
}

// In pieces of `size` bytes.
inline CollectedHandshake collect_handshake_by(std::size_t size, ByteView stream, const Limits& limits = {}) {
  std::vector<std::size_t> cuts;
  for (std::size_t cut = size; cut < stream.size(); cut += size) cuts.push_back(cut);
  return collect_handshake(stream, cuts, limits);
}

}  // namespace mogura::protocol::detail
