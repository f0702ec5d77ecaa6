#include "packet/detail/fragments.h"

#include <algorithm>
#include <cstring>

namespace mogura::packet::detail {

namespace {

// Offsets and lengths that no datagram can have (RFC 791 §3.2, RFC 8200 §4.5).
bool is_possible(const Fragment& fragment) {
  if (fragment.length == 0 || fragment.length > kDatagramBytes) return false;
  if (fragment.offset + fragment.length > kDatagramBytes) return false;
  return !fragment.has_more || fragment.length % 8 == 0;
}

std::uint32_t end_of(const Fragment& fragment) {
  return fragment.offset + static_cast<std::uint32_t>(fragment.length);
}

// The first piece that ends behind `offset`.
template <class Pieces>
auto first_reaching(Pieces& pieces, std::uint32_t offset) {
  return std::partition_point(pieces.begin(), pieces.end(),
                              [offset](const auto& piece) { return piece.end <= offset; });
}

}  // namespace

std::size_t Fragments::KeyHash::operator()(const FragmentKey& key) const {
  const std::uint64_t source = hash_mix(key.source.low(), key.source.high());
  const std::uint64_t destination = hash_mix(key.destination.low(), key.destination.high());
  const std::uint64_t rest = (std::uint64_t{key.id} << 32) | (std::uint64_t{key.vlan} << 16) | key.protocol;
  return hash_mix(hash_mix(source, rest), destination);
}

Fragments::Outcome Fragments::add(const FragmentKey& key, const Fragment& fragment, Datagram& datagram) {
  if (!is_possible(fragment)) return Outcome::kMalformed;
  const auto found = find_or_create(key, fragment.time);
  Entry& entry = *found;
  if (entry.is_given_up) return Outcome::kMalformed;
  bytes_held_ -= entry.cost();
  const bool is_taken = insert(entry, fragment);
  bytes_held_ += entry.cost();
  if (!is_taken) {
    give_up(entry);
    evict_over_limits();
    return Outcome::kMalformed;
  }
  if (entry.has_last && entry.covered == entry.length) {
    assemble(entry, datagram);
    erase(found);
    return Outcome::kComplete;
  }
  ++entry.fragments;
  evict_over_limits();
  return Outcome::kHeld;
}

// Times may jump in any direction, and by more than a Duration can tell.
bool Fragments::is_expired(const Entry& entry, Timestamp now) const {
  if (now <= entry.first_time) return false;
  const auto elapsed = static_cast<std::uint64_t>(now.time_since_epoch().count()) -
                       static_cast<std::uint64_t>(entry.first_time.time_since_epoch().count());
  return elapsed / 1'000'000'000 >= static_cast<std::uint64_t>(limits_.fragment_timeout.count());
}

Fragments::Entries::iterator Fragments::find_or_create(const FragmentKey& key, Timestamp now) {
  const auto evict = [this](Entries::iterator entry) {
    evicted_ += entry->fragments;
    erase(entry);
  };
  while (!entries_.empty() && is_expired(entries_.front(), now)) evict(entries_.begin());
  if (const auto found = index_.find(key); found != index_.end()) {
    if (!is_expired(*found->second, now)) return found->second;
    evict(found->second);
  }
  Entry& entry = entries_.emplace_back();
  entry.key = key;
  entry.first_time = now;
  return index_.emplace(key, std::prev(entries_.end())).first->second;
}

// False if the fragment contradicts what is there.
bool Fragments::insert(Entry& entry, const Fragment& fragment) {
  const std::uint32_t end = end_of(fragment);
  if (entry.has_last && (end > entry.length || (!fragment.has_more && end != entry.length))) return false;
  if (!fragment.has_more && !entry.pieces.empty() && entry.pieces.back().end > end) return false;
  if (!agrees(entry, fragment) || !fill_holes(entry, fragment)) return false;
  if (!fragment.has_more) {
    entry.has_last = true;
    entry.length = end;
  }
  if (fragment.offset == 0) entry.protocol = fragment.protocol;
  return true;
}

// Whether the bytes that the entry has already are the same in the fragment, as far as both were captured.
bool Fragments::agrees(const Entry& entry, const Fragment& fragment) {
  const std::size_t captured_end = fragment.offset + fragment.bytes.size();
  for (auto piece = first_reaching(entry.pieces, fragment.offset);
       piece != entry.pieces.end() && piece->begin < captured_end; ++piece) {
    const std::size_t from = std::max(piece->begin, fragment.offset);
    const std::size_t to = std::min<std::size_t>(piece->begin + piece->captured, captured_end);
    if (from >= to) continue;
    const std::uint8_t* const held = entry.bytes.data() + piece->stored + (from - piece->begin);
    if (std::memcmp(held, fragment.bytes.data() + (from - fragment.offset), to - from) != 0) return false;
  }
  return true;
}

// Adds a piece for each part of the fragment that the entry has not. False if there are too many.
bool Fragments::fill_holes(Entry& entry, const Fragment& fragment) {
  const std::uint32_t end = end_of(fragment);
  std::uint32_t at = fragment.offset;
  auto next = first_reaching(entry.pieces, at);
  while (at < end) {
    if (next != entry.pieces.end() && next->begin <= at) {
      at = next->end;
      ++next;
      continue;
    }
    if (entry.pieces.size() == kDatagramPieces) return false;
    const std::uint32_t hole_end = next == entry.pieces.end() ? end : std::min(end, next->begin);
    const std::size_t skipped = std::min<std::size_t>(at - fragment.offset, fragment.bytes.size());
    const ByteView rest = fragment.bytes.subspan(skipped);
    const ByteView bytes = rest.first(std::min<std::size_t>(rest.size(), hole_end - at));
    const Piece piece{at, hole_end, static_cast<std::uint32_t>(entry.bytes.size()),
                      static_cast<std::uint32_t>(bytes.size())};
    entry.bytes.insert(entry.bytes.end(), bytes.begin(), bytes.end());
    next = std::next(entry.pieces.insert(next, piece));
    entry.covered += hole_end - at;
    at = hole_end;
  }
  return true;
}

// Leaves a tombstone, so that later fragments do not begin the datagram anew.
void Fragments::give_up(Entry& entry) {
  bytes_held_ -= entry.cost();
  evicted_ += entry.fragments;
  entry.fragments = 0;
  entry.bytes = {};
  entry.pieces = {};
  entry.is_given_up = true;
}

void Fragments::erase(Entries::iterator entry) {
  bytes_held_ -= entry->cost();
  index_.erase(entry->key);
  entries_.erase(entry);
}

void Fragments::evict_over_limits() {
  while (!entries_.empty() &&
         (entries_.size() > limits_.fragment_datagrams || bytes_held_ > limits_.fragment_bytes)) {
    evicted_ += entries_.front().fragments;
    erase(entries_.begin());
  }
}

void Fragments::assemble(const Entry& entry, Datagram& datagram) {
  assembled_.clear();
  for (const Piece& piece : entry.pieces) {
    const auto* const begin = entry.bytes.data() + piece.stored;
    assembled_.insert(assembled_.end(), begin, begin + piece.captured);
    if (piece.captured < piece.end - piece.begin) break;
  }
  datagram = {assembled_, entry.length, entry.protocol};
  ++reassembled_;
}

}  // namespace mogura::packet::detail
