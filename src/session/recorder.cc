#include "session/recorder.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "session/detail/destination.h"
#include "session/detail/dialogue.h"
#include "session/detail/shared.h"
#include "session/table.h"

namespace mogura::session {

using packet::Side;

namespace {

constexpr std::uint64_t kSegmentBytes = 1460;
constexpr std::uint64_t kHeaderBytesV4 = 40;
constexpr std::uint64_t kHeaderBytesV6 = 60;
// Lengths of messages have 32 bits.
constexpr std::uint64_t kMostUnseen = UINT32_MAX;

std::size_t index_of(Direction direction) {
  return static_cast<std::size_t>(direction);
}
std::size_t index_of(Side side) {
  return static_cast<std::size_t>(side);
}

}  // namespace

struct RecorderPool::Impl {
  Impl(const Limits& limits, std::uint64_t seed) : shared(limits, seed) {}
  detail::Shared shared;
};

// Sides are what they are in a capture, by the order of the endpoints.
struct Recorder::Impl {
  Impl(detail::Shared& shared_in, const Endpoint& client, const Endpoint& server, Timestamp start)
      : shared(shared_in),
        endpoints{client, server},
        client_side(client <= server ? Side::kLow : Side::kHigh),
        first(start),
        last(start),
        header_bytes(client.address.is_v4() ? kHeaderBytesV4 : kHeaderBytesV6) {}

  [[nodiscard]] Side side_of(Direction direction) const {
    return direction == Direction::kUp ? client_side : packet::opposite(client_side);
  }
  void touch(Timestamp time) {
    first = std::min(first, time);
    last = std::max(last, time);
  }
  detail::Dialogue& begin();
  packet::Delivery take(Side from, std::uint64_t count, Timestamp time);
  void end(Side from, std::optional<Timestamp> closed);
  FinishedPtr end_all();
  void describe(Side client, Finished& record) const;

  detail::Shared& shared;
  std::array<Endpoint, 2> endpoints;  // the client's, the server's
  Side client_side;
  Timestamp first, last;
  std::uint64_t header_bytes;
  std::array<std::uint64_t, 2> payload{};  // by Side
  std::array<std::uint64_t, 2> packets{};
  std::array<bool, 2> has_ended{};
  std::optional<detail::Dialogue> dialogue;  // from the first byte on
};

detail::Dialogue& Recorder::Impl::begin() {
  if (!dialogue) {
    dialogue.emplace(shared);
    dialogue->set_times(first, last);
    dialogue->set_initiator(client_side);
  }
  return *dialogue;
}

// Counts bytes of a call. Their sender has received all that went the other way before.
packet::Delivery Recorder::Impl::take(Side from, std::uint64_t count, Timestamp time) {
  touch(time);
  payload[index_of(from)] += count;
  packets[index_of(from)] += (count + kSegmentBytes - 1) / kSegmentBytes;
  return {time, payload[index_of(packet::opposite(from))]};
}

void Recorder::Impl::end(Side from, std::optional<Timestamp> closed) {
  if (std::exchange(has_ended[index_of(from)], true) || !dialogue) return;
  dialogue->on_end(from, closed);
}

FinishedPtr Recorder::Impl::end_all() {
  if (!dialogue) return shared.take_record();
  for (const Side side : {Side::kLow, Side::kHigh}) end(side, {});
  dialogue->set_times(first, last);
  return dialogue->finish();
}

// What the dialogue does not know. `client`: who has the client's part in it.
void Recorder::Impl::describe(Side client, Finished& record) const {
  const std::size_t swapped = client == client_side ? 0 : 1;
  Session& session = record.session;
  session.start = first;
  session.end = last;
  session.client = endpoints[swapped];
  session.server = endpoints[1 - swapped];
  for (const Direction direction : {Direction::kUp, Direction::kDown}) {
    const std::size_t side = index_of(direction == Direction::kUp ? client : packet::opposite(client));
    session.packets[index_of(direction)] = packets[side];
    session.bytes[index_of(direction)] = payload[side] + packets[side] * header_bytes;
  }
  if (dialogue) detail::name_destination(record);
}

RecorderPool::RecorderPool(const Limits& limits, std::uint64_t seed)
    : impl_(std::make_unique<Impl>(limits, seed)) {}
RecorderPool::~RecorderPool() = default;

void RecorderPool::recycle(FinishedPtr used) {
  if (used != nullptr) impl_->shared.give_back(std::move(used));
}

const TableCounters& RecorderPool::counters() const {
  return impl_->shared.counters;
}

Recorder::Recorder(RecorderPool& pool, const Endpoint& client, const Endpoint& server, Timestamp start)
    : impl_(std::make_unique<Impl>(pool.impl_->shared, client, server, start)) {}
Recorder::~Recorder() = default;

void Recorder::on_data(Direction direction, ByteView bytes, Timestamp time) {
  const Side from = impl_->side_of(direction);
  if (bytes.empty() || impl_->has_ended[index_of(from)]) return;
  const packet::Delivery delivery = impl_->take(from, bytes.size(), time);
  impl_->begin().on_data(from, bytes, delivery);
}

void Recorder::on_unseen(Direction direction, std::uint64_t count, Timestamp time) {
  const Side from = impl_->side_of(direction);
  if (impl_->has_ended[index_of(from)]) return;
  while (count != 0) {
    const std::uint64_t part = std::min(count, kMostUnseen);
    const packet::Delivery delivery = impl_->take(from, part, time);
    impl_->begin().on_unseen(from, part, delivery);
    count -= part;
  }
}

void Recorder::on_end(Direction direction, Timestamp time) {
  impl_->touch(time);
  impl_->end(impl_->side_of(direction), time);
}

// What stands in for things that may still be seen is taken back, as in Table.
bool Recorder::tell(ProgressObserver& observer, Timestamp time) {
  if (!impl_->dialogue || !impl_->dialogue->takes_step()) return false;
  impl_->touch(time);
  impl_->dialogue->set_times(impl_->first, impl_->last);
  Finished& record = impl_->dialogue->so_far();
  const bool was_truncated = record.session.truncated;
  const bool had_destination = !record.session.destination.empty();
  impl_->describe(impl_->dialogue->client_side(), record);
  observer.on_progress(record);
  record.session.truncated = was_truncated;
  if (!had_destination) record.session.destination.clear();
  return true;
}

FinishedPtr Recorder::finish(Timestamp time) {
  impl_->touch(time);
  FinishedPtr record = impl_->end_all();
  impl_->describe(impl_->dialogue ? impl_->dialogue->client_side() : impl_->client_side, *record);
  ++impl_->shared.counters.sessions;
  return record;
}

}  // namespace mogura::session
