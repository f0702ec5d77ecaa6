#include "console/detail/api_allow_entry.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/network.h"
#include "protocol/registrable_domain.h"
#include "report/text_width.h"
#include "report/utf8.h"

namespace mogura::console::detail {
namespace {

using Texts = std::vector<std::string>;

constexpr std::string_view kReplaced = "\uFFFD";
constexpr std::chrono::days kProposedDays{365};

struct Condition {
  std::string key, value;
};

void append_escape(std::string& out, char32_t c) {
  const bool is_long = c > 0xFFFF;
  out += is_long ? "\\U" : "\\u";
  for (int shift = is_long ? 28 : 12; shift >= 0; shift -= 4) {
    out += "0123456789abcdef"[static_cast<std::uint32_t>(c) >> shift & 0xF];
  }
}

bool is_seen(std::string_view character) {
  return report::escape_for_terminal(character) == character;
}

bool all_same(const Texts& texts) {
  return !texts.empty() && std::all_of(texts.begin(), texts.end(),
                                       [&](const std::string& text) { return text == texts.front(); });
}

bool was_replaced(const std::string& text) {
  return text.find(kReplaced) != std::string::npos;
}

// What stood in a stored line in place of bytes that are no UTF-8 may have been anything.
std::string glob_of(std::string text) {
  for (std::size_t at = 0; (at = text.find(kReplaced, at)) != std::string::npos; ++at) {
    text.replace(at, kReplaced.size(), "*");
  }
  return text;
}

// Empty where they have nothing of use in common.
std::string glob_of(const Texts& agents) {
  if (all_same(agents)) return glob_of(agents.front());
  constexpr std::size_t kShortest = 4;
  std::string_view common = agents.empty() ? std::string_view() : std::string_view(agents.front());
  for (const std::string& agent : agents) {
    const auto end = std::mismatch(common.begin(), common.end(), agent.begin(), agent.end()).first;
    common = common.substr(0, static_cast<std::size_t>(end - common.begin()));
  }
  while (!common.empty() && (static_cast<std::uint8_t>(common.back()) & 0x80) != 0) common.remove_suffix(1);
  return common.size() < kShortest ? std::string() : std::string(common) + "*";
}

std::optional<Condition> by_place(const Texts& destinations) {
  if (std::any_of(destinations.begin(), destinations.end(), was_replaced)) return std::nullopt;
  if (all_same(destinations)) return Condition{"host", destinations.front()};
  Texts domains;
  for (const std::string& destination : destinations) {
    domains.push_back(protocol::registrable_domain(destination));
  }
  const bool is_name = all_same(domains) && domains.front().find('.') != std::string::npos;
  if (!is_name || protocol::is_address(domains.front())) return std::nullopt;
  return Condition{"suffix", domains.front()};
}

std::optional<Condition> by_program(const Texts& agents, bool is_complete) {
  if (agents.empty() || !is_complete) return std::nullopt;
  std::string glob = glob_of(agents);
  if (glob.find_first_not_of('*') == std::string::npos) return std::nullopt;
  return Condition{"user_agent", std::move(glob)};
}

std::optional<Condition> by_hello(const Texts& lists, const Texts& ja4s) {
  for (const Texts* texts : {&lists, &ja4s}) {
    if (all_same(*texts) && !texts->front().empty() && !was_replaced(texts->front())) {
      return Condition{"cipher_suites", texts->front()};
    }
  }
  return std::nullopt;
}

std::optional<Condition> by_client(const Texts& clients, bool is_complete) {
  const bool is_one = clients.size() == 1 && is_complete;
  const auto network = is_one ? Network::parse(clients.front()) : std::nullopt;
  if (!network) return std::nullopt;
  return Condition{"network", network->to_string()};
}

void add_line(std::string& out, std::string_view key, std::string_view value) {
  const std::string text = value.empty() ? std::string() : toml_text(value);
  if (!text.empty()) (((out += key) += " = ") += text) += '\n';
}

std::string date_of(Timestamp time) {
  return to_rfc3339(time).substr(0, 10);
}

class Proposal {
 public:
  Proposal(const report::FindingRecord& record, JsonReader& json) : record_(record) {
    destinations_ = json.list(record.line, "destinations");
    if (destinations_.empty()) destinations_ = json.list(record.line, "destination");
    agents_ = json.list(record.line, "user_agents");
    clients_ = json.list(record.line, "clients");
    lists_ = json.list(record.line, "cipher_lists");
    ja4s_ = json.list(record.line, "ja4s");
    std::vector<std::string> counts;
    constexpr std::array<std::string_view, 2> kCounts{"user_agents_count", "clients_count"};
    json.values(record.line, kCounts, counts);
    has_all_agents_ = counts[0] == std::to_string(agents_.size());
    has_all_clients_ = counts[1] == std::to_string(clients_.size());
  }

  // In the order of what says most. That it can be written as TOML is a part of the question.
  [[nodiscard]] std::vector<Condition> conditions() const {
    std::vector<Condition> conditions;
    for (auto& condition : {by_place(destinations_), by_program(agents_, has_all_agents_),
                            by_hello(lists_, ja4s_), by_client(clients_, has_all_clients_)}) {
      if (condition && !condition->value.empty() && !toml_text(condition->value).empty()) {
        conditions.push_back(*condition);
      }
    }
    return conditions;
  }

  [[nodiscard]] std::string comment() const {
    if (!record_.decision.reason.empty()) return record_.decision.reason;
    std::string comment = "finding " + record_.row.finding_id;
    if (!record_.row.application.empty()) comment += ", " + record_.row.application;
    return comment;
  }

 private:
  const report::FindingRecord& record_;
  Texts destinations_, agents_, clients_, lists_, ja4s_;
  bool has_all_agents_ = false, has_all_clients_ = false;
};

}  // namespace

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const report::Utf8Character c = report::first_character(text);
    if (!c.is_valid) return {};
    const std::string_view bytes = text.substr(0, c.size);
    if (c.code_point == '"' || c.code_point == '\\') {
      (out += '\\') += bytes;
    } else if (c.code_point == '}' || !is_seen(bytes)) {
      append_escape(out, c.code_point);  // the guard takes some braces for a fault, also inside of texts
    } else {
      out += bytes;
    }
    text.remove_prefix(c.size);
  }
  return out + '"';
}

std::string allow_entry(const report::FindingRecord& record, JsonReader& json, Timestamp now) {
  const Proposal proposal(record, json);
  const std::vector<Condition> conditions = proposal.conditions();
  if (conditions.empty()) return {};
  std::string entry = "[[allow]]\n";
  add_line(entry, conditions.front().key, conditions.front().value);
  for (std::size_t i = 1; i < conditions.size(); ++i) {
    entry += "# ";
    add_line(entry, conditions[i].key, conditions[i].value);
  }
  add_line(entry, "owner", record.decision.owner);
  add_line(entry, "comment", proposal.comment());
  const auto& expires = record.decision.expires;
  entry += expires ? "expires = " + date_of(*expires) : "# expires = " + date_of(now + kProposedDays);
  return entry + "\n";
}

}  // namespace mogura::console::detail
