#include "pattern/learner.h"

#include <algorithm>
#include <initializer_list>

#include "base/digest.h"
#include "pattern/detail/evaluate.h"
#include "pattern/detail/traits.h"
#include "pattern/detail/words.h"

namespace mogura::pattern {
namespace {

using detail::Trait;
using session::Session;
using On = Condition::On;
using Sessions = std::vector<const Session*>;

constexpr std::size_t kFamilies = 2;  // of one service: the two with most sessions
constexpr std::size_t kConditionsPerCandidate = 12;
// What a candidate must tell at least, however few ordinary sessions there were to hold it against.
constexpr double kBits = 20;
constexpr double kOrdinaryHitRate = 0.001;  // of the ordinary sessions, that may match at most

// Nothing is learned from what carried nothing.
bool is_telling(const Session& session) {
  Condition kind;
  kind.on = On::kKind;
  kind.text = session::name_of(session.kind);
  return detail::holds(kind, session);
}

// The sessions that can be compared with each other, most sessions first.
std::vector<Sessions> families_of(const std::vector<const Session*>& sessions) {
  std::vector<Sessions> families;
  for (const Session* session : sessions) {
    if (!is_telling(*session)) continue;
    const auto same = std::find_if(families.begin(), families.end(), [&](const Sessions& family) {
      return detail::family_of(*family.front()) == detail::family_of(*session);
    });
    if (same != families.end())
      same->push_back(session);
    else if (families.size() < 16)
      families.push_back({session});
  }
  std::stable_sort(families.begin(), families.end(),
                   [](const Sessions& a, const Sessions& b) { return a.size() > b.size(); });
  families.resize(std::min(families.size(), kFamilies));
  return families;
}

Condition all_of(const std::vector<Trait>& traits) {
  Condition all;
  all.on = On::kAll;
  for (const Trait& trait : traits) all.parts.push_back(trait.condition);
  return all;
}

double bits_of(const std::vector<Trait>& traits) {
  double bits = 0;
  for (const Trait& trait : traits) bits += trait.bits;
  return bits;
}

template <class AnySessions>
std::uint64_t count_hits(const Condition& condition, const AnySessions& sessions) {
  return static_cast<std::uint64_t>(
      std::count_if(sessions.begin(), sessions.end(),
                    [&](const Session* session) { return detail::holds(condition, *session); }));
}

// Learns from one family of a service's sessions.
class FamilyLearner {
 public:
  FamilyLearner(const Sessions& sessions, std::span<const Session* const> ordinary, std::uint32_t min_repeats)
      : sessions_(sessions),
        base_(detail::family_traits(detail::family_of(*sessions.front()))),
        allowed_(static_cast<std::size_t>(static_cast<double>(ordinary.size()) * kOrdinaryHitRate)) {
    const Condition base = all_of(base_);
    std::copy_if(ordinary.begin(), ordinary.end(), std::back_inserter(alike_),
                 [&](const Session* session) { return detail::holds(base, *session); });
    traits_ = detail::find_traits(sessions, min_repeats);
    std::stable_sort(traits_.begin(), traits_.end(), [](const Trait& a, const Trait& b) {
      const bool a_is_of_use = a.of == Trait::Of::kUse, b_is_of_use = b.of == Trait::Of::kUse;
      return a_is_of_use != b_is_of_use ? b_is_of_use : a.bits > b.bits;
    });
  }

  // The more specific first; none where the program could not be told from the ordinary.
  std::vector<Condition> conditions(bool is_one_of_several) {
    std::vector<Condition> found;
    const auto keep = [&](const std::vector<Trait>& traits) {
      const Condition condition = all_of(traits);
      const bool is_new = std::find(found.begin(), found.end(), condition) == found.end();
      if (is_new && is_enough(traits)) found.push_back(condition);
    };
    using Of = Trait::Of;
    if (!is_one_of_several) keep(everything({Of::kProgram, Of::kContent, Of::kUse}));
    keep(everything({Of::kProgram, Of::kContent}));
    // Where the program is a carrier, another cargo must not hide it.
    if (sessions_.front()->kind == session::Kind::kGetPost) keep(everything({Of::kProgram, Of::kUse}));
    keep(strengthened(traits_));
    return found;
  }

  // By where it goes: where nothing else tells the program.
  std::vector<Condition> conditions_of_place() {
    std::vector<Trait> chosen = strengthened(detail::find_place_traits(sessions_));
    return is_enough(chosen) ? std::vector<Condition>{all_of(chosen)} : std::vector<Condition>{};
  }

 private:
  [[nodiscard]] bool is_enough(const std::vector<Trait>& traits) const {
    return bits_of(traits) >= kBits && count_hits(all_of(traits), alike_) <= allowed_;
  }

  // All that is known of some sorts, up to a limit.
  [[nodiscard]] std::vector<Trait> everything(std::initializer_list<Trait::Of> sorts) const {
    std::vector<Trait> chosen = base_;
    for (const Trait& trait : traits_) {
      const bool is_wanted = std::find(sorts.begin(), sorts.end(), trait.of) != sorts.end();
      if (is_wanted && chosen.size() < kConditionsPerCandidate) chosen.push_back(trait);
    }
    return chosen;
  }

