#include "store/state_memory.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "store/detail/snapshot_file.h"
#include "store/detail/state_table.h"
#include "store/detail/wall_clock.h"

namespace mogura::store {
namespace {

using challenge::Entry;
using challenge::Input;
using challenge::Outcome;
using challenge::StateKey;
using challenge::StateStoreCounters;
using detail::EntryBytes;
using detail::StateRecord;
using detail::StateTable;

// Few enough that one can be moved to a larger table in a fraction of a millisecond, while its lock is held.
constexpr std::size_t kEntriesPerShard = 8192;
constexpr std::size_t kMostShards = 8192;

struct alignas(64) Shard {
  Shard(std::size_t entries, Duration ttl) : table(entries, ttl) {}
  std::mutex mutex;
  StateTable table;                            // of mutex
  std::uint64_t updates = 0, unavailable = 0;  // of mutex
};

std::size_t shards_for(std::size_t entries) {
  return std::clamp(std::bit_ceil(entries / kEntriesPerShard), std::size_t{1}, kMostShards);
}

void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

class StateMemory : public challenge::StateStore {
 public:
  explicit StateMemory(const StateMemoryOptions& options)
      : options_(options), shards_bits_(std::countr_zero(shards_for(options.entries))) {
    const std::size_t count = std::size_t{1} << shards_bits_;
    shards_.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      shards_.push_back(std::make_unique<Shard>(std::max<std::size_t>(options.entries / count, 1), ttl()));
    }
  }
  ~StateMemory() override { stop(); }

  Result<void> restore(std::string& warning);
  void start() {
    if (!options_.snapshot.empty()) thread_ = std::thread([this] { run(); });
  }

  Answer update(const StateKey& key, const Input& input, Later later) override;
  [[nodiscard]] StateStoreCounters counters() const override;
  [[nodiscard]] std::string last_error() const override {
    const std::lock_guard lock(mutex_);
    return last_error_;
  }
  void stop() override;

 private:
  [[nodiscard]] Duration ttl() const { return options_.ttl; }
  Shard& shard_of(std::uint64_t hash) const {
    return *shards_[static_cast<std::size_t>(hash >> 32 >> (32 - shards_bits_))];
  }
  void take(const detail::SnapshotHeader& header, const StateRecord& record, Timestamp now);

  // --- the thread ---
  void run();
  Result<void> save(bool is_end);

  const StateMemoryOptions options_;
  const int shards_bits_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::thread thread_;
  mutable std::mutex mutex_;
  std::condition_variable wakes_;
  bool is_stopping_ = false;  // of mutex_
  std::string last_error_;    // of mutex_
};

challenge::StateStore::Answer StateMemory::update(const StateKey& key, const Input& input, Later) {
  const std::uint64_t hash = detail::hash_of(key);
  const auto place = static_cast<std::uint32_t>(hash);
  Shard& shard = shard_of(hash);
  const std::lock_guard lock(shard.mutex);
  Entry entry;
  EntryBytes* found = shard.table.find(key, place);
  if (found != nullptr && shard.table.is_expired(*found, input.time)) {
    shard.table.count_expired();
  } else if (found != nullptr) {
    entry = detail::decode(*found).value_or(Entry{});
  }
  Answer answer{.kind = Answer::Kind::kNow, .outcome = challenge::advance(entry, input, options_.machine)};
  if (found == nullptr) found = shard.table.insert(key, place, input.time);
  if (found == nullptr) {
    ++shard.unavailable;
    return {};
  }
  *found = detail::encode(entry);
  ++shard.updates;
  return answer;
}

StateStoreCounters StateMemory::counters() const {
  StateStoreCounters sum;
  sum.bytes = sizeof *this + shards_.size() * (sizeof(Shard) + sizeof(void*));
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard->mutex);
    sum.updates += shard->updates;
    sum.unavailable += shard->unavailable;
    sum.evicted += shard->table.evicted();
    sum.expired += shard->table.expired();
    sum.entries += shard->table.size();
    sum.bytes += shard->table.bytes();
  }
  return sum;
}

void StateMemory::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wakes_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void StateMemory::take(const detail::SnapshotHeader& header, const StateRecord& record, Timestamp now) {
  const std::uint64_t hash = detail::hash_of(record.key);
  Shard& shard = shard_of(hash);
  const auto place = static_cast<std::uint32_t>(hash);
  if (shard.table.is_expired(record.entry, now)) return shard.table.count_expired();
  EntryBytes* found = shard.table.find(record.key, place);
  if (found == nullptr) found = shard.table.insert(record.key, place, now);
  if (found == nullptr) return;
  Entry entry = detail::decode(record.entry).value_or(Entry{});
  if (!header.is_end) detail::forgive(entry);
  *found = detail::encode(entry);
}

Result<void> StateMemory::restore(std::string& warning) {
  // Where it cannot be written, that is to be known at the start, not after a minute.
  if (auto writer = detail::SnapshotWriter::begin(options_.snapshot); !writer) {
    return tl::unexpected(writer.error());
  }
  const auto file = detail::read_snapshot_file(
      options_.snapshot,
      [this, now = detail::wall_clock()](const detail::SnapshotHeader& header, const StateRecord& record) {
        take(header, record, now);
      });
  if (!file) return tl::unexpected(file.error());
  if (!file->contents.damage.empty()) {
    warning =
        options_.snapshot + ": " + file->contents.damage + "; kept as " + options_.snapshot + ".damaged";
  }
  return {};
}

void StateMemory::run() {
  block_signals();
  std::uint64_t saved_updates = 0;
  std::unique_lock lock(mutex_);
  for (bool is_end = false; !is_end;) {
    is_end = wakes_.wait_for(lock, options_.snapshot_interval, [this] { return is_stopping_; });
    lock.unlock();
    const std::uint64_t updates = counters().updates;
    const bool is_needed = is_end || updates != saved_updates;
    const auto saved = is_needed ? save(is_end) : Result<void>();
    if (saved) saved_updates = updates;
    lock.lock();
    last_error_ = saved ? std::string() : saved.error().message();
  }
}

Result<void> StateMemory::save(bool is_end) {
  auto writer = detail::SnapshotWriter::begin(options_.snapshot);
  if (!writer) return tl::unexpected(writer.error());
  std::vector<StateRecord> records;
  for (const auto& shard : shards_) {
    records.clear();
    {
      const std::lock_guard lock(shard->mutex);
      shard->table.copy_to(records);
    }
    if (auto added = writer->add(records); !added) return added;
  }
  return writer->finish(detail::wall_clock(), is_end);
}

}  // namespace

Result<std::unique_ptr<challenge::StateStore>> open_state_memory(const StateMemoryOptions& options,
                                                                 std::string& warning) {
  auto store = std::make_unique<StateMemory>(options);
  if (!options.snapshot.empty()) {
    if (auto restored = store->restore(warning); !restored) return tl::unexpected(restored.error());
  }
  store->start();
  return store;
}

}  // namespace mogura::store
