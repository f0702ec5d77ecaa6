#include "store/detail/compare_and_set.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace mogura::store::detail {
namespace {

using challenge::Entry;
using challenge::Input;
using challenge::Outcome;
using challenge::Sign;
using challenge::StateKey;

SteadyTime at(int milliseconds) {
  return SteadyTime(std::chrono::milliseconds(milliseconds));
}

StateKey key(std::uint8_t number) {
  StateKey key;
  key.bytes[0] = number;
  return key;
}

Input inserted(int seconds = 1) {
  Input input;
  input.sign = Sign::kInserted;
  input.time = Timestamp(std::chrono::seconds(seconds));
  return input;
}

// A server that answers when it is told to.
struct Server {
  std::deque<std::vector<std::string>> commands;
  std::map<std::string, std::string> values;
  bool knows_script = true;

  // Does the first command, as the script says.
  void answer(CompareAndSet& client) {
    const std::vector<std::string> words = commands.front();
    commands.pop_front();
    if (words[0] == "EVALSHA" && !knows_script) {
      client.on_reply({.kind = RedisReply::Kind::kError, .text = "NOSCRIPT No matching script."});
      return;
    }
    knows_script = true;
    std::string& there = values[words[3]];
    if (there == words[4]) {
      there = words[5];
      client.on_reply({.kind = RedisReply::Kind::kInteger, .integer = 1, .text = {}});
    } else {
      const std::string copy = there;
      client.on_reply({.kind = RedisReply::Kind::kText, .text = copy});
    }
  }
};

struct Scene {
  explicit Scene(Server& to, std::size_t remembered = 16)
      : server(to),
        client(
            {.machine = {}, .ttl = std::chrono::milliseconds(5000), .remembered = remembered},
            [this](std::span<const std::string_view> words) {
              server.commands.emplace_back(words.begin(), words.end());
            },
            [this](StateCall&, CallEnd end, const Outcome* outcome) {
              ends.push_back(end);
              if (outcome != nullptr) issued.push_back(outcome->entry.issued);
            }) {}
  void submit(std::uint8_t number, int deadline = 50) {
    client.submit({key(number), inserted(), {}, at(deadline), false});
  }
  void answer_all() {
    while (!server.commands.empty()) server.answer(client);
  }

