#include "challenge/state.h"

#include <limits>

#include "challenge/detail/machine_table.h"

namespace mogura::challenge {
namespace {

using detail::Event;

constexpr std::array<std::string_view, kStates> kStateNames{
    "none", "set", "addvalue", "resetvalue", "neverset", "suspicious", "inconsistency"};
constexpr std::array<std::string_view, kSigns> kSignNames{
    "current",   "previous", "foreign", "forged",    "only-decoys", "garbage", "absent",
    "elsewhere", "inserted", "added",   "delivered", "engine",      "asked",   "look"};
constexpr std::array<std::string_view, 7> kVerdictNames{"",       "browser",   "cookie-jar", "naive-jar",
                                                        "no-jar", "tampering", "exempt"};

template <typename Enum, std::size_t kCount>
std::string_view name_in(const std::array<std::string_view, kCount>& names, Enum value) {
  const auto index = static_cast<std::size_t>(value);
  return index < kCount ? names[index] : std::string_view("unknown");
}

template <typename Integer>
void count(Integer& value) {
  if (value != std::numeric_limits<Integer>::max()) ++value;
}

void forget_misses(Entry& entry) {
  entry.misses = 0;
  entry.has_many_connections = false;
  entry.miss_connection = 0;
  entry.first_miss = {};
}

// Whether the challenge that waits has been waiting for longer than anybody must keep a cookie.
bool has_lapsed(const Entry& entry, const Input& input) {
  return entry.is_outstanding && input.time > entry.delivered + input.expected_for;
}

bool is_passed_over(const Entry& entry, const Input& input) {
  return input.is_doubtful && (entry.has_returned || entry.state == State::kNeverSet);
}

void count_miss(Entry& entry, const Input& input) {
  if (entry.misses == 0) {
    entry.first_miss = entry.delivered;
    entry.miss_connection = input.connection;
  }
  if (entry.miss_connection != input.connection) entry.has_many_connections = true;
  count(entry.misses);
}

bool is_one_too_many(const Entry& entry, const Input& input, const MachineOptions& options) {
  unsigned allowed = options.misses;
  if (entry.has_returned) allowed *= 2;
  if (input.is_doubtful && allowed < options.doubtful_misses) allowed = options.doubtful_misses;
  if (input.is_of_engine && input.time < entry.first_miss + options.engine_span) return false;
  return entry.misses >= allowed &&
         (entry.has_many_connections || input.time >= entry.first_miss + options.span);
}

Event on_absent(Entry& entry, const Input& input, const MachineOptions& options) {
  if (is_passed_over(entry, input)) return Event::kPassedOver;
  if (has_lapsed(entry, input)) {
    forget_misses(entry);
    entry.is_outstanding = false;
  }
  if (input.has_jar && !entry.has_returned) {
    forget_misses(entry);
    return Event::kEarly;
  }
  const Duration settling = input.is_of_engine ? options.engine_span / 4 : Duration{};
  if (!entry.is_outstanding || input.time <= entry.delivered + settling) return Event::kEarly;
  // What comes until the cookie is delivered anew is early again: misses are counted one after the other, not
  // one for each of the requests that are under way at the same time.
  entry.is_outstanding = false;
  count_miss(entry, input);
  return is_one_too_many(entry, input, options) ? Event::kLastMiss : Event::kMiss;
}

// What says that it is a browser shows pages, and fetches what they are made of.
bool lacks_engine(const Entry& entry, const Input& input) {
  const bool was_asked = input.expects_refresh ? entry.was_refreshed : entry.engine_asked >= kEngineAsked;
  return input.claims_browser && was_asked && !entry.has_engine &&
         input.time > entry.delivered + kEnginePatience;
}

Event on_return(Entry& entry, const Input& input, Event event) {
  forget_misses(entry);
  entry.is_outstanding = false;
  entry.has_returned = true;
  entry.is_jar_known |= entry.has_decoys && input.time > entry.delivered;
  entry.decoys |= input.decoys;
  const bool is_naive = family_of(entry.decoys) >= JarFamily::kNaive;
  if ((input.decoys & input.forbidden) != 0) {
    entry.verdict = is_naive ? Verdict::kNaiveJar : Verdict::kCookieJar;
    return Event::kForbidden;
  }
  const bool is_browser =
      (input.claims_browser && input.is_browser_like) || entry.verdict == Verdict::kBrowser;
  if (is_browser && (entry.decoys & input.forbidden) == 0 && !lacks_engine(entry, input)) {
    entry.verdict = Verdict::kBrowser;
  } else {
    entry.verdict = is_naive ? Verdict::kNaiveJar : Verdict::kCookieJar;
  }
  return event;
}

Event on_wrong_value(Entry& entry, Event event) {
  entry.is_outstanding = false;
  return event;
}

Event on_forged(Entry& entry) {
  // Once may be a disk or a memory that failed. Whoever was given the right value after that has made it up.
  const bool again = entry.state == State::kInconsistency && entry.is_outstanding;
  if (again) entry.verdict = Verdict::kTampering;
  return on_wrong_value(entry, again ? Event::kForgedAgain : Event::kForged);
}

// Nothing keeps its cookies so; it takes a hand that chooses.
Event on_only_decoys(Entry& entry, const Input& input) {
  entry.decoys |= input.decoys;
  return on_forged(entry);
}

Event on_insertion(Entry& entry, const Input& input, Event event) {
  count(entry.issued);
  entry.was_redirected |= input.redirects;
  return event;
}

Event on_delivery(Entry& entry, const Input& input) {
  entry.delivered = input.time;
  entry.is_outstanding = true;
  entry.has_decoys = input.has_decoys;
  return Event::kDelivered;
}

Event on_engine(Entry& entry, const Input& input) {
  entry.has_engine = true;
  if (entry.has_returned && input.claims_browser && (entry.decoys & input.forbidden) == 0) {
    entry.verdict = Verdict::kBrowser;
  }
  return Event::kPassedOver;
}

// Changes all of the entry but its state, and says which row of the table applies.
Event note(Entry& entry, const Input& input, const MachineOptions& options) {
  entry.has_cache |= input.has_validated;
  switch (input.sign) {
    case Sign::kCurrent:
      return on_return(entry, input, Event::kReturned);
    case Sign::kPrevious:
      return on_return(entry, input, Event::kReturnedOld);
    case Sign::kForeign:
      return on_wrong_value(entry, Event::kForeign);
    case Sign::kForged:
      return on_forged(entry);
    case Sign::kOnlyDecoys:
      return on_only_decoys(entry, input);
    case Sign::kGarbage:
      return on_wrong_value(entry, Event::kGarbage);
    case Sign::kAbsent:
      return on_absent(entry, input, options);
    case Sign::kElsewhere:
      return on_wrong_value(entry, Event::kElsewhere);
    case Sign::kInserted:
      return on_insertion(entry, input, Event::kInserted);
    case Sign::kAdded:
      return on_insertion(entry, input, Event::kAdded);
    case Sign::kDelivered:
      return on_delivery(entry, input);
    case Sign::kEngine:
      return on_engine(entry, input);
    case Sign::kAsked:
      if (entry.engine_asked < kEngineAsked) ++entry.engine_asked;
      entry.was_refreshed |= input.refreshes;
      entry.delivered = input.time;
      break;
    case Sign::kLook:
      break;
  }
  return Event::kPassedOver;
}

}  // namespace

std::string_view name_of(State state) {
  return name_in(kStateNames, state);
}

std::string_view name_of(Sign sign) {
  return name_in(kSignNames, sign);
}

std::string_view name_of(Verdict verdict) {
  return name_in(kVerdictNames, verdict);
}

Outcome advance(Entry& entry, const Input& input, const MachineOptions& options) {
  Outcome outcome;
  outcome.from = entry.state;
  const Verdict verdict = entry.verdict;
  const bool was_forbidden = (entry.decoys & input.forbidden) != 0;
  const Event event = note(entry, input, options);
  const detail::Transition& transition = detail::transition(entry.state, event);
  entry.state = transition.to;
  if (event == Event::kLastMiss) entry.verdict = Verdict::kNoJar;
  entry.touched = input.time;
  outcome.entry = entry;
  outcome.action = transition.action;
  outcome.is_miss = event == Event::kMiss || event == Event::kLastMiss;
  outcome.became_suspicious = entry.state == State::kSuspicious && outcome.from != State::kSuspicious;
  // What is known of the jar is news, also where the word for it stays the same.
  outcome.verdict_changed = entry.verdict != verdict || (event == Event::kForbidden && !was_forbidden);
  outcome.is_early = event == Event::kEarly;
  outcome.is_passed_over = event == Event::kPassedOver && input.sign == Sign::kAbsent;
  outcome.is_forbidden = event == Event::kForbidden;
  return outcome;
}

}  // namespace mogura::challenge
