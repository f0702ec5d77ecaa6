#include "store/state_redis.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "base/digest.h"
#include "store/testing/redis_server.h"

namespace mogura::store {
namespace {

using challenge::Input;
using challenge::Outcome;
using challenge::Sign;
using challenge::State;
using challenge::StateKey;
using challenge::StateStore;
using Kind = StateStore::Answer::Kind;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

StateKey key(std::uint8_t number) {
  StateKey key;
  key.bytes.fill(number);
  return key;
}

std::string text_of(const StateKey& key) {
  return "mogura:1:" + to_hex(key.bytes);
}

// After a lost connection, what was touched before it is forgiven: times are those of the wall clock.
Input input(Sign sign, std::uint32_t connection = 1) {
  Input input;
  input.sign = sign;
  input.time = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  input.connection = connection;
  return input;
}

class StateRedis : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!RedisServer::is_installed()) GTEST_SKIP() << "redis-server is not installed";
    server = std::make_unique<RedisServer>();
    ASSERT_TRUE(server->is_ready());
  }
  void TearDown() override {
    if (store) store->stop();
  }

  StateRedisOptions options() const {
    StateRedisOptions options;
    options.url = server->url();
    options.deadline = seconds(5);
    options.first_pause = milliseconds(1);
    options.longest_pause = milliseconds(20);
    return options;
  }
  void open(const StateRedisOptions& options, bool is_there = true) {
    auto opened = open_state_redis(options);
    ASSERT_TRUE(opened) << opened.error().message();
    store = std::move(*opened);
    if (!is_there) return;
    ASSERT_TRUE(comes_up()) << store->last_error();
  }
  bool comes_up() const {
    return eventually([&] { return store->last_error().empty(); });
  }

  std::optional<Outcome> ask(const StateKey& key, const Input& input) const {
    std::promise<std::optional<Outcome>> promise;
    const auto answer =
        store->update(key, input, [&](const std::optional<Outcome>& outcome) { promise.set_value(outcome); });
    EXPECT_NE(answer.kind, Kind::kNow);
    return answer.kind == Kind::kLater ? promise.get_future().get() : std::nullopt;
  }

  std::unique_ptr<RedisServer> server;
  std::unique_ptr<StateStore> store;
};

// --- what stands in the server ---

TEST_F(StateRedis, WritesKeysAndValuesAsDocumented) {
  auto some = options();
  some.ttl = seconds(1000);
  open(some);
  const auto outcome = ask(key(0xAB), input(Sign::kInserted));
  ASSERT_TRUE(outcome);
  const std::string value = server->command({"GET", text_of(key(0xAB))});
  EXPECT_EQ(text_of(key(0xAB)), "mogura:1:abababababababababababababababab");
  ASSERT_EQ(value.size(), 36u);
  EXPECT_EQ(value.substr(0, 8), std::string("\x01\x01\0\0\0\0\0\x01", 8)) << "version 1, set, issued once";
  const int ttl = std::stoi(server->command({"PTTL", text_of(key(0xAB))}));
  EXPECT_GT(ttl, 900'000);
  EXPECT_LE(ttl, 1'000'000);
}

TEST_F(StateRedis, UsesTheDatabaseOfItsUrl) {
  auto some = options();
  some.url += "?db=5";
  open(some);
  ASSERT_TRUE(ask(key(1), input(Sign::kInserted)));
  EXPECT_EQ(server->command({"EXISTS", text_of(key(1))}), "0");
  EXPECT_EQ(server->command({"SWAPDB", "0", "5"}), "OK");
  EXPECT_EQ(server->command({"EXISTS", text_of(key(1))}), "1");
}

TEST_F(StateRedis, ReplacesWhatIsNoEntry) {
  open(options());
  std::uint8_t number = 0;
  for (const std::string& odd :
       {std::string("x"), std::string(36, '\xFF'), std::string(100'000, '\x01'), std::string()}) {
    ASSERT_EQ(server->command({"SET", text_of(key(++number)), odd}), "OK");
    const auto outcome = ask(key(number), input(Sign::kInserted));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->entry.issued, 1);
    EXPECT_EQ(server->command({"STRLEN", text_of(key(number))}), "36");
  }
}

TEST_F(StateRedis, AKeyOfAnotherTypeIsNotAnswered) {
  open(options());
  ASSERT_EQ(server->command({"LPUSH", text_of(key(1)), "x"}), "1");
  EXPECT_FALSE(ask(key(1), input(Sign::kInserted)));
  EXPECT_EQ(store->last_error(), server->socket() + ": refused the update: WRONGTYPE");
  EXPECT_TRUE(ask(key(2), input(Sign::kInserted)));
}

TEST_F(StateRedis, ScriptsThatWereForgottenAreSentAgain) {
  open(options());
  for (int i = 1; i <= 3; ++i) {
    ASSERT_EQ(server->command({"SCRIPT", "FLUSH"}), "OK");
    const auto outcome = ask(key(1), input(Sign::kInserted));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->entry.issued, i);
  }
}

TEST_F(StateRedis, WhatTheServerForgotIsFresh) {
  open(options());
  ASSERT_TRUE(ask(key(1), input(Sign::kInserted)));
  ASSERT_EQ(server->command({"FLUSHALL"}), "OK");
  const auto outcome = ask(key(1), input(Sign::kInserted));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->entry.issued, 1);
}

