#include "alert/detail/delivery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace mogura::alert::detail {
namespace {

using ::testing::ElementsAre;

// What a carrier of the tests was given, and what it is to answer.
struct Script {
  std::function<Attempt(const std::string&, const Bell&)> on_attempt;
  std::function<Confirmation()> on_confirm = [] { return Confirmation{}; };
  std::function<void()> on_reopen = [] {};
  std::vector<std::string> attempts = {};  // looked at after the end
};

class ScriptedCarrier : public Carrier {
 public:
  explicit ScriptedCarrier(Script& script) : script_(script) {}
  Attempt attempt(const std::string& text, const Bell& bell) override {
    script_.attempts.push_back(text);
    return script_.on_attempt(text, bell);
  }
  Confirmation confirm() override { return script_.on_confirm(); }
  void reopen() override { script_.on_reopen(); }
  [[nodiscard]] std::string error() const override { return "it failed"; }

 private:
  Script& script_;
};

// A gate that a thread waits at until it is opened.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = false;
};

std::unique_ptr<Delivery> deliver(Script& script, std::size_t queue = 100, Backoff backoff = {0.001, 0.001}) {
  return std::make_unique<Delivery>(std::make_unique<ScriptedCarrier>(script), queue, backoff);
}

void expect_balanced(const SinkCounters& counters) {
  EXPECT_EQ(counters.accepted, counters.delivered + counters.lost + counters.queued);
}

TEST(Delivery, KeepsTheOrder) {
  Script script{[](auto&, auto&) { return Attempt::kDelivered; }};
  const auto delivery = deliver(script);
  for (const char* text : {"a", "b", "c"}) delivery->send(text);
  delivery->stop(30);
  EXPECT_THAT(script.attempts, ElementsAre("a", "b", "c"));
  EXPECT_EQ(delivery->counters().delivered, 3u);
  EXPECT_EQ(delivery->last_error(), "");
  expect_balanced(delivery->counters());
}

TEST(Delivery, TriesAgainUntilItWorks) {
  int failures = 3;
  Script script{[&](auto&, auto&) { return failures-- > 0 ? Attempt::kAgain : Attempt::kDelivered; }};
  const auto delivery = deliver(script);
  delivery->send("a");
  delivery->send("b");
  delivery->stop(30);
  EXPECT_THAT(script.attempts, ElementsAre("a", "a", "a", "a", "b"));
  EXPECT_EQ(delivery->counters().retries, 3u);
  EXPECT_EQ(delivery->counters().delivered, 2u);
}

TEST(Delivery, PassesOverWhatIsRefused) {
  Script script{[](auto& text, auto&) { return text == "bad" ? Attempt::kRefused : Attempt::kDelivered; }};
  const auto delivery = deliver(script);
  for (const char* text : {"a", "bad", "b"}) delivery->send(text);
  delivery->stop(30);
  EXPECT_THAT(script.attempts, ElementsAre("a", "bad", "b"));
  EXPECT_EQ(delivery->counters().lost, 1u);
  EXPECT_EQ(delivery->counters().delivered, 2u);
}

TEST(Delivery, LosesAndCountsTheNewestBeyondTheQueue) {
  Gate begun, going_on;
  Script script{[&](auto&, auto&) {
    begun.open();
    going_on.wait();
    return Attempt::kDelivered;
  }};
  const auto delivery = deliver(script, 3);
  delivery->send("a");
  begun.wait();
  for (const char* text : {"b", "c", "d", "e"}) delivery->send(text);
  EXPECT_EQ(delivery->counters().queued, 3u) << "the one under way is in the queue";
  EXPECT_EQ(delivery->counters().lost, 2u);
  expect_balanced(delivery->counters());
  going_on.open();
  delivery->stop(30);
  EXPECT_THAT(script.attempts, ElementsAre("a", "b", "c"));
  delivery->send("f");
  EXPECT_EQ(delivery->counters().lost, 3u) << "after the end";
  expect_balanced(delivery->counters());
}

