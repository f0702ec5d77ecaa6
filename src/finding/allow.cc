#include "finding/allow.h"

#include <algorithm>
#include <charconv>
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "base/text.h"
#include "base/toml_guard.h"

namespace mogura::finding {
namespace {

constexpr std::string_view kSanctioned = "sanctioned";
constexpr std::size_t kEntries = 10'000;

// An address as 16 bytes of network order, IPv4 as mapped.
std::array<std::uint8_t, 16> bytes_of(const Address& address) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(address.high() >> (56 - 8 * i));
    bytes[8 + i] = static_cast<std::uint8_t>(address.low() >> (56 - 8 * i));
  }
  return bytes;
}

std::string_view host_of(std::string_view destination) {
  const std::size_t colon = destination.rfind(':');
  std::string_view host = colon == std::string_view::npos ? destination : destination.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return host;
}

bool fits_host(const Allowed& allowed, std::string_view destination) {
  const std::string wanted = lower(allowed.host);
  const std::string whole = lower(destination);
  return wanted == whole || wanted == host_of(whole);
}

bool fits_suffix(std::string_view suffix, std::string_view destination) {
  std::string wanted = lower(suffix);
  if (!wanted.empty() && wanted.front() == '.') wanted.erase(0, 1);
  const std::string host = lower(host_of(destination));
  if (host == wanted) return true;
  return host.size() > wanted.size() && host.ends_with(wanted) &&
         host[host.size() - wanted.size() - 1] == '.';
}

bool fits_network(const Network& network, const Finding& finding, std::string_view destination) {
  const auto is_inside = [&](std::string_view text) {
    const auto address = Address::parse(text);
    return address && network.contains(*address);
  };
  if (is_inside(host_of(destination))) return true;
  return finding.clients_count == finding.clients.size() && !finding.clients.empty() &&
         std::all_of(finding.clients.begin(), finding.clients.end(), is_inside);
}

bool fits_user_agents(const std::string& glob, const Finding& finding) {
  return !finding.user_agents.empty() && finding.user_agents_count == finding.user_agents.size() &&
         std::all_of(finding.user_agents.begin(), finding.user_agents.end(),
                     [&](const std::string& agent) { return fits_glob_ignoring_case(agent, glob); });
}

bool fits_cipher_lists(const std::string& wanted, const Finding& finding) {
  const auto all_are = [&](const std::vector<std::string>& lists) {
    return !lists.empty() &&
           std::all_of(lists.begin(), lists.end(), [&](const std::string& list) { return list == wanted; });
  };
  return all_are(finding.cipher_lists) || all_are(finding.ja4s);
}

bool covers(const Allowed& allowed, const Finding& finding, std::string_view destination) {
  if (!allowed.host.empty() && !fits_host(allowed, destination)) return false;
  if (!allowed.suffix.empty() && !fits_suffix(allowed.suffix, destination)) return false;
  if (allowed.network && !fits_network(*allowed.network, finding, destination)) return false;
  if (!allowed.user_agent.empty() && !fits_user_agents(allowed.user_agent, finding)) return false;
  return allowed.cipher_suites.empty() || fits_cipher_lists(allowed.cipher_suites, finding);
}

std::string words_for(const Allowed& allowed, const std::string& name) {
  std::string text = "sanctioned by " + (allowed.owner.empty() ? name : allowed.owner);
  if (!allowed.comment.empty()) text += ": " + allowed.comment;
  if (allowed.expires) text += " (until " + to_rfc3339(*allowed.expires).substr(0, 10) + ")";
  return text + " [" + name + " line " + std::to_string(allowed.line) + "]";
}

// Reads one [[allow]] table, key by key.
class EntryReader {
 public:
  EntryReader(const toml::table& table, const std::string& name) : table_(table), name_(name) {}

  Result<Allowed> read() {
    Allowed allowed;
    allowed.line = table_.source().begin.line;
    for (const auto& [key, node] : table_) {
      if (Result<void> taken = take(allowed, key.str(), node); !taken) return tl::unexpected(taken.error());
    }
    if (allowed.host.empty() && allowed.suffix.empty() && !allowed.network && allowed.user_agent.empty() &&
        allowed.cipher_suites.empty()) {
      return refuse(table_,
                    "this entry would allow everything: it needs host, suffix, network, user_agent or "
                    "cipher_suites");
    }
    return allowed;
  }

 private:
  [[nodiscard]] tl::unexpected<Error> refuse(const toml::node& node, std::string cause) const {
    return fail(ErrorCode::kFormat, name_ + " line " + std::to_string(node.source().begin.line),
                std::move(cause));
  }

  Result<void> take(Allowed& allowed, std::string_view key, const toml::node& node) {
    if (key == "expires") return take_date(allowed, node);
    auto text = node.value<std::string>();
    if (text) text = text_of_ascii_toml(*text);
    if (!node.is_string() || text->empty()) {
      return refuse(node, std::string(key) + " must be a text that is not empty");
    }
    if (key == "network") {
      allowed.network = Network::parse(*text);
      if (!allowed.network) return refuse(node, "network \"" + *text + "\" is no address or network");
      return {};
    }
    std::string* const place = place_of(allowed, key);
    if (place == nullptr)
      return refuse(node, "there is no key \"" + text_of_ascii_toml(key) + "\" in an allow entry");
    *place = *text;
    return {};
  }