TEST_F(StateRedis, AServerThatIsFullIsNotAnswered) {
  open(options());
  ASSERT_EQ(server->command({"CONFIG", "SET", "maxmemory", "1"}), "OK");
  EXPECT_FALSE(ask(key(1), input(Sign::kInserted)));
  EXPECT_EQ(store->last_error(), server->socket() + ": refused the update: OOM");
  EXPECT_EQ(store->counters().unavailable, 1u);
  ASSERT_EQ(server->command({"CONFIG", "SET", "maxmemory", "0"}), "OK");
  EXPECT_TRUE(ask(key(1), input(Sign::kInserted)));
  EXPECT_EQ(store->last_error(), "");
}

// --- who may come in ---

TEST_F(StateRedis, PasswordsOpenTheServerAndAreNeverShown) {
  ASSERT_EQ(server->command({"ACL", "SETUSER", "anna", "on", ">s@cret/1", "~mogura:*", "+@all"}), "OK");
  ASSERT_EQ(server->command({"CONFIG", "SET", "requirepass", "pass%word"}), "OK");
  struct Case {
    const char* credentials;
    bool is_right;
    const char* why;
  };
  for (const Case& c :
       {Case{":pass%25word@", true, "the default user's"}, Case{"anna:s%40cret%2F1@", true, "anna's"},
        Case{"default:pass%25word@", true, "the default user's by name"}, Case{":hidden@", false, "wrong"},
        Case{"anna:hidden@", false, "wrong"}, Case{"hidden:hidden@", false, "no such user"},
        Case{"", false, "none"}}) {
    auto some = options();
    some.url = "redis+unix://" + std::string(c.credentials) + server->socket();
    open(some, c.is_right);
    if (c.is_right) {
      EXPECT_TRUE(ask(key(1), input(Sign::kInserted))) << c.why;
    } else {
      const std::string expected = server->socket() + ": refused AUTH, SELECT or SCRIPT LOAD: ";
      ASSERT_TRUE(eventually([&] { return store->last_error().starts_with(expected); })) << c.why;
      EXPECT_EQ(store->last_error().find("hidden"), std::string::npos) << c.why;
    }
    store->stop();
  }
}

TEST(StateRedisUrl, ThatMakesNoSenseIsAnErrorWithoutThePassword) {
  const auto store = open_state_redis({.url = "redis://:hidden@:x"});
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::kUsage);
  EXPECT_EQ(store.error().message().find("hidden"), std::string::npos);
}

TEST_F(StateRedis, IsReachedOverTcp) {
  // Somebody may take the port between finding it and using it.
  for (int attempt = 0; attempt < 5; ++attempt) {
    const std::string port = std::to_string(free_port());
    const RedisServer other({"--port", port, "--bind", "127.0.0.1"});
    if (!other.is_ready()) continue;
    auto some = options();
    some.url = "redis://127.0.0.1:" + port;
    open(some);
    EXPECT_TRUE(ask(key(1), input(Sign::kInserted)));
    EXPECT_EQ(other.command({"EXISTS", text_of(key(1))}), "1");
    return;
  }
  FAIL() << "no port was free";
}