  Server& server;
  CompareAndSet client;
  std::vector<CallEnd> ends;
  std::vector<int> issued;
};

using Numbers = std::vector<int>;

TEST(CompareAndSet, SendsWhatIsDocumented) {
  Server server;
  Scene scene(server);
  scene.submit(0xAB);
  ASSERT_EQ(server.commands.size(), 1u);
  const auto& words = server.commands.front();
  ASSERT_EQ(words.size(), 7u);
  EXPECT_EQ(words[0], "EVALSHA");
  EXPECT_EQ(words[1].size(), 40u);
  EXPECT_EQ(words[2], "1");
  EXPECT_EQ(words[3], "mogura:1:ab000000000000000000000000000000");
  EXPECT_EQ(words[4], "");
  EXPECT_EQ(words[5].size(), kEntryBytes);
  EXPECT_EQ(words[6], "5000");
}

TEST(CompareAndSet, ARememberedValueMakesItOneRoundTrip) {
  Server server;
  Scene scene(server);
  for (int i = 1; i <= 3; ++i) {
    scene.submit(1);
    ASSERT_EQ(server.commands.size(), 1u);
    server.answer(scene.client);
    EXPECT_TRUE(server.commands.empty()) << i;
  }
  EXPECT_EQ(scene.issued, (Numbers{1, 2, 3}));
}

TEST(CompareAndSet, WhatIsNotRememberedTakesOneMore) {
  Server server;
  Scene scene(server, 0);
  for (int i = 0; i < 3; ++i) {
    scene.submit(1);
    scene.answer_all();
  }
  EXPECT_EQ(scene.issued, (Numbers{1, 2, 3}));
}

TEST(CompareAndSet, UpdatesOfAKeyUnderWayGoTogetherInTheNext) {
  Server server;
  Scene scene(server);
  for (int i = 0; i < 5; ++i) scene.submit(1);
  scene.submit(2);
  EXPECT_EQ(server.commands.size(), 2u);
  server.answer(scene.client);
  EXPECT_EQ(scene.issued, (Numbers{1}));
  EXPECT_EQ(server.commands.size(), 2u);
  scene.answer_all();
  EXPECT_EQ(scene.issued, (Numbers{1, 1, 2, 3, 4, 5}));
}

TEST(CompareAndSet, AnotherProxysValueIsTakenAndTheUpdateMadeAnew) {
  Server server;
  Scene one(server), other(server);
  one.submit(1);
  one.answer_all();
  other.submit(1);
  server.answer(other.client);
  EXPECT_TRUE(other.issued.empty());
  server.answer(other.client);
  EXPECT_EQ(other.issued, (Numbers{2}));
}

TEST(CompareAndSet, AScriptThatWasForgottenIsSentAgain) {
  Server server;
  Scene scene(server);
  server.knows_script = false;
  scene.submit(1);
  server.answer(scene.client);
  ASSERT_EQ(server.commands.size(), 1u);
  EXPECT_EQ(server.commands.front()[0], "EVAL");
  EXPECT_EQ(server.commands.front()[1], compare_and_set_script());
  server.answer(scene.client);
  EXPECT_EQ(scene.issued, (Numbers{1}));
}

TEST(CompareAndSet, AServerThatForgetsEveryTimeIsAskedOnlyWhileSomebodyWaits) {
  Server server;
  Scene scene(server);
  scene.submit(1);
  scene.client.expire(at(50));
  scene.client.on_reply({.kind = RedisReply::Kind::kError, .text = "NOSCRIPT"});
  EXPECT_EQ(server.commands.size(), 1u);
  EXPECT_FALSE(scene.client.awaits_reply());
}

TEST(CompareAndSet, ErrorsEndAllThatWaitForTheKey) {
  Server server;
  Scene scene(server);
  scene.submit(1);
  scene.submit(1);
  const RedisReply refusal{.kind = RedisReply::Kind::kError, .text = "OOM command not allowed"};
  EXPECT_TRUE(CompareAndSet::is_refusal(refusal));
  scene.client.on_reply(refusal);
  EXPECT_EQ(scene.ends, (std::vector<CallEnd>{CallEnd::kLost, CallEnd::kLost}));
  EXPECT_FALSE(scene.client.has_calls());
}

TEST(CompareAndSet, ADeadlineEndsACallAndTheReplyThatComesLaterIsUsed) {
  Server server;
  Scene scene(server);
  scene.submit(1, 50);
  scene.submit(2, 60);
  EXPECT_EQ(scene.client.next_deadline(), at(50));
  scene.client.expire(at(49));
  EXPECT_TRUE(scene.ends.empty());
  scene.client.expire(at(50));
  EXPECT_EQ(scene.ends, (std::vector<CallEnd>{CallEnd::kSlow}));
  scene.answer_all();
  EXPECT_EQ(scene.issued, (Numbers{1})) << "that of key 2";
  scene.submit(1, 100);
  scene.answer_all();
  EXPECT_EQ(scene.issued, (Numbers{1, 2})) << "the late one was done";
  EXPECT_EQ(scene.ends.size(), 3u);
}

TEST(CompareAndSet, WhatExpiredBeforeItWasTriedAnewIsNotDone) {
  Server server;
  Scene scene(server);
  server.values["mogura:1:01000000000000000000000000000000"] = std::string(as_text(encode(Entry{})));
  scene.submit(1, 50);
  scene.submit(1, 60);
  scene.client.expire(at(50));
  scene.answer_all();
  EXPECT_EQ(scene.issued, (Numbers{1}));
}

TEST(CompareAndSet, NothingIsSentAgainAfterALostConnection) {
  Server server;
  Scene scene(server);
  for (std::uint8_t i = 0; i < 3; ++i) scene.submit(i / 2);
  scene.client.abandon();
  EXPECT_EQ(scene.ends, (std::vector<CallEnd>(3, CallEnd::kLost)));
  EXPECT_FALSE(scene.client.awaits_reply());
  EXPECT_FALSE(scene.client.has_calls());
  server.commands.clear();
  scene.submit(0);
  scene.answer_all();
  EXPECT_EQ(scene.issued, (Numbers{1}));
}

TEST(CompareAndSet, AnEntryFromBeforeAHoleIsForgivenOnce) {
  Server server;
  Entry entry;
  entry.misses = 1;
  entry.is_outstanding = true;
  entry.delivered = entry.touched = Timestamp(std::chrono::seconds(10));
  server.values["mogura:1:01000000000000000000000000000000"] = std::string(as_text(encode(entry)));
  Scene scene(server);
  scene.client.forgive_before(Timestamp(std::chrono::seconds(20)));
  Input input = inserted(30);
  input.sign = Sign::kAbsent;
  scene.client.submit({key(1), input, {}, at(50), false});
  scene.answer_all();
  const auto after = decode(as_bytes(server.values["mogura:1:01000000000000000000000000000000"]));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->misses, 0);
  EXPECT_FALSE(after->is_outstanding);
}

TEST(CompareAndSet, BytesThatAreNoEntryAreReplaced) {
  for (const std::string& odd : {std::string(36, '\xFF'), std::string("\x02") + std::string(35, '\0')}) {
    Server server;
    server.values["mogura:1:01000000000000000000000000000000"] = odd;
    Scene scene(server);
    scene.submit(1);
    scene.answer_all();
    EXPECT_EQ(scene.issued, (Numbers{1}));
  }
}

// Three proxies, few keys, replies at random: every update is done exactly once.
TEST(CompareAndSet, LosesAndDoublesNothingWhateverTheOrderOfReplies) {
  std::mt19937 random(11);
  Server server;
  std::vector<std::unique_ptr<Server>> views;
  std::vector<std::unique_ptr<Scene>> proxies;
  for (int i = 0; i < 3; ++i) {
    views.push_back(std::make_unique<Server>());
    proxies.push_back(std::make_unique<Scene>(*views.back(), 2));
  }
  std::map<std::uint8_t, int> expected;
  const auto step = [&](std::size_t chosen) {
    Server& view = *views[chosen];
    if (view.commands.empty()) return;
    view.values.swap(server.values);
    view.answer(proxies[chosen]->client);
    view.values.swap(server.values);
  };
  for (int i = 0; i < 5000; ++i) {
    const auto number = static_cast<std::uint8_t>(random() % 4);
    ++expected[number];
    proxies[random() % 3]->submit(number, 1'000'000);
    for (auto replies = random() % 4; replies != 0; --replies) step(random() % 3);
  }
  for (std::size_t i = 0; i < 3 || proxies[0]->client.awaits_reply() || proxies[1]->client.awaits_reply() ||
                          proxies[2]->client.awaits_reply();
       ++i) {
    step(i % 3);
  }
  for (const auto& [number, count] : expected) {
    const auto entry =
        decode(as_bytes(server.values["mogura:1:0" + std::to_string(number) + std::string(30, '0')]));
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->issued, count);
  }
}

}  // namespace
}  // namespace mogura::store::detail
