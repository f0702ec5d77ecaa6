#include "pattern/detail/pattern_index.h"

#include <algorithm>

namespace mogura::pattern::detail {
namespace {

using On = Condition::On;

// Conditions without which the pattern cannot match.
void collect_required(const Condition& condition, std::vector<const Condition*>& required) {
  const bool is_list = condition.on == On::kAll || (condition.on == On::kAny && condition.parts.size() == 1);
  if (!is_list) return required.push_back(&condition);
  for (const Condition& part : condition.parts) collect_required(part, required);
}

bool is_exact(const Condition& condition) {
  return condition.text.find('*') == std::string::npos;
}

}  // namespace

PatternIndex::PatternIndex(const std::vector<Pattern>& patterns) {
  std::vector<const Condition*> required;
  for (std::uint32_t number = 0; number < patterns.size(); ++number) {
    required.clear();
    collect_required(patterns[number].condition, required);
    if (!add_by_text(number, required)) add_by_kind(number, required);
  }
}

bool PatternIndex::add_by_text(std::uint32_t number, const std::vector<const Condition*>& required) {
  constexpr std::array<On, kTables> kConditions = {On::kJa4, On::kCipherSuites, On::kSni, On::kDestination,
                                                   On::kUserAgent};
  for (std::size_t table = 0; table < kTables; ++table) {
    // JA4 and cipher lists are no globs, but hold no "*" either.
    const auto found = std::find_if(required.begin(), required.end(), [&](const Condition* condition) {
      return condition->on == kConditions[table] && is_exact(*condition) && !condition->text.empty();
    });
    if (found == required.end()) continue;
    by_text_[table][(*found)->text].push_back(number);
    return true;
  }
  return false;
}

void PatternIndex::add_by_kind(std::uint32_t number, const std::vector<const Condition*>& required) {
  const auto is_excluded = [&](On on, std::string_view name) {
    return std::any_of(required.begin(), required.end(), [&](const Condition* condition) {
      return condition->on == on && condition->text != name;
    });
  };
  for (std::size_t kind = 0; kind < session::kKinds; ++kind) {
    if (is_excluded(On::kKind, session::name_of(static_cast<session::Kind>(kind)))) continue;
    for (std::size_t inner = 0; inner < kInners; ++inner) {
      if (is_excluded(On::kInner, protocol::name_of(static_cast<protocol::Inner>(inner)))) continue;
      by_kind_[kind][inner].push_back(number);
    }
  }
}

std::string_view PatternIndex::text_of(const session::Session& session, By by) {
  switch (by) {
    case By::kJa4:
      return session.ja4;
    case By::kCipherSuites:
      return session.cipher_suites;
    case By::kSni:
      return session.sni;
    case By::kDestination:
      return session.destination;
    case By::kUserAgent:
      return session.user_agent;
  }
  return {};
}

void PatternIndex::find(const session::Session& session, std::vector<std::uint32_t>& candidates) const {
  candidates = by_kind_[static_cast<std::size_t>(session.kind)][static_cast<std::size_t>(session.inner)];
  for (std::size_t table = 0; table < kTables; ++table) {
    if (by_text_[table].empty()) continue;
    const std::string_view text = text_of(session, static_cast<By>(table));
    if (text.empty()) continue;
    const auto found = by_text_[table].find(text);
    if (found == by_text_[table].end()) continue;
    candidates.insert(candidates.end(), found->second.begin(), found->second.end());
  }
}

}  // namespace mogura::pattern::detail
