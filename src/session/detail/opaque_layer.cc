#include "session/detail/opaque_layer.h"

#include <algorithm>

#include "base/hash.h"

namespace mogura::session::detail {
namespace {

// Early bytes compared to recognise the same tunnel on the other side of a proxy, and how many there must be
// of each direction: a banner alone is the same for many.
constexpr std::size_t kKeyBytes = 512;
constexpr std::size_t kKeyBytesNeeded = 48;

}  // namespace

void OpaqueLayer::on_data(Direction direction, ByteView bytes, Timestamp time, MessageStats& stats) {
  stats.add(direction, static_cast<std::uint32_t>(bytes.size()), time, shared_.limits);
  Way& w = way(direction);
  if (w.is_final) return;
  keep(w, bytes);
  if (!is_recognised_) recognise();
}

void OpaqueLayer::on_gap(Direction direction, std::uint64_t length, bool is_cut, bool is_own_message,
                         Timestamp time, MessageStats& stats) {
  const auto bytes = static_cast<std::uint32_t>(length);
  if (is_cut && is_own_message) stats.add(direction, bytes, time, shared_.limits);
  if (is_cut && !is_own_message) stats.lengthen_last(direction, bytes, shared_.limits);
  Way& w = way(direction);
  if (w.is_final) return;
  w.is_final = true;
  if (!is_recognised_) recognise();
}

void OpaqueLayer::keep(Way& w, ByteView bytes) {
  const std::size_t limit = shared_.limits.early_bytes;
  if (framing_ == Framing::kWebSocket) {
    if (!w.frames.feed(bytes, w.early, limit)) w.is_final = true;
  } else {
    w.early.append(as_text(bytes.first(std::min(bytes.size(), limit - w.early.size()))));
  }
  if (w.early.size() >= limit) w.is_final = true;
}

void OpaqueLayer::recognise() {
  const Way& up = way(Direction::kUp);
  const Way& down = way(Direction::kDown);
  const protocol::Recognition found =
      protocol::recognise({as_bytes(up.early), as_bytes(down.early), up.is_final, down.is_final});
  inner_ = found.protocol;
  is_recognised_ = found.is_final;
}

void OpaqueLayer::finish(Finished& record) {
  for (Way& w : ways_) w.is_final = true;
  if (!is_recognised_) recognise();
  record.session.inner = inner_;
  const std::string& up = way(Direction::kUp).early;
  const std::string& down = way(Direction::kDown).early;
  if (framing_ != Framing::kNone || std::min(up.size(), down.size()) < kKeyBytesNeeded) return;
  const auto key_bytes = [](const std::string& early) {
    return as_bytes(early).first(std::min(early.size(), kKeyBytes));
  };
  record.keys.early = hash_bytes(key_bytes(up), hash_bytes(key_bytes(down))) | 1;
}

}  // namespace mogura::session::detail
