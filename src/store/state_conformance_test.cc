// What every store of challenge state must do, run on each of them; Redis on a real server.

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <random>
#include <thread>

#include "store/state_memory.h"
#include "store/state_redis.h"
#include "store/testing/redis_server.h"

namespace mogura::store {
namespace {

using challenge::Entry;
using challenge::Input;
using challenge::MachineOptions;
using challenge::Outcome;
using challenge::Sign;
using challenge::StateKey;
using challenge::StateStore;
using Kind = StateStore::Answer::Kind;

enum class Place { kMemory, kRedis };
void PrintTo(Place place, std::ostream* out) {
  *out << (place == Place::kMemory ? "memory" : "Redis");
}

StateKey key(std::uint32_t number) {
  StateKey key;
  for (std::size_t i = 0; i < 4; ++i) key.bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return key;
}

Input input(Sign sign, int milliseconds, std::uint32_t connection = 1) {
  Input input;
  input.sign = sign;
  input.time = Timestamp(std::chrono::seconds(1'700'000'000) + std::chrono::milliseconds(milliseconds));
  input.connection = connection;
  return input;
}

class StateConformance : public ::testing::TestWithParam<Place> {
 protected:
  void SetUp() override {
    if (GetParam() == Place::kMemory) {
      auto store = open_state_memory({.entries = 100'000}, warning_);
      ASSERT_TRUE(store);
      stores_.push_back(std::move(*store));
      return;
    }
    if (!RedisServer::is_installed()) GTEST_SKIP() << "redis-server is not installed";
    server_ = std::make_unique<RedisServer>();
    ASSERT_TRUE(server_->is_ready());
    for (int i = 0; i < 2; ++i) stores_.push_back(open_redis());
  }
  void TearDown() override {
    for (const auto& store : stores_) store->stop();
  }

  std::unique_ptr<StateStore> open_redis() const {
    auto store = open_state_redis({.url = server_->url(), .deadline = std::chrono::seconds(10)});
    EXPECT_TRUE(store);
    EXPECT_TRUE(eventually([&] { return (*store)->last_error().empty(); }));
    return std::move(*store);
  }
  // In turn: of several proxies' stores, or always the same.
  StateStore& store(std::size_t number = 0) const { return *stores_[number % stores_.size()]; }

  static std::optional<Outcome> ask(StateStore& store, const StateKey& key, const Input& input) {
    std::promise<std::optional<Outcome>> promise;
    const auto answer =
        store.update(key, input, [&](const std::optional<Outcome>& outcome) { promise.set_value(outcome); });
    if (answer.kind == Kind::kNow) return answer.outcome;
    if (answer.kind == Kind::kUnavailable) return std::nullopt;
    return promise.get_future().get();
  }

  std::string warning_;
  std::unique_ptr<RedisServer> server_;
  std::vector<std::unique_ptr<StateStore>> stores_;
};

void expect_same(const Outcome& got, const Outcome& expected) {
  EXPECT_EQ(got.entry, expected.entry);
  EXPECT_EQ(got.from, expected.from);
  EXPECT_EQ(got.action, expected.action);
  EXPECT_EQ(got.is_miss, expected.is_miss);
  EXPECT_EQ(got.became_suspicious, expected.became_suspicious);
  EXPECT_EQ(got.verdict_changed, expected.verdict_changed);
  EXPECT_EQ(got.is_early, expected.is_early);
  EXPECT_EQ(got.is_passed_over, expected.is_passed_over);
}

TEST_P(StateConformance, AnswersAsAdvanceDoesWhateverComes) {
  std::mt19937 random(7);
  std::map<StateKey, Entry> model;
  for (int i = 0; i < 3000; ++i) {
    const StateKey chosen = key(static_cast<std::uint32_t>(random() % 20));
    Input in = input(static_cast<Sign>(random() % challenge::kSigns), i * 50,
                     static_cast<std::uint32_t>(random() % 3));
    in.claims_browser = random() % 2 != 0;
    in.is_browser_like = random() % 2 != 0;
    in.is_doubtful = random() % 8 == 0;
    const auto outcome = ask(store(random()), chosen, in);
    ASSERT_TRUE(outcome);
    expect_same(*outcome, challenge::advance(model[chosen], in, MachineOptions{}));
    ASSERT_FALSE(HasFailure()) << "input " << i;
  }
}

TEST_P(StateConformance, AKeyBeginsWithNothing) {
  ASSERT_TRUE(ask(store(), key(1), input(Sign::kInserted, 0)));
  const auto outcome = ask(store(1), key(2), input(Sign::kAbsent, 1));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->from, challenge::State::kNone);
  EXPECT_TRUE(outcome->is_early);
}

TEST_P(StateConformance, KeysThatDifferInTheLastBitAreTwo) {
  StateKey one = key(1), other = key(1);
  other.bytes[15] = 1;
  ASSERT_TRUE(ask(store(), one, input(Sign::kInserted, 0)));
  const auto outcome = ask(store(), other, input(Sign::kInserted, 0));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->entry.issued, 1);
}

TEST_P(StateConformance, UpdatesWithoutAskerAreDone) {
  for (int i = 0; i < 100; ++i) store(0).update(key(3), input(Sign::kInserted, i), {});
  // The last of these waits behind the others.
  const auto outcome = ask(store(0), key(3), input(Sign::kInserted, 100));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->entry.issued, 101);
}

TEST_P(StateConformance, UpdatesOfOneKeyFromManySidesAreAllCounted) {
  constexpr int kThreads = 4, kEach = 500;
  std::atomic<int> answered{0}, given{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kEach; ++i) {
        const auto answer = store(static_cast<std::size_t>(thread))
                                .update(key(4), input(Sign::kInserted, i),
                                        [&](const auto& outcome) { answered += outcome ? 1 : 0; });
        given += answer.kind == Kind::kNow ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(eventually([&] { return answered + given == kThreads * kEach; }));
  const auto outcome = ask(store(), key(4), input(Sign::kInserted, kEach));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->entry.issued, kThreads * kEach + 1);
}

// Two connections whose misses alternate: whichever proxy sees the last one, the count is the same.
TEST_P(StateConformance, MissesSeenByDifferentProxiesAddUp) {
  ASSERT_TRUE(ask(store(0), key(5), input(Sign::kAbsent, 0)));
  ASSERT_TRUE(ask(store(0), key(5), input(Sign::kDelivered, 10)));
  const auto first = ask(store(1), key(5), input(Sign::kAbsent, 20, 1));
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->is_miss);
  ASSERT_TRUE(ask(store(1), key(5), input(Sign::kDelivered, 30)));
  const auto second = ask(store(0), key(5), input(Sign::kAbsent, 40, 2));
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->became_suspicious);
}

TEST_P(StateConformance, CountersTellWhatWasAnswered) {
  for (std::uint32_t i = 0; i < 10; ++i) ASSERT_TRUE(ask(store(), key(i), input(Sign::kAbsent, 0)));
  const auto counters = store().counters();
  EXPECT_EQ(counters.updates, 10u);
  EXPECT_EQ(counters.unavailable + counters.slow + counters.evicted + counters.expired, 0u);
  EXPECT_GT(counters.bytes, 0u);
  EXPECT_EQ(counters.entries, GetParam() == Place::kMemory ? 10u : 0u);
  EXPECT_EQ(store().last_error(), "");
}

TEST_P(StateConformance, WhatIsUnderWayAtAStopIsAnsweredBeforeItsEnd) {
  std::atomic<int> ends{0};
  int later = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto answer = store().update(key(static_cast<std::uint32_t>(i)), input(Sign::kAbsent, 0),
                                       [&](const auto&) { ++ends; });
    later += answer.kind == Kind::kLater ? 1 : 0;
  }
  store().stop();
  EXPECT_EQ(ends, later);
}

INSTANTIATE_TEST_SUITE_P(Stores, StateConformance, ::testing::Values(Place::kMemory, Place::kRedis),
                         [](const auto& tested) {
                           return tested.param == Place::kMemory ? "memory" : "redis";
                         });

}  // namespace
}  // namespace mogura::store
