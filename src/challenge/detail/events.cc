#include "challenge/detail/events.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mogura::challenge::detail {
namespace {

// A program that says it is a browser lies; one that does not may be any of the many that keep no cookies.
constexpr double kScoreNoJarBrowser = 0.8, kScoreNoJar = 0.3, kScoreTampering = 0.6;
// Returned what the browser that it claims to be never returns.
constexpr double kScoreWrongJar = 0.85;
// Keeps cookies as one, and shows no pages: a program, or a browser that was told to fetch nothing ahead.
constexpr double kScoreNoEngine = 0.5;
// The same, and a page that leads on by itself led nowhere.
constexpr double kScoreNotRefreshed = 0.6;

std::string_view what_came_back(Sign sign) {
  switch (sign) {
    case Sign::kForeign:
      return "issued to another client or host, or too long ago";
    case Sign::kForged:
      return "of our form, but not issued by this site";
    case Sign::kOnlyDecoys:
      return "only cookies that are not to come back";
    case Sign::kGarbage:
      return "not of our form";
    case Sign::kPrevious:
      return "of the epoch before";
    case Sign::kAbsent:
      return "none came back";
    case Sign::kCurrent:
    case Sign::kElsewhere:
    case Sign::kInserted:
    case Sign::kAdded:
    case Sign::kDelivered:
    case Sign::kEngine:
    case Sign::kAsked:
    case Sign::kLook:
      break;
  }
  return "";
}

std::string_view connections_of(const Entry& entry) {
  return entry.has_many_connections ? "on several connections" : "on one connection";
}

// Garbage may be a cookie of the site's own, with every request: said once. So are decoys beside the cookie.
bool is_worth_a_line(const Exchange& exchange) {
  const Sign sign = exchange.input.sign;
  if (sign == Sign::kForeign || sign == Sign::kForged || sign == Sign::kOnlyDecoys) return true;
  return (sign == Sign::kGarbage || exchange.outcome.is_forbidden) &&
         exchange.outcome.from != State::kInconsistency;
}

ChallengeEvent event_of(State state, const Exchange& exchange, std::string reason) {
  const Entry& entry = exchange.outcome.entry;
  return {state, entry.misses, entry.issued, std::move(reason)};
}

State state_of_insertion(const Exchange& exchange) {
  if (exchange.outcome.action == Action::kReissue || exchange.wants_decoys) return State::kResetValue;
  return exchange.insertion == Sign::kAdded ? State::kAddValue : State::kSet;
}

void add_figures(const Exchange& exchange, VerdictEvent& event) {
  const Entry& entry = exchange.outcome.entry;
  event.evidence.push_back("our cookie was given " + std::to_string(entry.issued) + " times; the last " +
                           std::to_string(entry.misses) + " that were waited for did not come back, " +
                           std::string(connections_of(entry)));
  event.evidence.emplace_back(entry.has_returned ? "it has come back before" : "it has never come back");
}

void add_claims(const Exchange& exchange, VerdictEvent& event) {
  event.evidence.emplace_back(exchange.claims_browser ? "the User-Agent says that it is a browser"
                                                      : "the User-Agent does not say that it is a browser");
  event.evidence.emplace_back(exchange.is_browser_like
                                  ? "the other fields are such as browsers send"
                                  : "Accept, Accept-Language and Accept-Encoding are not those of a browser");
}

void add_engine(const Exchange& exchange, VerdictEvent& event) {
  const Entry& entry = exchange.outcome.entry;
  if (entry.has_engine) {
    event.evidence.emplace_back("it did what a page's fields told it to, as browsers do");
    return;
  }
  if (!exchange.claims_browser || entry.verdict == Verdict::kBrowser) return;
  if (entry.engine_asked >= kEngineAsked) {
    event.evidence.push_back(std::to_string(entry.engine_asked) +
                             " pages named something to be fetched or reported with them, and it was not");
    event.score = kScoreNoEngine;
  }
  if (entry.was_refreshed) {
    event.evidence.emplace_back("it was shown a page that leads on by itself, and went nowhere");
    event.score = kScoreNotRefreshed;
  }
  if (entry.has_cache) {
    event.evidence.emplace_back(
        "it asked whether a page has changed, so it keeps a cache: browsers do, and the HTTP library of "
        "Windows");
  }
}

void add_jar(const Exchange& exchange, VerdictEvent& event) {
  const Entry& entry = exchange.outcome.entry;
  event.evidence.emplace_back("our cookie came back");
  if (entry.is_jar_known || entry.decoys != 0) {
    event.evidence.push_back(describe(entry.decoys, exchange.input.forbidden));
  }
  add_engine(exchange, event);
  if ((entry.decoys & exchange.input.forbidden) != 0) event.score = kScoreWrongJar;
}

VerdictEvent explained(const Exchange& exchange) {
  VerdictEvent event;
  event.verdict = exchange.outcome.entry.verdict;
  switch (event.verdict) {
    case Verdict::kNoJar:
      add_figures(exchange, event);
      event.score = exchange.claims_browser ? kScoreNoJarBrowser : kScoreNoJar;
      break;
    case Verdict::kTampering:
      if (exchange.input.sign == Sign::kOnlyDecoys) {
        event.evidence.emplace_back(
            "of the cookies that were given together, only those came that are not to come back: " +
            describe(exchange.input.decoys, exchange.input.forbidden));
        event.score = kScoreTampering;
        break;
      }
      event.evidence.emplace_back(
          "values of our cookie's form came that this site never issued, also after the "
          "right one was given");
      event.score = kScoreTampering;
      break;
    case Verdict::kBrowser:
    case Verdict::kCookieJar:
    case Verdict::kNaiveJar:
      add_jar(exchange, event);
      break;
    case Verdict::kNone:
    case Verdict::kExempt:
      break;
  }
  add_claims(exchange, event);
  event.answer_score = event.score;
  return event;
}

VerdictEvent exempted(const Exemption& exemption) {
  VerdictEvent event;
  event.verdict = Verdict::kExempt;
  event.evidence.push_back(exemption.list + ", line " + std::to_string(exemption.line) + ": " +
                           exemption.comment);
  return event;
}

}  // namespace

