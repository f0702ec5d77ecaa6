#include "proxy/detail/resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

namespace mogura::proxy::detail {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using Answer = Result<std::vector<Address>>;

constexpr milliseconds kLong{60'000};

// Stands for the system's resolver: answers are held back while the gate is shut.
class System {
 public:
  void reset() {
    const std::lock_guard lock(mutex_);
    is_shut_ = false;
    asked_.clear();
  }
  void shut() {
    const std::lock_guard lock(mutex_);
    is_shut_ = true;
  }
  void open() {
    const std::lock_guard lock(mutex_);
    is_shut_ = false;
    changed_.notify_all();
  }
  void wait_until_asked(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return asked_.size() >= count; });
  }
  std::vector<std::string> asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  Answer answer(const std::string& name) {
    std::unique_lock lock(mutex_);
    asked_.push_back(name);
    changed_.notify_all();
    changed_.wait(lock, [&] { return !is_shut_; });
    if (name.starts_with("missing")) return fail(ErrorCode::kIo, name, "no such name");
    if (name.starts_with("short")) return fail(ErrorCode::kLimit, name, "no descriptors");
    if (name.starts_with("throws")) throw std::bad_alloc();
    return std::vector{Address::v4(0x0A000000u + static_cast<std::uint32_t>(name.size()))};
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_shut_ = false;
  std::vector<std::string> asked_;
};

System& system() {
  static System instance;
  return instance;
}

ResolverOptions options() {
  ResolverOptions options;
  options.threads = 2;
  options.ask = [](const std::string& name) { return system().answer(name); };
  return options;
}

class ResolverTest : public ::testing::Test {
 protected:
  void SetUp() override { system().reset(); }
  void TearDown() override { system().open(); }

  void begin(Resolver& resolver, const std::string& name, milliseconds patience,
             std::optional<Answer>& answer) {
    asio::co_spawn(
        loop_,
        [&resolver, name, patience, &answer]() -> Awaitable<void> {
          answer = co_await resolver.resolve(name, patience);
        },
        asio::detached);
  }
  Answer resolve(Resolver& resolver, const std::string& name, milliseconds patience = kLong) {
    std::optional<Answer> answer;
    begin(resolver, name, patience, answer);
    loop_.restart();
    loop_.run();
    return answer ? *answer : fail(ErrorCode::kUsage, name, "the coroutine never ended");
  }

