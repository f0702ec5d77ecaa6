#include "doctor/interface.h"

#include <fmt/format.h>
#include <ifaddrs.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>

namespace mogura::doctor {
namespace {

constexpr double kPercent = 100;

ifreq request_for(const std::string& name) {
  ifreq request{};
  name.copy(request.ifr_name, IFNAMSIZ - 1);
  return request;
}

// Of commands that give back one number.
std::optional<std::uint32_t> ask_card(int socket, const std::string& name, std::uint32_t command) {
  ethtool_value value{command, 0};
  ifreq request = request_for(name);
  request.ifr_data = reinterpret_cast<char*>(&value);
  if (ioctl(socket, SIOCETHTOOL, &request) != 0) return std::nullopt;
  return value.data;
}

std::optional<bool> is_on(const std::optional<std::uint32_t>& answer, std::uint32_t bits = ~0u) {
  if (!answer) return std::nullopt;
  return (*answer & bits) != 0;
}

void ask_offloads(int socket, InterfaceFacts& facts) {
  const auto flags = ask_card(socket, facts.name, ETHTOOL_GFLAGS);
  facts.gro = is_on(ask_card(socket, facts.name, ETHTOOL_GGRO));
  facts.tso = is_on(ask_card(socket, facts.name, ETHTOOL_GTSO));
  facts.gso = is_on(ask_card(socket, facts.name, ETHTOOL_GGSO));
  facts.lro = is_on(flags, ETH_FLAG_LRO);
  facts.vlan_stripping = is_on(flags, ETH_FLAG_RXVLAN);
}

std::uint64_t statistic(const std::string& interface, const char* name) {
  std::ifstream file(fmt::format("/sys/class/net/{}/statistics/{}", interface, name));
  std::uint64_t value = 0;
  file >> value;
  return value;
}

// Link-local addresses are given without being asked for, and nobody talks to this machine by them.
bool has_address(const std::string& name) {
  ifaddrs* all = nullptr;
  if (getifaddrs(&all) != 0) return false;
  bool found = false;
  for (const ifaddrs* one = all; one != nullptr && !found; one = one->ifa_next) {
    found = one->ifa_addr != nullptr && one->ifa_addr->sa_family == AF_INET && name == one->ifa_name;
  }
  freeifaddrs(all);
  return found;
}

Remark remark(const InterfaceFacts& facts, Level level, std::string text, std::string advice = {}) {
  return {level, "interface", facts.name, std::move(text), std::move(advice)};
}

std::string names_of(std::initializer_list<std::pair<const char*, std::optional<bool>>> offloads) {
  std::string names;
  for (const auto& [name, state] : offloads) {
    if (state.value_or(false)) names += (names.empty() ? "" : " ") + std::string(name);
  }
  return names;
}

// "gro lro" → "gro off lro off"
std::string switched_off(const std::string& names) {
  std::string text;
  for (const char c : names) text += c == ' ' ? std::string(" off ") : std::string(1, c);
  return text + " off";
}

void judge_offloads(const InterfaceFacts& facts, Remarks& remarks) {
  const std::string gluing = names_of({{"gro", facts.gro}, {"lro", facts.lro}});
  if (!gluing.empty()) {
    remarks.push_back(
        remark(facts, Level::kWarning,
               fmt::format(
                   "glues segments together before they are seen ({}): fewer and longer messages are counted",
                   gluing),
               fmt::format("ethtool -K {} {}", facts.name, switched_off(gluing))));
  }
  const std::string sending = names_of({{"tso", facts.tso}, {"gso", facts.gso}});
  if (!sending.empty() && facts.has_address) {
    remarks.push_back(remark(
        facts, Level::kWarning,
        fmt::format("what this machine itself sends is seen before it is cut into segments ({})", sending),
        fmt::format("only if this machine is to be watched, too: ethtool -K {} {}", facts.name,
                    switched_off(sending))));
  }
  if (!facts.gro && !facts.lro) {
    remarks.push_back(remark(facts, Level::kUnseen, "its driver does not say which offloads are on"));
  } else if (gluing.empty()) {
    remarks.push_back(remark(facts, Level::kOk, "shows segments as they came"));
  }
  if (facts.vlan_stripping.value_or(false)) {
    remarks.push_back(remark(facts, Level::kOk, "takes VLAN tags out; watch puts them back"));
  }
}

std::optional<std::uint64_t> number_of(std::string_view line, std::string_view key) {
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view digits = line.substr(at + key.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end == digits.data()) return std::nullopt;
  return number;
}

double share(std::uint64_t lost, std::uint64_t seen) {
  return lost == 0 ? 0 : static_cast<double>(lost) / (static_cast<double>(lost) + static_cast<double>(seen));
}

}  // namespace

InterfaceFacts look_at_interface(const std::string& name) {
  InterfaceFacts facts;
  facts.name = name;
  if (name.empty() || name.size() >= IFNAMSIZ || name.find('/') != std::string::npos ||
      if_nametoindex(name.c_str()) == 0) {
    facts.error = ENODEV;
    return facts;
  }
  const int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq flags = request_for(name);
  if (any < 0 || ioctl(any, SIOCGIFFLAGS, &flags) != 0) {
    facts.error = errno;
  } else {
    const unsigned bits = static_cast<std::uint16_t>(flags.ifr_flags);
    facts.is_up = (bits & IFF_UP) != 0;
    facts.has_carrier = (bits & IFF_RUNNING) != 0;
    facts.is_loopback = (bits & IFF_LOOPBACK) != 0;
    facts.is_promiscuous = (bits & IFF_PROMISC) != 0;
    facts.has_address = has_address(name);
    ask_offloads(any, facts);
    for (const char* lost : {"rx_missed_errors", "rx_fifo_errors", "rx_over_errors"})
      facts.dropped += statistic(name, lost);
    facts.received = statistic(name, "rx_packets");
  }
  if (any >= 0) close(any);
  return facts;
}

Remarks judge_interface(const InterfaceFacts& facts) {
  if (facts.error != 0) {
    const bool is_missing = facts.error == ENODEV;
    return {remark(facts, Level::kProblem,
                   is_missing ? "there is no such network interface" : std::strerror(facts.error),
                   is_missing ? "ip link shows those that there are" : "")};
  }
  if (!facts.is_up) {
    return {remark(facts, Level::kProblem, "the network interface is down",
                   fmt::format("ip link set {} up", facts.name))};
  }
  Remarks remarks;
  if (!facts.has_carrier) {
    remarks.push_back(remark(facts, Level::kWarning, "is up, but nothing is plugged in at the other end",
                             "look at the cable, or at the mirror port"));
  } else {
    remarks.push_back(
        remark(facts, Level::kOk,
               fmt::format("is up{}", facts.is_promiscuous ? ", and takes what is for others" : "")));
  }
  // What stays inside this machine was never cut into segments for a wire.
  if (!facts.is_loopback) judge_offloads(facts, remarks);
  const double lost = share(facts.dropped, facts.received);
  if (lost >= kLossWorthSaying) {
    remarks.push_back(remark(
        facts, Level::kWarning,
        fmt::format("the card lost {} frames ({:.3g} %) for want of room", facts.dropped, kPercent * lost),
        fmt::format("ethtool -G {} rx with the largest number that ethtool -g {} shows", facts.name,
                    facts.name)));
  }
  return remarks;
}

std::optional<RingCounters> parse_counters(std::string_view line) {
  const auto packets = number_of(line, "\"packets\":"), drops = number_of(line, "\"kernel_drops\":");
  if (!packets || !drops) return std::nullopt;
  return RingCounters{*packets, *drops};
}

Remark judge_counters(const std::string& file, const RingCounters& counters) {
  const double lost = share(counters.kernel_drops, counters.packets);
  if (lost < kLossWorthSaying) {
    return {Level::kOk, "capture", file,
            fmt::format("{} frames captured, {} lost", counters.packets, counters.kernel_drops), ""};
  }
  return {Level::kWarning, "capture", file,
          fmt::format("watch lost {} frames of {} ({:.3g} %): it is too slow, or its rings are too small",
                      counters.kernel_drops, counters.packets + counters.kernel_drops, kPercent * lost),
          "more rings (--threads), larger ones (--ring), or a filter (--bpf)"};
}

}  // namespace mogura::doctor