std::optional<ChallengeEvent> request_event(const Exchange& exchange) {
  if (!exchange.has_outcome) return std::nullopt;
  if (exchange.outcome.is_miss && exchange.outcome.entry.state == State::kSuspicious) {
    return event_of(State::kSuspicious, exchange,
                    "none came back, " + std::string(connections_of(exchange.outcome.entry)));
  }
  if (!is_worth_a_line(exchange)) return std::nullopt;
  const std::string_view what = exchange.outcome.is_forbidden
                                    ? "with cookies that what the User-Agent names never returns"
                                    : what_came_back(exchange.input.sign);
  return event_of(State::kInconsistency, exchange, std::string(what));
}

std::optional<ChallengeEvent> response_event(const Exchange& exchange) {
  if (exchange.inserted) {
    const bool is_again = exchange.outcome.action == Action::kReissue;
    std::string_view reason = is_again ? what_came_back(exchange.input.sign) : std::string_view();
    if (exchange.own_answer == OwnAnswer::kRedirect) reason = "sent to the same URL with it";
    if (exchange.wants_decoys) reason = "it came back; now with decoys beside it";
    ChallengeEvent event = event_of(state_of_insertion(exchange), exchange, std::string(reason));
    event.issued = std::min(event.issued + 1, unsigned{std::numeric_limits<std::uint16_t>::max()});
    return event;
  }
  if (exchange.reason == Reason::kNone || exchange.reason == Reason::kOff) return std::nullopt;
  return event_of(State::kNeverSet, exchange, std::string(name_of(exchange.reason)));
}

std::optional<VerdictEvent> verdict_event(const Exchange& exchange) {
  if (exchange.exemption != nullptr) return exempted(*exchange.exemption);
  if (!exchange.has_outcome || !exchange.outcome.verdict_changed) return std::nullopt;
  return explained(exchange);
}

}  // namespace mogura::challenge::detail

namespace mogura::challenge {

void add_passive(const std::vector<Evidence>& evidence, VerdictEvent& verdict) {
  double sum = verdict.score;
  verdict.noticed = evidence;
  for (const Evidence& each : evidence) {
    verdict.evidence.push_back(each.text);
    sum += each.weight;
  }
  verdict.score = std::round(std::clamp(sum, 0.0, 1.0) * 100) / 100;
}

}  // namespace mogura::challenge