  asio::io_context loop_{1};
};

TEST_F(ResolverTest, AnswersAddressesInTextWithoutAsking) {
  struct {
    std::string text, address;
  } const cases[] = {{"192.0.2.1", "192.0.2.1"},
                     {"2001:db8::1", "2001:db8::1"},
                     {"[2001:db8::1]", "2001:db8::1"},
                     {"[::ffff:192.0.2.1]", "192.0.2.1"}};
  Resolver resolver(options());
  for (const auto& [text, address] : cases) {
    const Answer answer = resolve(resolver, text);
    ASSERT_TRUE(answer) << text;
    EXPECT_EQ(answer->front().to_string(), address);
  }
  EXPECT_TRUE(system().asked().empty());
}

TEST_F(ResolverTest, RefusesWhatCannotBeAName) {
  struct {
    std::string name, why;
  } const cases[] = {
      {"", "empty"},
      {std::string(254, 'a'), "longer than a name can be"},
      {std::string("a\0b", 3), "NUL"},
      {"a b", "space"},
      {"a\nb", "line end"},
      {"a\x7f", "control"},
      {"[192.0.2.1]", "brackets are for IPv6"},
      {"[a.example]", "brackets are for addresses"},
      {"fe80::1%lo", "a zone says which network of ours"},
      {"a:80", "port"},
      {"a/b", "path"},
      {"u@a", "user"},
  };
  Resolver resolver(options());
  for (const auto& [name, why] : cases) {
    const Answer answer = resolve(resolver, name);
    ASSERT_FALSE(answer) << why;
    EXPECT_EQ(answer.error().code, ErrorCode::kIo) << why;
    EXPECT_LE(answer.error().place.size(), 253u) << why;
  }
  EXPECT_EQ(resolver.counters().refused, std::size(cases));
  EXPECT_TRUE(system().asked().empty());
  EXPECT_TRUE(resolve(resolver, std::string(253, 'a')));
}

TEST_F(ResolverTest, AsksOnceAndThenAnswersFromTheCache) {
  Resolver resolver(options());
  const Answer first = resolve(resolver, "a.example");
  ASSERT_TRUE(first);
  const Answer second = resolve(resolver, "A.Example");
  ASSERT_TRUE(second);
  EXPECT_EQ(*first, *second);
  EXPECT_THAT(system().asked(), ::testing::ElementsAre("a.example"));
  EXPECT_EQ(resolver.counters().asked, 1u);
  EXPECT_EQ(resolver.counters().from_cache, 1u);
  EXPECT_EQ(resolver.counters().entries, 1u);
}

TEST_F(ResolverTest, AnswersFromTheCacheWithoutLeavingTheLoop) {
  Resolver resolver(options());
  ASSERT_TRUE(resolve(resolver, "a.example"));
  std::optional<Answer> answer;
  begin(resolver, "a.example", kLong, answer);
  loop_.restart();
  loop_.run_one();
  EXPECT_TRUE(answer) << "in the same step as the question";
}

TEST_F(ResolverTest, KeepsFailuresForTheirTime) {
  ResolverOptions given = options();
  Resolver keeps(given);
  EXPECT_EQ(resolve(keeps, "missing.example").error().code, ErrorCode::kIo);
  EXPECT_EQ(resolve(keeps, "missing.example").error().code, ErrorCode::kIo);
  EXPECT_EQ(keeps.counters().asked, 1u);
  EXPECT_EQ(keeps.counters().failed, 1u);
  given.keep_failure = std::chrono::seconds(0);
  Resolver forgets(given);
  EXPECT_FALSE(resolve(forgets, "missing.example"));
  EXPECT_FALSE(resolve(forgets, "missing.example"));
  EXPECT_EQ(forgets.counters().asked, 2u);
}

TEST_F(ResolverTest, DoesNotKeepFailuresOfOurOwn) {
  Resolver resolver(options());
  for (const std::string name : {"short.example", "throws.example"}) {
    EXPECT_EQ(resolve(resolver, name).error().code, ErrorCode::kLimit);
    EXPECT_EQ(resolve(resolver, name).error().code, ErrorCode::kLimit);
  }
  EXPECT_EQ(resolver.counters().asked, 4u);
  EXPECT_EQ(resolver.counters().entries, 0u);
}

TEST_F(ResolverTest, MakesSimultaneousQuestionsOne) {
  Resolver resolver(options());
  system().shut();
  std::vector<std::optional<Answer>> answers(100);
  for (auto& answer : answers) begin(resolver, "a.example", kLong, answer);
  while (loop_.poll() != 0) {
  }
  system().wait_until_asked(1);
  system().open();
  loop_.run();
  for (const auto& answer : answers) EXPECT_TRUE(answer && answer->has_value());
  EXPECT_EQ(system().asked().size(), 1u);
}

TEST_F(ResolverTest, ResumesOnTheCallersThread) {
  Resolver resolver(options());
  std::thread::id resumed;
  asio::co_spawn(
      loop_,
      [&]() -> Awaitable<void> {
        co_await resolver.resolve("a.example", kLong);
        resumed = std::this_thread::get_id();
      },
      asio::detached);
  loop_.run();
  EXPECT_EQ(resumed, std::this_thread::get_id());
}

TEST_F(ResolverTest, LosesPatienceWhileTheQuestionGoesOnForOthers) {
  Resolver resolver(options());
  system().shut();
  std::optional<Answer> patient;
  begin(resolver, "a.example", kLong, patient);
  std::optional<Answer> impatient;
  begin(resolver, "a.example", milliseconds(1), impatient);
  while (!impatient) loop_.run_one();
  EXPECT_EQ(impatient->error().code, ErrorCode::kTruncated);
  EXPECT_FALSE(patient);
  system().open();
  loop_.run();
  ASSERT_TRUE(patient);
  EXPECT_TRUE(*patient);
}

TEST_F(ResolverTest, BoundsWhatWaits) {
  ResolverOptions given = options();
  given.threads = 1;
  given.waiting = 2;
  Resolver resolver(given);
  system().shut();
  std::vector<std::optional<Answer>> answers(4);
  begin(resolver, "begun.example", kLong, answers[0]);
  while (loop_.poll() != 0) {
  }
  system().wait_until_asked(1);
  for (std::size_t n = 1; n < 4; ++n) begin(resolver, "waits" + std::to_string(n), kLong, answers[n]);
  while (!answers[3]) loop_.run_one();
  EXPECT_EQ(answers[3]->error().code, ErrorCode::kLimit);
  EXPECT_FALSE(answers[1] || answers[2]);
  system().open();
  loop_.run();
  for (std::size_t n = 0; n < 3; ++n) EXPECT_TRUE(answers[n] && answers[n]->has_value()) << n;
  EXPECT_EQ(resolver.counters().refused, 1u);
}

TEST_F(ResolverTest, DropsAQuestionThatNobodyWaitsForAnyMore) {
  ResolverOptions given = options();
  given.threads = 1;
  given.waiting = 1;
  Resolver resolver(given);
  system().shut();
  std::optional<Answer> begun, given_up, next;
  begin(resolver, "begun.example", kLong, begun);
  while (loop_.poll() != 0) {
  }
  system().wait_until_asked(1);
  begin(resolver, "given-up.example", milliseconds(1), given_up);
  while (!given_up) loop_.run_one();
  begin(resolver, "next.example", kLong, next);
  while (loop_.poll() != 0) {
  }
  system().open();
  loop_.run();
  ASSERT_TRUE(next);
  EXPECT_TRUE(*next) << "the room of the question given up is free again";
  EXPECT_THAT(system().asked(), ::testing::ElementsAre("begun.example", "next.example"));
}

TEST_F(ResolverTest, EndsWhileQuestionsArePending) {
  auto resolver = std::make_unique<Resolver>(options());
  system().shut();
  std::vector<std::optional<Answer>> answers(20);
  for (std::size_t n = 0; n < answers.size(); ++n) {
    begin(*resolver, "n" + std::to_string(n % 10), kLong, answers[n]);
  }
  while (loop_.poll() != 0) {
  }
  system().wait_until_asked(2);
  std::thread ending([&] { resolver.reset(); });
  loop_.run();
  for (const auto& answer : answers) EXPECT_TRUE(answer && !answer->has_value());
  system().open();
  ending.join();
}

TEST_F(ResolverTest, LetsALoopEndThatStillWaits) {
  Resolver resolver(options());
  system().shut();
  std::optional<Answer> answer;
  {
    asio::io_context other{1};
    asio::co_spawn(
        other, [&]() -> Awaitable<void> { answer = co_await resolver.resolve("a.example", kLong); },
        asio::detached);
    while (other.poll() != 0) {
    }
    system().wait_until_asked(1);
  }
  system().open();
  EXPECT_TRUE(resolve(resolver, "a.example"));
  EXPECT_FALSE(answer) << "its coroutine was destroyed with its loop";
}

TEST_F(ResolverTest, EndsAWaitThatIsCancelled) {
  Resolver resolver(options());
  system().shut();
  asio::cancellation_signal signal;
  std::optional<Answer> answer;
  asio::co_spawn(
      loop_, [&]() -> Awaitable<void> { answer = co_await resolver.resolve("a.example", kLong); },
      asio::bind_cancellation_slot(signal.slot(), asio::detached));
  while (loop_.poll() != 0) {
  }
  signal.emit(asio::cancellation_type::all);
  loop_.run();
  system().open();  // the question may have been begun
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->error().code, ErrorCode::kTruncated);
}

