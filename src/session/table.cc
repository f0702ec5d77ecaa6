#include "session/table.h"

#include <algorithm>

#include "base/check.h"
#include "session/detail/connection.h"
#include "session/detail/destination.h"
#include "session/detail/flow_index.h"

namespace mogura::session {

using detail::Connection;
using detail::Stage;
using packet::Side;

namespace {

// A connection is moved to the end of its list at most this often: the list is then sorted well enough.
constexpr std::chrono::seconds kTouchInterval{1};

// Connections in blocks that never move.
class Slab {
 public:
  Connection& operator[](std::uint32_t number) const { return blocks_[number / kBlock][number % kBlock]; }

  std::uint32_t take() {
    if (!free_.empty()) {
      const std::uint32_t number = free_.back();
      free_.pop_back();
      return number;
    }
    if (used_ % kBlock == 0) blocks_.push_back(std::make_unique<Connection[]>(kBlock));
    return used_++;
  }
  void give_back(std::uint32_t number) {
    (*this)[number] = Connection{};
    free_.push_back(number);
  }
  [[nodiscard]] std::size_t in_use() const { return used_ - free_.size(); }

 private:
  static constexpr std::uint32_t kBlock = 128;
  std::vector<std::unique_ptr<Connection[]>> blocks_;
  std::vector<std::uint32_t> free_;
  std::uint32_t used_ = 0;
};

}  // namespace

struct Table::Impl {
  Impl(const Limits& limits, std::uint64_t seed) : shared(limits, seed), pool(limits) {}

  struct List {
    std::uint32_t front = Connection::kNone;
    std::uint32_t back = Connection::kNone;
  };

  List& list_of(const Connection& connection) { return lists[static_cast<std::size_t>(connection.stage)]; }
  std::uint32_t open(const packet::TcpSegment& segment, std::uint64_t hash);
  std::uint32_t find_or_open(const packet::TcpSegment& segment, std::uint64_t hash);
  void close(std::uint32_t number);
  void hand_out(Connection& connection);
  void describe(const Connection& connection, Side client, Finished& record) const;
  void tell_progress(Connection& connection);
  void append(std::uint32_t number);
  void unlink(std::uint32_t number);
  void move_to(std::uint32_t number, Stage stage, Timestamp now);
  void evict_oldest();
  void advance(Stage stage, Timestamp now);
  [[nodiscard]] Duration timeout(Stage stage) const;

