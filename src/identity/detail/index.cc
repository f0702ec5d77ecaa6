#include "identity/detail/index.h"

#include <algorithm>

#include "identity/detail/catalogue_reader.h"
#include "identity/detail/names.h"
#include "identity/detail/random_bytes.h"

namespace mogura::identity::detail {
namespace {

constexpr std::string_view kFirstBytes = "first-bytes";
// Of first bytes as a clue: to the end of the line, and no more than this.
constexpr std::size_t kShownBytes = 64;
// Looked at of one value. Beyond, nothing is matched: no honest name or User-Agent is as long.
constexpr std::size_t kValueBytes = 4096;
constexpr std::size_t kHostBytes = 256;

std::size_t first_character(std::string_view token) {
  return static_cast<unsigned char>(token.front());
}

std::string_view shown(std::string_view bytes) {
  bytes = bytes.substr(0, kShownBytes);
  return bytes.substr(0, std::min(bytes.find_first_of("\r\n"), bytes.size()));
}

bool is_equal(std::string_view value, const Condition& condition) {
  return value.size() == condition.text.size() && has_at(value, 0, condition.text);
}

bool is_contained(std::string_view value, const Condition& condition) {
  return contains_ignoring_case(value, condition.text);
}

bool is_fitting(std::string_view value, const Condition& condition) {
  return fits_glob_ignoring_case(value, condition.text);
}

bool is_certificate(std::string_view value, const Condition& condition) {
  return condition.text.find('*') == std::string::npos ? is_contained(value, condition)
                                                       : is_fitting(value, condition);
}

bool is_in_path(std::string_view value, const Condition& condition) {
  return value.find(condition.text) != std::string_view::npos;
}

// "TLS.AnyDesk": one of the names between the dots.
bool is_one_part(std::string_view value, const Condition& condition) {
  for (std::size_t at = 0; at <= value.size();) {
    const std::size_t end = std::min(value.find('.', at), value.size());
    if (is_equal(value.substr(at, end - at), condition)) return true;
    at = end + 1;
  }
  return false;
}

// A word begins where what stands before it is no letter or digit.
bool begins_word(std::string_view text, std::size_t at) {
  return at == 0 || !is_alnum(text[at - 1]) || !is_alnum(text[at]);
}

bool has_token(std::string_view agent, std::size_t at, const Condition& token) {
  if (token.at_begin && at != 0) return false;
  if (!has_at(agent, at, token.text)) return false;
  return !token.at_end || at + token.text.size() == agent.size();
}

// "POST /path HTTP/1.1": the target of a request that the bytes begin with; empty where they begin with none.
std::string_view target_of(std::string_view up) {
  const std::size_t space = up.find(' ');
  if (space == 0 || space > 16) return {};
  const std::string_view method = up.substr(0, space);
  if (!std::all_of(method.begin(), method.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; })) {
    return {};
  }
  const std::string_view rest = up.substr(space + 1);
  return rest.substr(0, std::min(rest.find_first_of(" \r\n"), rest.size()));
}

}  // namespace

void Hits::add(ConditionId condition, std::string_view source, std::string_view value) {
  if (find(condition) != nullptr) return;
  const Clue clue{std::string(source), std::string(value)};
  const auto known = std::find(clues_.begin(), clues_.end(), clue);
  hits_.push_back({condition, static_cast<std::uint32_t>(known - clues_.begin())});
  if (known == clues_.end()) clues_.push_back(clue);
}

const Hits::Hit* Hits::find(ConditionId condition) const {
  const auto hit = std::find_if(hits_.begin(), hits_.end(),
                                [condition](const Hit& known) { return known.condition == condition; });
  return hit == hits_.end() ? nullptr : &*hit;
}

Index::Index(Tables tables)
    : products_(std::move(tables.products)),
      conditions_(std::move(tables.conditions)),
      rules_(std::move(tables.rules)),
      rules_with_(conditions_.size()) {
  for (std::uint32_t rule = 0; rule < rules_.size(); ++rule) {
    for (const ConditionId condition : rules_[rule].conditions) rules_with_[condition].push_back(rule);
  }
  for (ConditionId id = 0; id < conditions_.size(); ++id) {
    const Condition& condition = conditions_[id];
    if (condition.source == Source::kDomain) {
      domains_.emplace_back(condition.text, id);
    } else if (condition.source == Source::kUserAgent) {
      user_agent_tokens_[first_character(condition.text)].push_back(id);
    } else {
      of_source_[static_cast<std::size_t>(condition.source)].push_back(id);
    }
  }
  std::sort(domains_.begin(), domains_.end());
}