  static std::string* place_of(Allowed& allowed, std::string_view key) {
    if (key == "host") return &allowed.host;
    if (key == "suffix") return &allowed.suffix;
    if (key == "user_agent") return &allowed.user_agent;
    if (key == "cipher_suites") return &allowed.cipher_suites;
    if (key == "comment") return &allowed.comment;
    return key == "owner" ? &allowed.owner : nullptr;
  }

  Result<void> take_date(Allowed& allowed, const toml::node& node) const {
    const auto date = node.value<toml::date>();
    if (!date) return refuse(node, "expires must be a date: 2027-01-31");
    const std::chrono::year_month_day day{std::chrono::year(date->year), std::chrono::month(date->month),
                                          std::chrono::day(date->day)};
    if (!day.ok() || date->year < 1970 || date->year > 2200) return refuse(node, "expires is no date");
    allowed.expires = std::chrono::sys_days(day) + std::chrono::hours(24) - std::chrono::microseconds(1);
    return {};
  }

  const toml::table& table_;
  const std::string& name_;
};

}  // namespace

std::optional<Network> Network::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = Address::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  const unsigned bits = address->is_v4() ? 32 : 128;
  unsigned prefix = bits;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
    if (error != std::errc{} || end != digits.data() + digits.size() || prefix > bits) return std::nullopt;
  }
  return Network{*address, prefix};
}

bool Network::contains(const Address& other) const {
  if (address.is_v4() != other.is_v4()) return false;
  const unsigned offset = address.is_v4() ? 96 : 0;
  const auto mine = bytes_of(address);
  const auto its = bytes_of(other);
  for (unsigned bit = 0; bit < prefix; ++bit) {
    const unsigned at = offset + bit;
    const auto mask = static_cast<std::uint8_t>(0x80u >> (at % 8));
    if (((mine[at / 8] ^ its[at / 8]) & mask) != 0) return false;
  }
  return true;
}

Result<AllowList> AllowList::parse(std::string_view toml, std::string name) {
  if (const auto line = unsafe_toml_line(toml)) {
    return fail(ErrorCode::kFormat, name + " line " + std::to_string(*line),
                "a bracket without a key, a misplaced brace, or bytes that are not UTF-8");
  }
  const toml::parse_result parsed = toml::parse(ascii_toml(toml), name);
  if (!parsed) {
    return fail(ErrorCode::kFormat, name + " line " + std::to_string(parsed.error().source().begin.line),
                text_of_ascii_toml(parsed.error().description()));
  }
  AllowList list;
  for (const auto& [key, node] : parsed.table()) {
    const std::string place = name + " line " + std::to_string(node.source().begin.line);
    if (key.str() == "format" && node.value<std::int64_t>() == 1) continue;
    if (key.str() == "format") return fail(ErrorCode::kFormat, place, "format must be 1");
    if (key.str() != "allow" || !node.is_array_of_tables()) {
      return fail(ErrorCode::kFormat, place,
                  "there is no key \"" + text_of_ascii_toml(key.str()) + "\"; entries begin with [[allow]]");
    }
    if (node.as_array()->size() > kEntries) {
      return fail(ErrorCode::kLimit, place, "more than " + std::to_string(kEntries) + " entries");
    }
    for (const toml::node& entry : *node.as_array()) {
      Result<Allowed> allowed = EntryReader(*entry.as_table(), name).read();
      if (!allowed) return tl::unexpected(allowed.error());
      list.entries_.push_back(std::move(*allowed));
    }
  }
  list.name_ = std::move(name);
  return list;
}

const Allowed* AllowList::covering(const Finding& finding, Timestamp now) const {
  for (const Allowed& allowed : entries_) {
    if (allowed.expires && now > *allowed.expires) continue;
    const auto is_covered = [&](const std::string& destination) {
      return covers(allowed, finding, destination);
    };
    if (is_covered(finding.destination) &&
        std::all_of(finding.destinations.begin(), finding.destinations.end(), is_covered)) {
      return &allowed;
    }
  }
  return nullptr;
}

void AllowList::apply(Finding& finding, Timestamp now) const {
  std::erase_if(finding.evidence, [](const Evidence& evidence) { return evidence.code == kSanctioned; });
  finding.status = Status::kNew;
  finding.sanction.clear();
  if (const Allowed* const allowed = covering(finding, now)) {
    finding.status = Status::kSanctioned;
    finding.sanction = words_for(*allowed, name_);
    settle(finding);
    finding.evidence.push_back({std::string(kSanctioned), finding.sanction, -finding.score, {}, {}});
  }
  settle(finding);
}

std::size_t AllowList::expired(Timestamp now) const {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(),
                    [now](const Allowed& entry) { return entry.expires && now > *entry.expires; }));
}

}  // namespace mogura::finding