  // Adds to the base what shuts out most of the ordinary sessions that are left, then what tells most, until
  // it is enough.
  [[nodiscard]] std::vector<Trait> strengthened(std::vector<Trait> traits) const {
    std::vector<Trait> chosen = base_;
    Sessions left = alike_;
    while (!traits.empty() && (!left.empty() || bits_of(chosen) < kBits)) {
      const auto best = best_of(traits, left);
      std::erase_if(left, [&](const Session* session) { return !detail::holds(best->condition, *session); });
      chosen.push_back(*best);
      traits.erase(best);
    }
    return chosen;
  }

  // The first of those that fewest of the sessions have.
  static std::vector<Trait>::iterator best_of(std::vector<Trait>& traits, const Sessions& left) {
    auto best = traits.begin();
    std::uint64_t fewest = count_hits(best->condition, left);
    for (auto trait = best + 1; trait != traits.end() && fewest != 0; ++trait) {
      const std::uint64_t hits = count_hits(trait->condition, left);
      if (hits >= fewest) continue;
      best = trait;
      fewest = hits;
    }
    return best;
  }

  const Sessions& sessions_;
  std::vector<Trait> base_;
  std::size_t allowed_;
  Sessions alike_;  // ordinary sessions of the same family
  std::vector<Trait> traits_;
};

// Words of an id: small letters and digits, others as one "-". Ends before a bracket and before a version.
std::string slug(std::string_view text) {
  std::string words;
  for (const char c : text.substr(0, text.find('('))) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    const bool is_digit = c >= '0' && c <= '9';
    const bool begins_word = words.ends_with('-');
    if (is_digit && begins_word) break;
    if (is_upper || is_digit || (c >= 'a' && c <= 'z')) {
      words += is_upper ? static_cast<char>(c + 32) : c;
    } else if (!words.empty() && !begins_word) {
      words += '-';
    }
    if (words.size() == 32) break;
  }
  while (words.ends_with('-')) words.pop_back();
  return words;
}

// "OpenVPN in connect", and the same for an id.
struct Names {
  std::string name, id;
};

Names names_for(const Service& service, const Session& session) {
  const std::string kind(session::name_of(session.kind));
  const bool is_named = session.inner != protocol::Inner::kNone && session.inner != protocol::Inner::kUnknown;
  const std::string inner(is_named ? protocol::name_of(session.inner) : "unknown");
  std::string what = slug(service.application);
  if (what.empty()) what = inner;
  if (!what.ends_with("-in-" + kind)) what += "-in-" + kind;
  return {(service.application.empty() ? inner : service.application) + " in " + kind, what};
}

Pattern candidate(const Service& service, const Session& session, Condition condition) {
  Pattern pattern;
  pattern.is_candidate = true;
  pattern.application = service.application;
  pattern.source_finding = service.finding_id;
  const Names names = names_for(service, session);
  pattern.name = names.name;
  pattern.condition = std::move(condition);
  // Of the conditions alone: the same are learned under the same id.
  const auto digest = sha256(as_bytes(detail::words_for(pattern.condition)));
  pattern.id = names.id + "-" + to_hex(ByteView(digest).first(2));
  return pattern;
}

void add_rates(Pattern& pattern, const Service& service, std::span<const Session* const> ordinary) {
  Pattern::Rates& rates = pattern.rates.emplace();
  rates.service_sessions = service.sessions.size();
  rates.service_hits = count_hits(pattern.condition, service.sessions);
  rates.ordinary_sessions = ordinary.size();
  rates.ordinary_hits = count_hits(pattern.condition, ordinary);
  pattern.note = "Learned from sessions to " + service.destination + ".";
}

}  // namespace

std::vector<Pattern> learn(const Service& service, std::span<const Session* const> ordinary,
                           std::uint32_t min_repeats) {
  std::vector<Pattern> patterns;
  const auto keep = [&](const Session& session, std::vector<Condition> conditions) {
    for (Condition& condition : conditions) {
      if (patterns.size() == kCandidatesPerService) return;
      patterns.push_back(candidate(service, session, std::move(condition)));
      add_rates(patterns.back(), service, ordinary);
    }
  };
  const std::vector<Sessions> families = families_of(service.sessions);
  for (const Sessions& family : families) {
    keep(*family.front(), FamilyLearner(family, ordinary, min_repeats).conditions(families.size() > 1));
  }
  if (patterns.empty() && !families.empty()) {
    const Sessions& family = families.front();
    keep(*family.front(), FamilyLearner(family, ordinary, min_repeats).conditions_of_place());
  }
  std::stable_sort(patterns.begin(), patterns.end(), [](const Pattern& a, const Pattern& b) {
    return a.condition.parts.size() > b.condition.parts.size();
  });
  return patterns;
}

}  // namespace mogura::pattern