void Index::meet(const Clue& clue, Hits& hits) const {
  const std::string_view value = std::string_view(clue.value).substr(0, kValueBytes);
  const std::string_view source = clue.source;
  if (value.empty()) return;
  if (source == "user-agent") return meet_user_agent(value, hits);
  if (source == "destination") {
    meet_domain(host_of(value), clue, hits);
    return meet_each(Source::kPort, port_of(value), clue, is_equal, hits);
  }
  if (source == "sni") return meet_domain(host_of(value), clue, hits);
  if (source == "certificate" || source == "certificate-issuer") {
    if (source == "certificate") meet_domain(common_name_of(value), clue, hits);
    return meet_each(Source::kCertificate, value, clue, is_certificate, hits);
  }
  if (source == "banner" || source == "string") return meet_banner(clue, hits);
  if (source == "inner-protocol") return meet_each(Source::kInner, value, clue, is_equal, hits);
  if (source == "ja3") return meet_each(Source::kJa3, value, clue, is_equal, hits);
  if (source == "ja4") return meet_each(Source::kJa4, value, clue, is_fitting, hits);
  if (source == "port") return meet_each(Source::kPort, value, clue, is_equal, hits);
  if (source == "ndpi") return meet_each(Source::kNdpi, value, clue, is_one_part, hits);
  if (source == "whois") return meet_each(Source::kWhois, value, clue, is_contained, hits);
  if (source == "path") return meet_each(Source::kPath, value, clue, is_in_path, hits);
  if (source == "shape") return meet_each(Source::kShape, value, clue, is_equal, hits);
  if (source == "absent") return meet_each(Source::kAbsent, value, clue, is_equal, hits);
  if (source == "kind") return meet_each(Source::kKind, value, clue, is_equal, hits);
  if (source == "upgrade") return meet_each(Source::kUpgrade, value, clue, is_equal, hits);
  if (source == "alpn") return meet_each(Source::kAlpn, value, clue, is_equal, hits);
}

void Index::meet_domain(std::string_view host, const Clue& clue, Hits& hits) const {
  if (host.size() > kHostBytes) return;
  const std::string name = lower(host);
  for (std::size_t at = 0; at < name.size();) {
    const std::string_view suffix = std::string_view(name).substr(at);
    auto found =
        std::lower_bound(domains_.begin(), domains_.end(), suffix,
                         [](const auto& domain, std::string_view wanted) { return domain.first < wanted; });
    for (; found != domains_.end() && found->first == suffix; ++found) {
      hits.add(found->second, clue.source, clue.value);
    }
    const std::size_t dot = name.find('.', at);
    if (dot == std::string::npos) return;
    at = dot + 1;
  }
}

void Index::meet_user_agent(std::string_view user_agent, Hits& hits) const {
  const std::string_view agent = user_agent.substr(0, kValueBytes);
  for (std::size_t at = 0; at < agent.size(); ++at) {
    if (!begins_word(agent, at)) continue;
    for (const ConditionId id : user_agent_tokens_[static_cast<unsigned char>(lower(agent[at]))]) {
      if (has_token(agent, at, conditions_[id])) hits.add(id, "user-agent", agent);
    }
  }
}

void Index::meet_each(Source source, std::string_view value, const Clue& clue, Met met, Hits& hits) const {
  if (value.empty()) return;
  for (const ConditionId id : of_source_[static_cast<std::size_t>(source)]) {
    if (met(value, conditions_[id])) hits.add(id, clue.source, clue.value);
  }
}

// What a server or client says first, as text: whichever side it was.
void Index::meet_banner(const Clue& clue, Hits& hits) const {
  meet_each(
      Source::kString, clue.value, clue,
      [](std::string_view value, const Condition& c) { return value.find(c.text) != std::string_view::npos; },
      hits);
  if (clue.source != "banner") return;
  meet_each(
      Source::kBytes, clue.value, clue,
      [](std::string_view value, const Condition& c) {
        const std::size_t at = value.find(c.text);
        return at != std::string_view::npos && (!c.offset || at == *c.offset);
      },
      hits);
}

void Index::meet(const FirstBytes& bytes, Hits& hits) const {
  const std::string_view up = std::string_view(bytes.up).substr(0, kValueBytes);
  const std::string_view down = std::string_view(bytes.down).substr(0, kValueBytes);
  meet_side(up, Side::kUp, hits);
  meet_side(down, Side::kDown, hits);
  meet_path(up, hits);
  if (looks_random(up) && looks_random(down)) meet(Clue{"shape", "random-bytes"}, hits);
}

void Index::meet_side(std::string_view bytes, Side side, Hits& hits) const {
  if (bytes.empty()) return;
  for (const ConditionId id : of_source_[static_cast<std::size_t>(Source::kBytes)]) {
    const Condition& condition = conditions_[id];
    if (condition.side != Side::kEither && condition.side != side) continue;
    std::size_t at = 0;
    if (condition.offset) {
      at = *condition.offset;
      if (at > bytes.size() || !bytes.substr(at).starts_with(condition.text)) continue;
    } else {
      at = bytes.find(condition.text);
      if (at == std::string_view::npos) continue;
    }
    hits.add(id, kFirstBytes, shown(bytes.substr(at)));
  }
  for (const ConditionId id : of_source_[static_cast<std::size_t>(Source::kString)]) {
    const std::size_t at = bytes.find(conditions_[id].text);
    if (at != std::string_view::npos) hits.add(id, kFirstBytes, shown(bytes.substr(at)));
  }
}

void Index::meet_path(std::string_view up, Hits& hits) const {
  const std::string_view target = target_of(up);
  if (!target.empty()) meet(Clue{"path", std::string(target)}, hits);
}

}  // namespace mogura::identity::detail
