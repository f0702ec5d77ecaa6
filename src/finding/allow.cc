#include "finding/allow.h"

#include <algorithm>

#include "base/text.h"
#include "base/toml_entries.h"

namespace mogura::finding {
namespace {

constexpr std::string_view kSanctioned = "sanctioned";
constexpr std::size_t kEntries = 10'000;

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

tl::unexpected<Error> refuse(const std::string& name, std::size_t line, std::string cause) {
  return fail(ErrorCode::kFormat, toml_place(name, line), std::move(cause));
}

std::string* place_of(Allowed& allowed, std::string_view key) {
  if (key == "host") return &allowed.host;
  if (key == "suffix") return &allowed.suffix;
  if (key == "user_agent") return &allowed.user_agent;
  if (key == "cipher_suites") return &allowed.cipher_suites;
  if (key == "comment") return &allowed.comment;
  return key == "owner" ? &allowed.owner : nullptr;
}

Result<void> take(Allowed& allowed, const TomlValue& value, const std::string& name) {
  if (value.key == "expires") {
    return date_of(value, name).map([&](Timestamp date) { allowed.expires = date; });
  }
  Result<std::string> text = text_of(value, name);
  if (!text) return tl::unexpected(std::move(text.error()));
  if (value.key == "network") {
    allowed.network = Network::parse(*text);
    if (!allowed.network) {
      return refuse(name, value.line, "network \"" + *text + "\" is no address or network");
    }
    return {};
  }
  std::string* const place = place_of(allowed, value.key);
  if (place == nullptr) {
    return refuse(name, value.line, "there is no key \"" + value.key + "\" in an allow entry");
  }
  *place = std::move(*text);
  return {};
}

Result<Allowed> allowed_of(const TomlEntry& entry, const std::string& name) {
  Allowed allowed;
  allowed.line = entry.line;
  for (const TomlValue& value : entry.values) {
    if (Result<void> taken = take(allowed, value, name); !taken) return tl::unexpected(taken.error());
  }
  if (allowed.host.empty() && allowed.suffix.empty() && !allowed.network && allowed.user_agent.empty() &&
      allowed.cipher_suites.empty()) {
    return refuse(name, entry.line,
                  "this entry would allow everything: it needs host, suffix, network, user_agent or "
                  "cipher_suites");
  }
  return allowed;
}

}  // namespace

Result<AllowList> AllowList::parse(std::string_view toml, std::string name) {
  const Result<std::vector<TomlEntry>> entries = parse_toml_entries(toml, name, "allow", kEntries);
  if (!entries) return tl::unexpected(entries.error());
  AllowList list;
  for (const TomlEntry& entry : *entries) {
    Result<Allowed> allowed = allowed_of(entry, name);
    if (!allowed) return tl::unexpected(std::move(allowed.error()));
    list.entries_.push_back(std::move(*allowed));
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
    // All of it, also what went beyond the highest score.
    double sum = 0;
    for (const Evidence& evidence : finding.evidence) sum += evidence.weight;
    finding.evidence.push_back({std::string(kSanctioned), finding.sanction, -std::max(sum, 0.0), {}, {}});
  }
  settle(finding);
}

std::size_t AllowList::expired(Timestamp now) const {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(),
                    [now](const Allowed& entry) { return entry.expires && now > *entry.expires; }));
}

}  // namespace mogura::finding