// --- a server that is slow, stopped or gone ---

TEST_F(StateRedis, AServerThatIsNotThereIsUnavailableAtOnceUntilItIs) {
  server->kill();
  open(options(), false);
  ASSERT_TRUE(eventually([&] { return store->last_error().ends_with("No such file or directory"); }));
  EXPECT_EQ(store->update(key(1), input(Sign::kAbsent), [](const auto&) { FAIL(); }).kind,
            Kind::kUnavailable);
  EXPECT_EQ(store->counters().unavailable, 1u);
  server->start();
  ASSERT_TRUE(comes_up());
  EXPECT_TRUE(ask(key(1), input(Sign::kAbsent)));
}

TEST_F(StateRedis, AServerThatHangsMissesDeadlinesAndIsUnavailableUntilItAnswers) {
  auto some = options();
  some.deadline = milliseconds(20);
  some.connect_deadline = seconds(60);
  open(some);
  ASSERT_TRUE(eventually([&] { return ask(key(1), input(Sign::kInserted)).has_value(); }));
  const auto before = store->counters();
  server->pause();
  const auto start = steady_clock::now();
  EXPECT_FALSE(ask(key(1), input(Sign::kInserted)));
  EXPECT_LT(steady_clock::now() - start, seconds(5));
  EXPECT_EQ(store->counters().slow, before.slow + 1);
  EXPECT_EQ(store->last_error(), server->socket() + ": no answer within 20 ms");
  EXPECT_EQ(store->update(key(1), input(Sign::kInserted), {}).kind, Kind::kUnavailable);
  server->go_on();
  ASSERT_TRUE(comes_up());
  EXPECT_TRUE(eventually([&] { return ask(key(1), input(Sign::kInserted)).has_value(); }));
}

TEST_F(StateRedis, AConnectionThatStaysSilentIsGivenUp) {
  auto some = options();
  some.deadline = milliseconds(10);
  some.connect_deadline = milliseconds(50);
  open(some);
  server->pause();
  store->update(key(1), input(Sign::kInserted), {});
  EXPECT_TRUE(eventually([&] { return store->last_error() == server->socket() + ": no answer"; }));
  server->go_on();
  EXPECT_TRUE(comes_up());
}

TEST_F(StateRedis, MoreThanTheBoundUnderWayAreRefusedAtOnce) {
  auto some = options();
  some.in_flight = 10;
  open(some);
  server->pause();
  std::atomic<int> ends{0};
  int later = 0, refused = 0;
  for (int i = 0; i < 30; ++i) {
    const auto answer = store->update(key(1), input(Sign::kInserted), [&](const auto&) { ++ends; });
    ++(answer.kind == Kind::kLater ? later : refused);
  }
  EXPECT_EQ(later, 10);
  EXPECT_EQ(refused, 20);
  server->go_on();
  EXPECT_TRUE(eventually([&] { return ends == 10; }));
}

TEST_F(StateRedis, AfterAStopEverythingIsRefusedAndWasAnsweredOnce) {
  open(options());
  server->pause();
  std::atomic<int> ends{0};
  for (std::uint8_t i = 0; i < 100; ++i) {
    ASSERT_EQ(store->update(key(i), input(Sign::kInserted), [&](const auto&) { ++ends; }).kind, Kind::kLater);
  }
  server->kill();
  store->stop();
  EXPECT_EQ(ends, 100);
  EXPECT_EQ(store->update(key(1), input(Sign::kInserted), [&](const auto&) { ++ends; }).kind,
            Kind::kUnavailable);
  store.reset();
  EXPECT_EQ(ends, 100);
}

TEST_F(StateRedis, ALaterMayAskAgain) {
  open(options());
  std::promise<int> promise;
  store->update(key(1), input(Sign::kInserted), [&](const auto&) {
    store->update(key(1), input(Sign::kInserted), [&](const std::optional<Outcome>& second) {
      promise.set_value(second ? second->entry.issued : -1);
    });
  });
  EXPECT_EQ(promise.get_future().get(), 2);
}

// --- nothing false comes from it ---