TEST(Delivery, EndsInTimeWhateverTheCarrierDoes) {
  Script script{[](auto&, const Bell& bell) {
    // Like a connection that does not come about.
    EXPECT_EQ(wait_for(-1, 0, Clock::now() + std::chrono::hours(1), bell), Ready::kInterrupted);
    return Attempt::kAgain;
  }};
  const auto delivery = deliver(script);
  delivery->send("a");
  delivery->send("b");
  delivery->stop(0.01);
  EXPECT_EQ(delivery->counters().lost, 2u);
  EXPECT_EQ(delivery->last_error(), "it failed");
  delivery->stop(30);
  expect_balanced(delivery->counters());
}

TEST(Delivery, DoesNotWaitOutAPauseAtTheEnd) {
  Gate failed_twice;
  Script script;
  script.on_attempt = [&](auto&, auto&) {
    if (script.attempts.size() == 2) failed_twice.open();
    return script.attempts.size() <= 2 ? Attempt::kAgain : Attempt::kDelivered;
  };
  // The second failure is followed by an hour of pause.
  const auto delivery = deliver(script, 100, {3600, 3600});
  delivery->send("a");
  failed_twice.wait();
  delivery->stop(30);
  EXPECT_EQ(delivery->counters().delivered, 1u);
}

TEST(Delivery, SendsAgainWhatWasNeverAcknowledged) {
  // Of four sent, two arrive, then the connection breaks; then all arrive.
  int round = 0;
  std::size_t sent = 0;
  Script script;
  script.on_attempt = [&](auto&, auto&) {
    ++sent;
    return Attempt::kSent;
  };
  script.on_confirm = [&]() -> Confirmation {
    if (round == 0 && sent < 4) return {};
    if (round == 0) {
      round = 1;
      sent = 0;
      return {2, true};
    }
    return {std::exchange(sent, 0), false};
  };
  const auto delivery = deliver(script);
  for (const char* text : {"a", "b", "c", "d"}) delivery->send(text);
  delivery->stop(30);
  EXPECT_THAT(script.attempts, ElementsAre("a", "b", "c", "d", "c", "d"));
  EXPECT_EQ(delivery->counters().delivered, 4u);
  EXPECT_EQ(delivery->counters().retries, 2u);
  expect_balanced(delivery->counters());
}

TEST(Delivery, SendsTheUnacknowledgedAgainBeforeTheOneThatFailed) {
  Script script;
  script.on_attempt = [&](auto&, auto&) {
    return script.attempts.size() == 2 ? Attempt::kAgain
                                       : (script.attempts.size() == 1 ? Attempt::kSent : Attempt::kDelivered);
  };
  const auto delivery = deliver(script);
  delivery->send("a");
  delivery->send("b");
  delivery->stop(30);
  EXPECT_THAT(script.attempts, ElementsAre("a", "b", "a", "b"));
  EXPECT_EQ(delivery->counters().delivered, 2u);
}

TEST(Delivery, CountsAsLostWhatWasSentAndNotAcknowledged) {
  Script script{[](auto&, auto&) { return Attempt::kSent; }};
  const auto delivery = deliver(script);
  delivery->send("a");
  delivery->stop(0.02);
  EXPECT_EQ(delivery->counters().lost, 1u);
  EXPECT_EQ(delivery->counters().delivered, 0u);
}

TEST(Delivery, ReopensWhenAskedAlsoWhileIdle) {
  Gate reopened;
  Script script{[](auto&, auto&) { return Attempt::kDelivered; }};
  script.on_reopen = [&] { reopened.open(); };
  const auto delivery = deliver(script);
  delivery->reopen();
  reopened.wait();
  delivery->stop(30);
}

TEST(Delivery, DestructorEndsAtOnce) {
  Script script{[](auto&, auto&) { return Attempt::kAgain; }};
  deliver(script, 1, {3600, 3600})->send("a");
}

}  // namespace
}  // namespace mogura::alert::detail
