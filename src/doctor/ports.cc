#include "doctor/ports.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

namespace mogura::doctor {
namespace {

constexpr std::string_view kListening = "0A";
constexpr std::size_t kWordDigits = 8;

std::optional<std::uint32_t> parse_hex(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

// Words of four bytes as this machine has them in memory: 0100007F is 127.0.0.1.
std::optional<Address> parse_address(std::string_view text) {
  if (text.size() != kWordDigits && text.size() != 4 * kWordDigits) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t word = 0; word < text.size() / kWordDigits; ++word) {
    const auto value = parse_hex(text.substr(word * kWordDigits, kWordDigits));
    if (!value) return std::nullopt;
    for (std::size_t i = 0; i < 4; ++i) bytes[4 * word + i] = static_cast<std::uint8_t>(*value >> (8 * i));
  }
  return Address::from_bytes({bytes.data(), text.size() / 2});
}

std::optional<Listener> parse_line(const std::string& line) {
  std::istringstream words(line);
  std::string number, local, remote, state, queues, timer, retransmits;
  unsigned user = 0;
  if (!(words >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user))
    return std::nullopt;
  const std::size_t colon = local.find(':');
  if (state != kListening || colon == std::string::npos) return std::nullopt;
  const auto address = parse_address(std::string_view(local).substr(0, colon));
  const auto port = parse_hex(std::string_view(local).substr(colon + 1));
  if (!address || !port || *port > 0xFFFF) return std::nullopt;
  return Listener{{*address, static_cast<std::uint16_t>(*port)}, user};
}

bool is_any(const Address& address) {
  return address == Address() || address == Address::v4(0);
}

// An address takes it from the unspecified one of its family, and [::] from all, as a rule.
bool is_in_the_way(const Endpoint& wanted, const Endpoint& taken) {
  if (wanted.port != taken.port) return false;
  return wanted.address == taken.address || taken.address == Address() || wanted.address == Address() ||
         (wanted.address.is_v4() == taken.address.is_v4() &&
          (is_any(wanted.address) || is_any(taken.address)));
}

}  // namespace

std::vector<Listener> parse_listeners(std::string_view table) {
  std::vector<Listener> listeners;
  std::istringstream lines{std::string(table)};
  for (std::string line; std::getline(lines, line);) {
    if (const auto listener = parse_line(line)) listeners.push_back(*listener);
  }
  return listeners;
}

std::vector<Listener> look_at_listeners() {
  std::vector<Listener> all;
  for (const char* path : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream file(path);
    const std::string table{std::istreambuf_iterator<char>(file), {}};
    const std::vector<Listener> some = parse_listeners(table);
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

Remark judge_port(const Endpoint& wanted, const std::vector<Listener>& listeners, unsigned user,
                  bool is_running) {
  const std::string where = wanted.to_string();
  const auto taken = std::find_if(listeners.begin(), listeners.end(), [&wanted](const Listener& one) {
    return is_in_the_way(wanted, one.endpoint);
  });
  if (taken == listeners.end() || wanted.port == 0) {
    if (!is_running) return {Level::kOk, "port", where, "is free", ""};
    return {Level::kProblem, "port", where, "nobody listens there, though the service runs",
            "restart it: its configuration has changed"};
  }
  if (taken->user == user && is_running) return {Level::kOk, "port", where, "is our own", ""};
  return {Level::kProblem, "port", where,
          fmt::format("is taken by another program (of the user {}, on {})", taken->user,
                      taken->endpoint.to_string()),
          fmt::format("ss -ltnp 'sport = :{}' shows which", wanted.port)};
}

}  // namespace mogura::doctor