TEST_F(ResolverTest, KeepsTheLoopsOfManyThreadsApart) {
  ResolverOptions given = options();
  given.entries = 8;
  given.threads = 4;
  Resolver resolver(given);
  std::atomic<std::size_t> answered = 0;
  const auto run = [&](std::size_t first) {
    asio::io_context loop{1};
    for (std::size_t n = 0; n < 200; ++n) {
      asio::co_spawn(
          loop,
          [&resolver, &answered, n, first]() -> Awaitable<void> {
            const auto answer = co_await resolver.resolve("n" + std::to_string((first + n) % 30), kLong);
            if (answer) ++answered;
          },
          asio::detached);
    }
    loop.run();
  };
  std::vector<std::thread> threads;
  for (std::size_t n = 0; n < 4; ++n) threads.emplace_back(run, 7 * n);
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(answered, 800u);
  EXPECT_LE(resolver.counters().entries, 8u);
}

TEST_F(ResolverTest, AsksTheSystem) {
  ResolverOptions given;
  given.threads = 1;
  Resolver resolver(given);
  const Answer answer = resolve(resolver, "localhost");
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_THAT(answer->front().to_string(), ::testing::AnyOf("127.0.0.1", "::1"));
  const std::set<Address> different(answer->begin(), answer->end());
  EXPECT_EQ(different.size(), answer->size()) << "without duplicates";
}

}  // namespace
}  // namespace mogura::proxy::detail