  detail::Shared shared;
  const Duration shortest_timeout =
      std::min({shared.limits.handshake_timeout, shared.limits.idle_timeout, shared.limits.closed_timeout});
  packet::SegmentPool pool;
  Slab slab;
  detail::FlowIndex index;
  std::array<List, detail::kStages> lists;
  std::vector<FinishedPtr> finished;
  ProgressObserver* observer = nullptr;
};

// --- lists ---

void Table::Impl::append(std::uint32_t number) {
  Connection& connection = slab[number];
  List& list = list_of(connection);
  connection.previous = list.back;
  connection.next = Connection::kNone;
  (list.back == Connection::kNone ? list.front : slab[list.back].next) = number;
  list.back = number;
}

void Table::Impl::unlink(std::uint32_t number) {
  const Connection& connection = slab[number];
  List& list = list_of(connection);
  (connection.previous == Connection::kNone ? list.front : slab[connection.previous].next) = connection.next;
  (connection.next == Connection::kNone ? list.back : slab[connection.next].previous) = connection.previous;
}

void Table::Impl::move_to(std::uint32_t number, Stage stage, Timestamp now) {
  unlink(number);
  slab[number].stage = stage;
  slab[number].touched = now;
  append(number);
}

// --- connections ---

Duration Table::Impl::timeout(Stage stage) const {
  switch (stage) {
    case Stage::kOpening:
      return shared.limits.handshake_timeout;
    case Stage::kActive:
      return shared.limits.idle_timeout;
    case Stage::kClosed:
      return shared.limits.closed_timeout;
  }
  return shared.limits.idle_timeout;
}

std::uint32_t Table::Impl::open(const packet::TcpSegment& segment, std::uint64_t hash) {
  if (slab.in_use() >= shared.limits.connections) evict_oldest();
  const std::uint32_t number = slab.take();
  Connection& connection = slab[number];
  connection.key = segment.key;
  connection.hash = hash;
  connection.first = connection.last = connection.touched = segment.time;
  connection.first_sender = segment.from;
  index.insert(hash, number);
  append(number);
  return number;
}

std::uint32_t Table::Impl::find_or_open(const packet::TcpSegment& segment, std::uint64_t hash) {
  const std::uint32_t number =
      index.find(hash, [&](std::uint32_t candidate) { return slab[candidate].key == segment.key; });
  if (number == detail::FlowIndex::kNone) return open(segment, hash);
  const Connection& connection = slab[number];
  // Decided here and not only by advance(), so that it does not matter when that was called.
  const Duration silence = segment.time - connection.last;
  if (silence > shortest_timeout && silence > timeout(connection.stage)) [[unlikely]] {
    close(number);
    return open(segment, hash);
  }
  if (connection.tcp.is_reopened_by(segment)) {
    ++shared.counters.port_reuse;
    close(number);
    return open(segment, hash);
  }
  return number;
}

void Table::Impl::close(std::uint32_t number) {
  Connection& connection = slab[number];
  detail::DialogueSink sink(connection, shared);
  connection.tcp.finish(connection.last, pool, sink);
  hand_out(connection);
  unlink(number);
  index.erase(connection.hash, number);
  slab.give_back(number);
}

void Table::Impl::hand_out(Connection& connection) {
  const bool has_beginning = connection.tcp.knows_initiator();
  if (!has_beginning && connection.dialogue == nullptr) {
    ++shared.counters.stray_connections;
    return;
  }
  Side client = has_beginning ? connection.tcp.initiator() : connection.first_sender;
  FinishedPtr record;
  if (connection.dialogue != nullptr) {
    connection.dialogue->set_times(connection.first, connection.last);
    record = connection.dialogue->finish();
    client = connection.dialogue->client_side();
  } else {
    record = shared.take_record();
  }
  describe(connection, client, *record);
  ++shared.counters.sessions;
  finished.push_back(std::move(record));
}

// What the dialogue does not know.
void Table::Impl::describe(const Connection& connection, Side client, Finished& record) const {
  const Side server = packet::opposite(client);
  Session& session = record.session;
  session.start = connection.first;
  session.end = connection.last;
  session.client = connection.key.endpoint(client);
  session.server = connection.key.endpoint(server);
  session.vlan = connection.key.vlan;
  session.truncated = session.truncated || !connection.tcp.knows_initiator();
  for (std::size_t i = 0; i < 2; ++i) {
    const auto side = static_cast<std::size_t>(i == 0 ? client : server);
    session.packets[i] = connection.packets[side];
    session.bytes[i] = connection.bytes[side];
  }
  if (connection.dialogue != nullptr) detail::name_destination(record);
}

// The observer sees the record itself; what stands in for things that may still be seen is taken back.
void Table::Impl::tell_progress(Connection& connection) {
  detail::Dialogue& dialogue = *connection.dialogue;
  dialogue.set_times(connection.first, connection.last);
  Finished& record = dialogue.so_far();
  const bool was_truncated = record.session.truncated;
  const bool had_destination = !record.session.destination.empty();
  describe(connection, dialogue.client_side(), record);
  observer->on_progress(record);
  record.session.truncated = was_truncated;
  if (!had_destination) record.session.destination.clear();
}

void Table::Impl::evict_oldest() {
  const List* oldest = nullptr;
  for (const List& list : lists) {
    if (list.front == Connection::kNone) continue;
    if (oldest == nullptr || slab[list.front].touched < slab[oldest->front].touched) oldest = &list;
  }
  MOGURA_CHECK(oldest != nullptr);
  ++shared.counters.evicted_sessions;
  close(oldest->front);
}

void Table::Impl::advance(Stage stage, Timestamp now) {
  const List& list = lists[static_cast<std::size_t>(stage)];
  while (list.front != Connection::kNone) {
    const std::uint32_t number = list.front;
    const Connection& connection = slab[number];
    const Duration patience = timeout(stage);
    if (now - connection.touched <= patience && connection.touched - now <= patience) return;
    if (connection.touched - now > patience) {
      move_to(number, stage, now);  // the capture's clock was set back; others must not wait for that time
    } else if (now - connection.last > patience || connection.last - now > patience) {
      close(number);
    } else {
      move_to(number, stage, connection.last);  // it was active since; the list had not been told
    }
  }
}

// --- the table ---

Table::Table(const Limits& limits, std::uint64_t seed)
    : seed_(seed), impl_(std::make_unique<Impl>(limits, seed)) {}

Table::~Table() {
  finish();
}

void Table::on_segment(const packet::TcpSegment& segment, std::uint64_t hash) {
  Impl& impl = *impl_;
  const std::uint32_t number = impl.find_or_open(segment, hash);
  Connection& connection = impl.slab[number];
  const auto side = static_cast<std::size_t>(segment.from);
  ++connection.packets[side];
  connection.bytes[side] += segment.wire_length;
  connection.first = std::min(connection.first, segment.time);
  connection.last = std::max(connection.last, segment.time);

  detail::DialogueSink sink(connection, impl.shared);
  connection.tcp.on_segment(segment, impl.pool, sink);
  if (impl.observer != nullptr && connection.dialogue != nullptr && connection.dialogue->takes_step()) {
    impl.tell_progress(connection);
  }

  Stage stage = connection.stage;
  if (connection.tcp.is_closed()) {
    stage = Stage::kClosed;
  } else if (connection.dialogue != nullptr) {
    stage = Stage::kActive;
  }
  if (stage != connection.stage || connection.last - connection.touched > kTouchInterval) {
    impl.move_to(number, stage, connection.last);
  }
}

void Table::observe(ProgressObserver* observer) {
  impl_->observer = observer;
}

void Table::prefetch(std::uint64_t hash) const {
  impl_->index.prefetch(hash);
}

void Table::advance(Timestamp now) {
  for (const Stage stage : {Stage::kOpening, Stage::kActive, Stage::kClosed}) impl_->advance(stage, now);
}

void Table::finish(unsigned slice, unsigned slices) {
  for (const Impl::List& list : impl_->lists) {
    for (std::uint32_t number = list.front; number != Connection::kNone;) {
      const Connection& connection = impl_->slab[number];
      const std::uint32_t next = connection.next;
      if (packet::hash_of(connection.key, 0) % slices == slice) impl_->close(number);
      number = next;
    }
  }
}

void Table::recycle(std::vector<FinishedPtr>& used) {
  for (FinishedPtr& record : used) impl_->shared.give_back(std::move(record));
  used.clear();
}

void Table::take_finished(std::vector<FinishedPtr>& out) {
  out.clear();
  out.swap(impl_->finished);
}

TableCounters Table::counters() const {
  return impl_->shared.counters;
}
const packet::TcpCounters& Table::tcp_counters() const {
  return impl_->pool.counters;
}
std::size_t Table::connections() const {
  return impl_->slab.in_use();
}

}  // namespace mogura::session
