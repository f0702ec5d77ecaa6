// What challenge state costs: memory of an entry, time of an update, of a snapshot and of reading it again;
// with the address of a server, the same for Redis. bench/state/measure builds and runs it.
//
//     state_bench ENTRIES SNAPSHOT-FILE [redis-url]

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/hash.h"
#include "store/state_memory.h"
#include "store/state_redis.h"

namespace {

using mogura::challenge::Input;
using mogura::challenge::Sign;
using mogura::challenge::StateKey;
using mogura::challenge::StateStore;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double processor_seconds(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  long total = 0, resident = 0;
  file >> total >> resident;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

// As good as a keyed hash: all bits differ.
StateKey key(std::uint64_t number) {
  StateKey key;
  const std::uint64_t words[] = {mogura::hash_mix(number, 1), mogura::hash_mix(number, 2)};
  std::copy_n(reinterpret_cast<const std::uint8_t*>(words), key.bytes.size(), key.bytes.begin());
  return key;
}

Input input(Sign sign) {
  Input input;
  input.sign = sign;
  input.time = std::chrono::time_point_cast<mogura::Duration>(std::chrono::system_clock::now());
  return input;
}

std::unique_ptr<StateStore> open(const mogura::store::StateMemoryOptions& options) {
  std::string warning;
  auto store = mogura::store::open_state_memory(options, warning);
  if (!store) {
    std::fprintf(stderr, "%s\n", store.error().message().c_str());
    std::exit(1);
  }
  return std::move(*store);
}

// Each of `threads` makes `count` updates of keys from all over. Processor seconds an update.
double update_all(StateStore& store, unsigned threads, std::uint64_t count, std::uint64_t keys) {
  std::vector<std::thread> running;
  const double start = processor_seconds(CLOCK_PROCESS_CPUTIME_ID);
  for (unsigned thread = 0; thread < threads; ++thread) {
    running.emplace_back([&, thread] {
      const Input in = input(Sign::kCurrent);
      std::uint64_t at = thread;
      for (std::uint64_t i = 0; i < count; ++i) {
        at = mogura::hash_mix(at, i);
        store.update(key(at % keys), in, {});
      }
    });
  }
  for (std::thread& thread : running) thread.join();
  return (processor_seconds(CLOCK_PROCESS_CPUTIME_ID) - start) / static_cast<double>(threads * count);
}

void fill(StateStore& store, std::uint64_t entries, double resident_before) {
  double most = 0;
  const Input in = input(Sign::kInserted);
  const double start = processor_seconds(CLOCK_THREAD_CPUTIME_ID);
  for (std::uint64_t i = 1; i <= entries; ++i) {
    store.update(key(i), in, {});
    if (i % (entries / 100) != 0) continue;
    most = std::max(most, static_cast<double>(store.counters().bytes) / static_cast<double>(i));
  }
  const double taken = processor_seconds(CLOCK_THREAD_CPUTIME_ID) - start;
  const auto count = static_cast<double>(entries);
  std::printf("entries                          %12.0f\n", count);
  std::printf("bytes an entry, counted          %12.1f\n",
              static_cast<double>(store.counters().bytes) / count);
  std::printf("  the most while it filled       %12.1f\n", most);
  std::printf("bytes an entry, resident         %12.1f\n", (resident_bytes() - resident_before) / count);
  std::printf("update, new entry                %12.0f ns\n", taken / count * 1e9);
}

// The longest that one update keeps its shard: when that grows. In a pass of its own, for the clock takes
// time.
void measure_slowest(std::uint64_t entries) {
  const auto store = open({.entries = entries + entries / 4});
  const Input in = input(Sign::kInserted);
  double slowest = 0;
  for (std::uint64_t i = 1; i <= entries; ++i) {
    const double before = processor_seconds(CLOCK_THREAD_CPUTIME_ID);
    store->update(key(i), in, {});
    slowest = std::max(slowest, processor_seconds(CLOCK_THREAD_CPUTIME_ID) - before);
  }
  std::printf("update, the slowest              %12.2f ms\n", slowest * 1e3);
  store->stop();
}

void measure_memory(std::uint64_t entries, const std::string& snapshot) {
  const mogura::store::StateMemoryOptions options{
      .entries = entries + entries / 4, .snapshot = snapshot, .snapshot_interval = std::chrono::hours(1)};
  {
    const double resident = resident_bytes();
    const auto store = open(options);
    fill(*store, entries, resident);
    std::printf("update, one thread               %12.0f ns\n",
                update_all(*store, 1, 4'000'000, entries) * 1e9);
    std::printf("update, two threads at once      %12.0f ns\n",
                update_all(*store, 2, 4'000'000, entries) * 1e9);
    const auto start = Clock::now();
    store->stop();
    std::printf("snapshot, written and synced     %12.2f s\n", seconds_since(start));
  }
  std::ifstream file(snapshot, std::ios::ate | std::ios::binary);
  std::printf("  its size                       %12.0f MB\n", static_cast<double>(file.tellg()) / 1e6);
  const auto start = Clock::now();
  const auto store = open(options);
  std::printf("  read again at the start        %12.2f s\n", seconds_since(start));
  store->stop();
}

void measure_redis(const std::string& url) {
  auto opened = mogura::store::open_state_redis({.url = url, .deadline = std::chrono::seconds(10)});
  if (!opened) return;
  StateStore& store = **opened;
  while (!store.last_error().empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::atomic<std::uint64_t> done{0};
  const auto count_one = [&done](const auto& outcome) { done += outcome ? 1 : 0; };
  const Input in = input(Sign::kCurrent);
  std::vector<double> times;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const auto start = Clock::now();
    store.update(key(i % 1000), in, count_one);
    while (done <= i) std::this_thread::yield();
    times.push_back(seconds_since(start));
  }
  std::sort(times.begin(), times.end());
  std::printf("Redis, one at a time, median     %12.0f us\n", times[times.size() / 2] * 1e6);
  std::printf("Redis, one at a time, p99        %12.0f us\n", times[times.size() * 99 / 100] * 1e6);
  constexpr std::uint64_t kCount = 500'000, kUnderWay = 5000;
  done = 0;
  const auto start = Clock::now();
  for (std::uint64_t i = 0; i < kCount; ++i) {
    while (i - done > kUnderWay) std::this_thread::yield();
    store.update(key(i % 20'000), in, count_one);
  }
  while (done < kCount) std::this_thread::yield();
  std::printf("Redis, 5000 under way            %12.0f a second\n", kCount / seconds_since(start));
  store.stop();
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) return std::fprintf(stderr, "usage: state_bench ENTRIES SNAPSHOT-FILE [redis-url]\n"), 2;
  const std::uint64_t entries = std::max(std::strtoull(words[1], nullptr, 10), 1000ULL);
  measure_memory(entries, words[2]);
  measure_slowest(entries);
  if (count > 3) measure_redis(words[3]);
  return 0;
}
