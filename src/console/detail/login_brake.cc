#include "console/detail/login_brake.h"

#include <algorithm>

#include "base/bytes.h"

namespace mogura::console::detail {
namespace {

constexpr Millis kFirstDelay{1'000};
constexpr unsigned kMostDoublings = 20;
constexpr Millis kMinute{60'000};

}  // namespace

Address network_of(const Address& client) {
  if (client.is_v4()) return client;
  std::array<std::uint8_t, 16> bytes{};
  for (unsigned i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(client.high() >> (56 - 8 * i));
  return Address::from_bytes(bytes);
}

template <class Map>
LoginBrake::Entry& LoginBrake::entry_of(Map& table, const typename Map::key_type& key, Moment now) {
  const auto found = table.find(key);
  if (found == table.end() && table.size() >= kEntries) {
    const auto is_older = [](const auto& a, const auto& b) { return a.second.used < b.second.used; };
    table.erase(std::min_element(table.begin(), table.end(), is_older));
  }
  Entry& entry = table[key];
  if (now - entry.used >= kForget) entry = {};
  entry.used = now;
  return entry;
}

void LoginBrake::charge(Entry& entry, const Policy& policy, Moment now) {
  ++entry.failures;
  if (entry.failures < policy.free) return;
  const unsigned doublings = std::min(entry.failures - policy.free, kMostDoublings);
  entry.until = now + std::min(policy.most, kFirstDelay * (1U << doublings));
}

Millis LoginBrake::attempt(const Address& client, std::string_view user, Moment now) {
  constexpr Policy kOfNetwork{3, Millis(15 * 60'000)};
  constexpr Policy kOfUser{10, Millis(30'000)};
  const Address network = network_of(client);
  Entry& by_network = entry_of(networks_, network, now);
  if (now < by_network.until) return by_network.until - now;
  const auto known = known_.find({network, std::string(user)});
  if (known == known_.end()) {
    Entry& by_user = entry_of(users_, std::string(user), now);
    if (now < by_user.until) return by_user.until - now;
    charge(by_user, kOfUser, now);
  }
  charge(by_network, kOfNetwork, now);
  return Millis(0);
}

void LoginBrake::withdraw(const Address& client, std::string_view user) {
  const auto take_back = [](auto& table, const auto& key) {
    const auto found = table.find(key);
    if (found == table.end() || found->second.failures == 0) return;
    --found->second.failures;
    found->second.until = {};
  };
  take_back(networks_, network_of(client));
  take_back(users_, std::string(user));
}

void LoginBrake::succeeded(const Address& client, std::string_view user, Moment now) {
  const Address network = network_of(client);
  networks_.erase(network);
  users_.erase(std::string(user));
  entry_of(known_, {network, std::string(user)}, now);
}

bool LoginBrake::may_record(Moment now) {
  if (now - minute_ >= kMinute) {
    minute_ = now;
    recorded_ = 0;
  }
  if (recorded_ < kRecords) {
    ++recorded_;
    return true;
  }
  ++unrecorded_;
  return false;
}

}  // namespace mogura::console::detail
