#include "session/pairing.h"

#include <gtest/gtest.h>

namespace mogura::session {
namespace {

constexpr Timestamp kStart{std::chrono::seconds(1'700'000'000)};

struct Half {
  const char* client;
  PairingKeys keys;
  Duration start{};
  Duration end = std::chrono::seconds(1);
  const char* server = nullptr;  // null: the proxy, or for what does not go to one some host
};

FinishedPtr finished(const Half& half) {
  auto result = std::make_unique<Finished>();
  result->session.client = {*Address::parse(half.client), 40000};
  const char* usual = half.keys.to_proxy ? "10.0.9.9" : "203.0.113.1";
  result->session.server = {*Address::parse(half.server != nullptr ? half.server : usual), 3128};
  result->session.start = kStart + half.start;
  result->session.end = kStart + half.end;
  result->keys = half.keys;
  return result;
}

std::vector<std::string> kept(const std::vector<Half>& halves, std::vector<Address> proxies = {}) {
  Pairing pairing(std::move(proxies));
  std::vector<FinishedPtr> ready;
  for (const Half& half : halves) pairing.add(finished(half), ready);
  pairing.finish(ready);
  std::vector<std::string> clients;
  for (const FinishedPtr& one : ready) clients.push_back(one->session.client.address.to_string());
  return clients;
}

using Clients = std::vector<std::string>;

PairingKeys tunnel(std::uint64_t hello, std::uint64_t early = 0) {
  return {hello, early, {}, true, false};
}
PairingKeys bare(std::uint64_t hello, std::uint64_t early = 0) {
  return {hello, early, {}, false, false};
}

TEST(Pairing, KeepsTheClientsHalfOfATunnelWhicheverEndsFirst) {
  EXPECT_EQ(kept({{"10.0.0.1", tunnel(7)}, {"10.9.9.9", bare(7)}}), Clients{"10.0.0.1"});
  EXPECT_EQ(kept({{"10.9.9.9", bare(7)}, {"10.0.0.1", tunnel(7)}}), Clients{"10.0.0.1"});
  EXPECT_EQ(kept({{"10.9.9.9", bare(0, 5)}, {"10.0.0.1", tunnel(0, 5)}}), Clients{"10.0.0.1"});
}

TEST(Pairing, RemembersTheLatestKeysOnly) {
  constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15u;  // odd: all keys differ
  constexpr std::uint64_t kForgotten = 1000;
  Pairing pairing({});
  std::vector<FinishedPtr> ready;
  const std::uint64_t count = Pairing::kKnown + kForgotten;
  for (std::uint64_t i = 1; i <= count; ++i) pairing.add(finished({"10.0.0.1", tunnel(i * kSpread)}), ready);
  ASSERT_EQ(ready.size(), count);
  for (std::uint64_t i = 1; i <= count; ++i) {
    pairing.add(finished({"10.9.9.9", bare(i * kSpread)}), ready);
    pairing.finish(ready);
    ASSERT_EQ(pairing.paired(), i <= kForgotten ? 0 : i - kForgotten) << i;
  }
}

TEST(Pairing, LeavesTheClientsHalfAsItWas) {
  for (const bool client_first : {false, true}) {
    Pairing pairing({});
    std::vector<FinishedPtr> ready;
    FinishedPtr client = finished({"10.0.0.1", tunnel(7)});
    FinishedPtr proxy = finished({"10.9.9.9", bare(7)});
    client->session.messages = {{Direction::kUp, 5, 1, 0, 5}};
    client->session.message_bytes = "hello";
    client->session.turns = 3;
    proxy->session.turns = 9;
    const Session before = client->session;
    pairing.add(std::move(client_first ? client : proxy), ready);
    pairing.add(std::move(client_first ? proxy : client), ready);
    pairing.finish(ready);
    ASSERT_EQ(ready.size(), 1u);
    EXPECT_EQ(ready.front()->session, before);
  }
}

TEST(Pairing, KeepsWhatHasNoOtherHalf) {
  EXPECT_EQ(kept({{"10.0.0.1", tunnel(7)}, {"10.0.0.2", bare(8)}}), (Clients{"10.0.0.1", "10.0.0.2"}));
  EXPECT_EQ(kept({{"10.0.0.1", bare(7)}, {"10.0.0.2", bare(7)}}), (Clients{"10.0.0.1", "10.0.0.2"}));
  EXPECT_EQ(kept({{"10.0.0.1", tunnel(0)}, {"10.0.0.2", bare(0)}}), (Clients{"10.0.0.1", "10.0.0.2"}));
}

TEST(Pairing, WantsTheHalvesToBeginTogether) {
  EXPECT_EQ(kept({{"10.0.0.1", tunnel(7)},
                  {"10.9.9.9", bare(7), std::chrono::minutes(3), std::chrono::minutes(4)}}),
            (Clients{"10.0.0.1", "10.9.9.9"}));
}

TEST(Pairing, DropsAProxysConnectionWhenAllItsRequestsWereSeen) {
  const PairingKeys to_proxy{0, 0, {1, 2, 3}, true, false};
  const PairingKeys all{0, 0, {2, 3}, false, true};
  const PairingKeys some{0, 0, {3, 4}, false, true};
  PairingKeys nameless = all;
  nameless.from_proxy = false;
  EXPECT_EQ(kept({{"10.0.0.1", to_proxy}, {"10.9.9.9", all}}), Clients{"10.0.0.1"});
  EXPECT_EQ(kept({{"10.0.0.1", to_proxy}, {"10.9.9.9", some}}), (Clients{"10.0.0.1", "10.9.9.9"}));
  EXPECT_EQ(kept({{"10.0.0.1", to_proxy}, {"10.9.9.9", nameless}}), (Clients{"10.0.0.1", "10.9.9.9"}))
      << "a direct request that looks the same is somebody else's";
  EXPECT_EQ(kept({{"10.0.0.1", to_proxy}, {"10.9.9.9", nameless}}, {*Address::parse("10.9.9.9")}),
            Clients{"10.0.0.1"})
      << "unless the user named the proxy";
}

TEST(Pairing, KeepsWhatOneClientRepeats) {
  const PairingKeys poll{0, 0, {1}, true, true};  // through a proxy of a branch, which adds Via
  EXPECT_EQ(kept({{"10.0.0.1", poll}, {"10.0.0.1", poll}, {"10.0.0.2", poll}}),
            (Clients{"10.0.0.1", "10.0.0.1", "10.0.0.2"}))
      << "all go to the same proxy";
  EXPECT_EQ(kept({{"10.0.0.1", tunnel(7)}, {"10.0.0.1", bare(7)}}), (Clients{"10.0.0.1", "10.0.0.1"}))
      << "past the proxy, by the client itself";
  EXPECT_EQ(kept({{"10.0.0.1", tunnel(7), {}, std::chrono::seconds(1), "10.0.0.1"}, {"10.0.0.1", bare(7)}}),
            Clients{"10.0.0.1"})
      << "the proxy runs where the client runs";
}

TEST(Pairing, WantsARequestToPassBothHalvesAtTheSameTime) {
  using std::chrono::minutes;
  const PairingKeys to_proxy{0, 0, {1, 2}, true, false};
  const PairingKeys from_proxy{0, 0, {1}, false, true};
  EXPECT_EQ(kept({{"10.0.0.1", to_proxy, {}, minutes(1)}, {"10.9.9.9", from_proxy, minutes(4), minutes(5)}}),
            (Clients{"10.0.0.1", "10.9.9.9"}));
  EXPECT_EQ(
      kept({{"10.0.0.1", to_proxy, minutes(50), minutes(51)}, {"10.9.9.9", from_proxy, {}, minutes(90)}}),
      Clients{"10.0.0.1"})
      << "a connection that the proxy keeps open for its clients";
}

TEST(Pairing, FollowsAProxyBehindAProxy) {
  const PairingKeys first{0, 0, {1}, true, false};
  const PairingKeys second{0, 0, {1}, true, true};
  const PairingKeys third{0, 0, {1}, false, true};
  EXPECT_EQ(kept({{"10.0.0.1", first, {}, std::chrono::seconds(1), "10.1.0.1"},
                  {"10.1.0.1", second, {}, std::chrono::seconds(1), "10.2.0.1"},
                  {"10.2.0.1", third}}),
            Clients{"10.0.0.1"});
}

TEST(Pairing, LetsTheProxysHalfWaitForItsPatienceOnly) {
  Pairing pairing({});
  std::vector<FinishedPtr> ready;
  pairing.add(finished({"10.9.9.9", bare(7)}), ready);
  const Timestamp end = kStart + std::chrono::seconds(1);
  pairing.advance(end + Pairing::kPatience, ready);
  EXPECT_TRUE(ready.empty());
  pairing.advance(end + Pairing::kPatience + Duration(1), ready);
  EXPECT_EQ(ready.size(), 1u);
}

TEST(Pairing, HoldsNoMoreThanItsLimit) {
  Pairing pairing({});
  std::vector<FinishedPtr> ready;
  for (std::size_t i = 0; i <= Pairing::kHeld; ++i) {
    EXPECT_TRUE(ready.empty());
    pairing.add(finished({"10.9.9.9", bare(i + 1)}), ready);
  }
  EXPECT_EQ(ready.size(), 1u);
}

}  // namespace
}  // namespace mogura::session