// A miss, then returns that could not be told, then a miss: two, but not in a row.
TEST_F(StateRedis, AReturnThatCameWhileTheServerHungIsToldLater) {
  auto some = options();
  some.deadline = milliseconds(20);
  some.connect_deadline = seconds(60);
  open(some);
  const auto insist = [&](Sign sign, std::uint32_t connection) {
    std::optional<Outcome> outcome;
    EXPECT_TRUE(eventually([&] { return (outcome = ask(key(1), input(sign, connection))).has_value(); }));
    return outcome.value_or(Outcome{});
  };
  insist(Sign::kAbsent, 1);
  insist(Sign::kDelivered, 1);
  EXPECT_EQ(insist(Sign::kAbsent, 1).entry.misses, 1);
  insist(Sign::kDelivered, 1);
  server->pause();
  EXPECT_FALSE(ask(key(9), input(Sign::kInserted)));
  EXPECT_EQ(store->update(key(1), input(Sign::kCurrent), {}).kind, Kind::kUnavailable);
  server->go_on();
  ASSERT_TRUE(comes_up());
  insist(Sign::kDelivered, 2);
  const Outcome outcome = insist(Sign::kAbsent, 2);
  EXPECT_TRUE(outcome.entry.has_returned);
  EXPECT_EQ(outcome.entry.misses, 1);
  EXPECT_FALSE(outcome.became_suspicious);
}

// A server that comes back with what it knew before: returns may have happened since.
TEST_F(StateRedis, WhatIsFromBeforeALostConnectionIsForgiven) {
  open(options());
  ask(key(1), input(Sign::kAbsent, 1));
  ask(key(1), input(Sign::kDelivered, 1));
  EXPECT_TRUE(ask(key(1), input(Sign::kAbsent, 1))->is_miss);
  ask(key(1), input(Sign::kDelivered, 1));
  ASSERT_NE(server->command({"CLIENT", "KILL", "TYPE", "normal"}), "nothing");
  std::optional<Outcome> outcome;
  ASSERT_TRUE(eventually([&] { return (outcome = ask(key(1), input(Sign::kAbsent, 2))).has_value(); }));
  EXPECT_FALSE(outcome->is_miss);
  EXPECT_FALSE(outcome->became_suspicious);
}

// The server is killed and started anew, empty, again and again, while clients that always return their
// cookie are asked about: whatever is answered says nothing against any of them, and everything is answered
// once.
TEST_F(StateRedis, KilledUnderLoadItInventsNothing) {
  auto some = options();
  some.deadline = milliseconds(200);
  open(some);
  constexpr int kThreads = 2;
  std::atomic<bool> is_over{false};
  std::atomic<std::uint64_t> asked{0}, later{0}, ended{0}, done{0}, accused{0};
  const auto judge = [&](const std::optional<Outcome>& outcome) {
    ++ended;
    if (!outcome) return;
    ++done;
    if (outcome->is_miss || outcome->became_suspicious || outcome->entry.state == State::kSuspicious)
      ++accused;
  };
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      constexpr Sign kVisit[] = {Sign::kInserted, Sign::kDelivered, Sign::kCurrent};
      for (std::uint32_t i = 0; !is_over; ++i) {
        const auto number = static_cast<std::uint8_t>(i / 3 % 50 + static_cast<unsigned>(thread) * 100);
        ++asked;
        later += store->update(key(number), input(kVisit[i % 3], i), judge).kind == Kind::kLater ? 1 : 0;
        if (asked - ended - store->counters().unavailable > 1000) std::this_thread::yield();
      }
    });
  }
  for (int round = 0; round < 5; ++round) {
    const std::uint64_t before = done;
    EXPECT_TRUE(eventually([&] { return done > before + 500; })) << store->last_error();
    server->kill();
    EXPECT_TRUE(eventually([&] { return !store->last_error().empty(); }));
    server->start();
    EXPECT_TRUE(comes_up());
  }
  is_over = true;
  for (std::thread& thread : threads) thread.join();
  store->stop();
  EXPECT_EQ(ended, later);
  EXPECT_EQ(accused, 0u);
  const auto counters = store->counters();
  EXPECT_EQ(counters.updates, done);
  EXPECT_EQ(counters.updates + counters.slow + counters.unavailable, asked);
}

}  // namespace
}  // namespace mogura::store
