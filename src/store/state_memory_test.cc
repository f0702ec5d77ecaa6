#include "store/state_memory.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "store/testing/redis_server.h"
#include "store/testing/scratch_folder.h"

namespace mogura::store {
namespace {

using challenge::Input;
using challenge::Outcome;
using challenge::Sign;
using challenge::State;
using challenge::StateKey;
using challenge::StateStore;
using std::chrono::seconds;

StateKey key(std::uint64_t number) {
  StateKey key;
  for (std::size_t i = 0; i < 8; ++i) key.bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return key;
}

// Snapshots are compared with the wall clock: what is in them happened a moment ago.
const Timestamp kStart = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());

Input input(Sign sign, std::int64_t at_seconds, std::uint32_t connection = 1) {
  Input input;
  input.sign = sign;
  input.time = kStart + seconds(at_seconds);
  input.connection = connection;
  return input;
}

std::unique_ptr<StateStore> open(const StateMemoryOptions& options, std::string* told = nullptr) {
  std::string warning;
  auto store = open_state_memory(options, warning);
  EXPECT_TRUE(store) << store.error().message();
  if (told != nullptr) {
    *told = warning;
  } else {
    EXPECT_EQ(warning, "");
  }
  return store ? std::move(*store) : nullptr;
}

Outcome ask(StateStore& store, std::uint64_t number, const Input& input) {
  const auto answer = store.update(key(number), input, {});
  EXPECT_EQ(answer.kind, StateStore::Answer::Kind::kNow);
  return answer.outcome;
}

TEST(StateMemory, NeedsAtMost160BytesAnEntryAtEveryFill) {
  const auto store = open({});
  const std::uint64_t empty = store->counters().bytes;
  EXPECT_LE(empty, 512u << 10) << "what the shards themselves need";
  for (std::uint64_t i = 1; i <= 600'000; ++i) {
    ask(*store, i, input(Sign::kInserted, 0));
    if (i % 997 != 0 || i < 10'000) continue;
    const auto counters = store->counters();
    ASSERT_EQ(counters.entries, i);
    ASSERT_LE(counters.bytes, 160 * i) << i;
  }
}

TEST(StateMemory, HoldsNoMoreThanItsBound) {
  for (const std::size_t bound : {1u, 10u, 1000u, 20'000u}) {
    const auto store = open({.entries = bound});
    for (std::uint64_t i = 0; i < 3 * bound; ++i) ask(*store, i, input(Sign::kInserted, 0));
    const auto counters = store->counters();
    EXPECT_LE(counters.entries, bound);
    EXPECT_GE(counters.entries, bound - bound / 8) << "all of it is used";
    EXPECT_EQ(counters.evicted + counters.entries, 3 * bound);
  }
}

TEST(StateMemory, WhoIsEvictedIsAskedAnew) {
  const auto store = open({.entries = 10});
  ask(*store, 1, input(Sign::kInserted, 0));
  for (std::uint64_t i = 2; i < 20; ++i) ask(*store, i, input(Sign::kInserted, 1));
  const Outcome outcome = ask(*store, 1, input(Sign::kAbsent, 2));
  EXPECT_EQ(outcome.from, State::kNone);
  EXPECT_FALSE(outcome.is_miss);
}

TEST(StateMemory, AnEntryIsForgottenATtlAfterItWasLastTouched) {
  const auto store = open({.ttl = seconds(100)});
  ask(*store, 1, input(Sign::kInserted, 0));
  EXPECT_EQ(ask(*store, 1, input(Sign::kInserted, 99)).entry.issued, 2);
  EXPECT_EQ(ask(*store, 1, input(Sign::kInserted, 198)).entry.issued, 3) << "touched at 99";
  EXPECT_EQ(ask(*store, 1, input(Sign::kInserted, 298)).entry.issued, 1) << "not since 198";
  EXPECT_EQ(store->counters().expired, 1u);
}

// --- snapshots ---

class StateMemorySnapshot : public ::testing::Test {
 protected:
  StateMemoryOptions options() const {
    StateMemoryOptions options;
    options.entries = 50'000;
    options.snapshot = folder.file("state");
    options.snapshot_interval = seconds(3600);
    return options;
  }
  // When it was finished, says its header.
  static std::int64_t written(const std::string& bytes) {
    return bytes.size() < 48 ? 0 : static_cast<std::int64_t>(load_be64(as_bytes(bytes).data() + 32));
  }
  static std::int64_t wall_clock_ns() {
    return std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count();
  }
  ScratchFolder folder;
};

TEST_F(StateMemorySnapshot, WhatWasKnownAtTheStopIsKnownAgain) {
  {
    const auto store = open(options());
    for (std::uint64_t i = 0; i < 30'000; ++i) ask(*store, i, input(Sign::kAdded, -10));
    ask(*store, 7, input(Sign::kDelivered, -9));
    EXPECT_TRUE(ask(*store, 7, input(Sign::kAbsent, -8, 1)).is_miss);
    ask(*store, 7, input(Sign::kDelivered, -7));
    store->stop();
    EXPECT_EQ(store->last_error(), "");
  }
  const auto store = open(options());
  EXPECT_EQ(store->counters().entries, 30'000u);
  EXPECT_EQ(store->counters().updates, 0u);
  EXPECT_EQ(ask(*store, 29'999, input(Sign::kAdded, 0)).entry.issued, 2);
  EXPECT_TRUE(ask(*store, 7, input(Sign::kAbsent, 0, 2)).became_suspicious) << "the miss before counts";
  store->stop();
}

// As after a crash: a minute of returns may be missing, so a miss from before is not held against anybody.
TEST_F(StateMemorySnapshot, OneThatWasNotTheLastForgivesMisses) {
  auto often = options();
  often.snapshot_interval = seconds(0);
  const auto store = open(often);
  ask(*store, 7, input(Sign::kAbsent, -10));
  ask(*store, 7, input(Sign::kDelivered, -9));
  EXPECT_TRUE(ask(*store, 7, input(Sign::kAbsent, -8, 1)).is_miss);
  ask(*store, 7, input(Sign::kDelivered, -7));
  // The second one that is finished from now on was begun from now on.
  std::string bytes;
  std::int64_t earlier = wall_clock_ns();
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(eventually([&] {
      ask(*store, 8, input(Sign::kInserted, 0));  // without changes there would be none
      bytes = contents_of(options().snapshot);
      return written(bytes) > earlier;
    }));
    earlier = written(bytes);
  }
  store->stop();
  write_file(folder.file("copy"), bytes);
  auto crashed = options();
  crashed.snapshot = folder.file("copy");
  const auto next = open(crashed);
  EXPECT_FALSE(ask(*next, 7, input(Sign::kAbsent, 0, 2)).became_suspicious);
  next->stop();
}

TEST_F(StateMemorySnapshot, IsReadOnceAsTheLast) {
  {
    const auto store = open(options());
    ask(*store, 7, input(Sign::kAbsent, -10));
    ask(*store, 7, input(Sign::kDelivered, -9));
    EXPECT_TRUE(ask(*store, 7, input(Sign::kAbsent, -8, 1)).is_miss);
    ask(*store, 7, input(Sign::kDelivered, -7));
    store->stop();
  }
  {
    // A process that reads it and is killed before it writes its own.
    std::string ignored;
    const std::string kept = contents_of(options().snapshot);
    const auto store = open(options());
    const std::string marked = contents_of(options().snapshot);
    EXPECT_NE(kept, marked);
    store->stop();
    write_file(options().snapshot, marked);
  }
  const auto store = open(options());
  EXPECT_FALSE(ask(*store, 7, input(Sign::kAbsent, 0, 2)).became_suspicious);
  store->stop();
}

TEST_F(StateMemorySnapshot, WhatExpiredMeanwhileIsNotKnown) {
  {
    auto some = options();
    const auto store = open(some);
    ask(*store, 1, input(Sign::kInserted, -10'000));
    ask(*store, 2, input(Sign::kInserted, -1));
    store->stop();
  }
  auto brief = options();
  brief.ttl = seconds(5'000);  // kStart may be a minute ago
  const auto store = open(brief);
  EXPECT_EQ(store->counters().entries, 1u);
  EXPECT_EQ(store->counters().expired, 1u);
  store->stop();
}

TEST_F(StateMemorySnapshot, DamagedIsUsedAsFarAsItIsWholeAndKeptAside) {
  {
    const auto store = open(options());
    for (std::uint64_t i = 0; i < 3000; ++i) ask(*store, i, input(Sign::kAdded, -10));
    store->stop();
  }
  const std::string path = options().snapshot;
  std::string bytes = contents_of(path);
  bytes[1000] ^= 1;
  write_file(path, bytes);
  std::string warning;
  const auto store = open(options(), &warning);
  EXPECT_EQ(warning, path + ": is damaged: 1976 of 3000 entries are whole; kept as " + path + ".damaged");
  EXPECT_EQ(store->counters().entries, 1976u);
  EXPECT_EQ(contents_of(path + ".damaged"), bytes);
  store->stop();
}

TEST_F(StateMemorySnapshot, IsNotWrittenAgainWhileNothingChanges) {
  auto often = options();
  often.snapshot_interval = seconds(0);
  const auto store = open(often);
  ask(*store, 1, input(Sign::kInserted, 0));
  ASSERT_TRUE(eventually([&] { return written(contents_of(often.snapshot)) != 0; }));
  std::filesystem::remove(often.snapshot);
  for (int i = 0; i < 1000; ++i) std::this_thread::yield();
  EXPECT_FALSE(std::filesystem::exists(often.snapshot));
  store->stop();
  EXPECT_TRUE(std::filesystem::exists(often.snapshot)) << "but at the stop";
}

TEST_F(StateMemorySnapshot, OfMoreThanTheBoundFillsTheBound) {
  {
    const auto store = open(options());
    for (std::uint64_t i = 0; i < 3000; ++i) ask(*store, i, input(Sign::kAdded, -10));
    store->stop();
  }
  auto small = options();
  small.entries = 100;
  const auto store = open(small);
  EXPECT_EQ(store->counters().entries, 100u);
  EXPECT_EQ(store->counters().evicted, 2900u);
  store->stop();
}

TEST_F(StateMemorySnapshot, AFolderThatIsNotThereIsAnErrorAtTheStart) {
  auto wrong = options();
  wrong.snapshot = folder.file("missing/state");
  std::string warning;
  const auto store = open_state_memory(wrong, warning);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::kIo);
}

TEST_F(StateMemorySnapshot, AnotherProgramsFileIsAnErrorAndStays) {
  write_file(options().snapshot, "not ours");
  std::string warning;
  const auto store = open_state_memory(options(), warning);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::kFormat);
  EXPECT_EQ(contents_of(options().snapshot), "not ours");
}

TEST_F(StateMemorySnapshot, AFailureIsToldAndTheStoreGoesOn) {
  auto often = options();
  often.snapshot = folder.file("below/state");
  std::filesystem::create_directory(folder.file("below"));
  often.snapshot_interval = seconds(0);
  const auto store = open(often);
  std::filesystem::remove_all(folder.file("below"));
  ask(*store, 2, input(Sign::kInserted, 0));
  EXPECT_TRUE(eventually([&] { return !store->last_error().empty(); }));
  EXPECT_EQ(ask(*store, 1, input(Sign::kInserted, 0)).entry.issued, 1);
  std::filesystem::create_directory(folder.file("below"));
  EXPECT_TRUE(eventually([&] { return store->last_error().empty(); }));
  store->stop();
}

// Snapshots while updates go on: each one holds entries that were there, and none is torn.
TEST_F(StateMemorySnapshot, TakenUnderLoadIsWhole) {
  auto often = options();
  often.snapshot_interval = seconds(0);
  const auto store = open(often);
  std::atomic<bool> is_over{false};
  std::vector<std::thread> threads;
  for (std::uint64_t thread = 0; thread < 2; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::uint64_t i = 0; !is_over; ++i)
        ask(*store, i % 10'000 + thread * 5000, input(Sign::kAdded, 0));
    });
  }
  EXPECT_TRUE(eventually([&] { return contents_of(options().snapshot).size() > 500'000; }));
  is_over = true;
  for (std::thread& thread : threads) thread.join();
  store->stop();
  const auto next = open(options());
  EXPECT_EQ(next->counters().entries, store->counters().entries);
  next->stop();
}

}  // namespace
}  // namespace mogura::store
