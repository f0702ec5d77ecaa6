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
  Way& w = way(direction);
  const auto length = static_cast<std::uint32_t>(bytes.size());
  if (w.is_final && !stats.keeps(direction)) return stats.add(direction, length, time);
  const ByteView payload = payload_of(w, bytes);
  stats.add(direction, length, time, payload);
  if (w.is_final) return;
  const std::size_t limit = shared_.limits.early_bytes;
  w.early.append(as_text(payload.first(std::min(payload.size(), limit - w.early.size()))));
  w.is_final = w.lost_frames || w.early.size() >= limit;
  if (!is_recognised_) recognise();
}

void OpaqueLayer::on_gap(Direction direction, std::uint64_t length, bool is_cut, bool is_own_message,
                         Timestamp time, MessageStats& stats) {
  const auto bytes = static_cast<std::uint32_t>(length);
  if (is_cut && is_own_message) stats.add(direction, bytes, time);
  if (is_cut && !is_own_message) stats.lengthen_last(direction, bytes, time);
  Way& w = way(direction);
  w.lost_frames = true;
  if (w.is_final) return;
  w.is_final = true;
  if (!is_recognised_) recognise();
}

ByteView OpaqueLayer::payload_of(Way& w, ByteView bytes) {
  if (framing_ == Framing::kNone) return bytes;
  std::string& payload = shared_.frame_payload;
  payload.clear();
  const std::size_t for_recognition = w.is_final ? 0 : shared_.limits.early_bytes - w.early.size();
  const std::size_t wanted = std::max(for_recognition, shared_.limits.kept_bytes_per_message);
  if (!w.lost_frames) w.lost_frames = !w.frames.feed(bytes, payload, wanted);
  return as_bytes(payload);
}

void OpaqueLayer::recognise() {
  const Way& up = way(Direction::kUp);
  const Way& down = way(Direction::kDown);
  const protocol::Recognition found =
      protocol::recognise({as_bytes(up.early), as_bytes(down.early), up.is_final, down.is_final});
  inner_ = found.protocol;
  is_recognised_ = found.is_final;
}

void OpaqueLayer::finish() {
  for (Way& w : ways_) w.is_final = true;
  if (!is_recognised_) recognise();
}

void OpaqueLayer::write_key(PairingKeys& keys) const {
  const std::string& up = way(Direction::kUp).early;
  const std::string& down = way(Direction::kDown).early;
  if (framing_ != Framing::kNone || std::min(up.size(), down.size()) < kKeyBytesNeeded) return;
  const auto key_bytes = [](const std::string& early) {
    return as_bytes(early).first(std::min(early.size(), kKeyBytes));
  };
  keys.early = hash_bytes(key_bytes(up), hash_bytes(key_bytes(down))) | 1;
}

}  // namespace mogura::session::detail
