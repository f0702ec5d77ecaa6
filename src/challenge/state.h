#pragma once

// What is remembered of one (client address, User-Agent, host), and the machine that changes it: paper 2,
// figure 3 and table 2, as a table. Pure: the same entry and input give the same outcome everywhere, so that
// every store, and every proxy of a site, agrees. Any thread.
//
//   request ──► Input ──► advance(entry) ──► Outcome: what counts, what to do with the response
//   response delivered with our cookie ──► Input{kDelivered} ──► …

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "challenge/decoys.h"

namespace mogura::challenge {

// Table 2 of the paper; the names are those of logs, metrics and documents.
enum class State : std::uint8_t {
  kNone,           // nothing known
  kSet,            // our cookie was inserted, in a Set-Cookie field of its own
  kAddValue,       // the same, beside cookies of the origin's
  kResetValue,     // it was inserted anew: a new epoch, a wrong value, or none came back
  kNeverSet,       // not inserted, not judged: browsers may have reasons to return nothing here
  kSuspicious,     // it did not come back, often enough
  kInconsistency,  // what came back is not what was given
};
inline constexpr std::size_t kStates = 7;
std::string_view name_of(State state);  // "set", "addvalue", "resetvalue", "neverset", …; "none"

// What a request (or the delivery of a response) says, as far as it can be said without what is remembered.
enum class Sign : std::uint8_t {
  kCurrent,     // our cookie of this epoch
  kPrevious,    // of the epoch before
  kForeign,     // one that this site issued, to another client or host, or too long ago
  kForged,      // well-formed, but never issued by this site
  kOnlyDecoys,  // of what was given together, only what is not to come back (challenge/decoys.h)
  kGarbage,     // under our name, not of our form
  kAbsent,      // none, where one can be expected to come back
  kElsewhere,   // none, and another site's page led here or frames this one: nothing can be expected
  kInserted,    // a response went out with our cookie: in a field of its own
  kAdded,       // the same, beside the origin's own
  kDelivered,   // that response reached the client
  kEngine,      // it did what a page's fields told it to, as only an engine for pages does
  kAsked,       // a page with such fields was delivered
  kLook,        // nothing: what is remembered is asked for, and not changed
};
inline constexpr std::size_t kSigns = 14;
std::string_view name_of(Sign sign);

enum class Verdict : std::uint8_t { kNone, kBrowser, kCookieJar, kNaiveJar, kNoJar, kTampering, kExempt };
std::string_view name_of(Verdict verdict);  // "browser", "cookie-jar", "naive-jar", "no-jar", …; ""

// 16 bytes of a keyed hash: nobody without the site's secret can aim at another's entry.
struct StateKey {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const StateKey&) const = default;
};

// All that is remembered. Plain; stores keep it as 36 bytes, with a version in front
// (docs/formats/challenge-state.md).
struct Entry {
  State state = State::kNone;
  Verdict verdict = Verdict::kNone;
  std::uint8_t misses = 0;            // counted, since the last return; stays at 255
  bool has_returned = false;          // a current or previous cookie ever came back
  bool is_outstanding = false;        // a response with our cookie was delivered, and no request judged since
  bool has_many_connections = false;  // counted misses came on more than one connection
  bool has_decoys = false;            // the latest challenge that was delivered had decoys beside it
  bool is_jar_known = false;          // and a request with the good cookie followed
  DecoyMask decoys = 0;               // that ever came back
  std::uint8_t engine_asked = 0;      // pages that asked for an engine, up to kEngineAsked
  bool has_engine = false;            // one of them was answered
  bool was_redirected = false;        // it was sent to where it was, with the cookie, and is not again
  bool was_refreshed = false;         // it was shown a page that leads on by itself, and is not again
  bool has_cache = false;             // it asked whether a page has changed, with a validator of ours
  std::uint16_t issued = 0;           // stays at 65535
  std::uint32_t miss_connection = 0;  // of the first counted miss
  Timestamp delivered{};              // when the latest challenge was delivered; zero: never
  Timestamp first_miss{};             // when the challenge was delivered that the first of `misses` missed
  Timestamp touched{};                // by any input
  bool operator==(const Entry&) const = default;
};

// Pages that asked for an engine, until it counts that none was answered; and how long that may take.
inline constexpr std::uint8_t kEngineAsked = 3;
inline constexpr Duration kEnginePatience = std::chrono::seconds(10);

struct Input {
  Sign sign = Sign::kAbsent;
  Timestamp time{};  // requests: when the first byte came; kDelivered: when the last one was there
  std::uint32_t connection = 0;  // tells the client's connections apart, over all proxies; random
  bool claims_browser = false;   // request: what the verdict rests on
  bool is_browser_like = false;
  // kAbsent: browsers have reasons to send none with such a request (a frame in another site's page, a second
  // load beside the jar). Not judged where a cookie has come back before, and else only if it never ends.
  bool is_doubtful = false;
  // kAbsent: the request has everything that a current browser's has. Such a browser may send many requests
  // that were made up before the first answer came (sixteen tabs opened at once share six connections).
  bool is_of_engine = false;
  // kAbsent: a cookie of ours has come back from this program, on whatever host. Where it never did on this
  // one, it may be in a frame that does not say so, and nothing is counted.
  bool has_jar = false;
  // kAbsent: how long after its delivery a challenge is expected to come back. Later the cookie may have
  // expired, or the browser been closed, and its misses are forgotten.
  Duration expected_for = std::chrono::hours(12);
  DecoyMask decoys = 0;        // a cookie came back: the decoys beside it
  DecoyMask forbidden = 0;     // decoys that what the User-Agent names never returns
  bool has_validated = false;  // it asked whether a page has changed, with a validator of ours
  bool redirects = false;      // kInserted: with a redirection
  bool refreshes = false;      // kAsked: by a page of the proxy's own that leads on by itself
  // A cookie came back: nobody is said to have no engine before such a page was shown.
  bool expects_refresh = false;
  bool has_decoys = false;  // kInserted, kAdded, kDelivered: decoys went out with it
};

struct MachineOptions {
  unsigned misses = 2;  // until suspicious; where a cookie has come back before, twice as many
  // Misses on one connection alone count as suspicious only when the last is this much after the first
  // missed challenge was delivered.
  Duration span = std::chrono::milliseconds(100);
  unsigned doubtful_misses = 8;  // until suspicious, if all are doubtful
  // The same for what looks in every field like a current browser, also over several connections. Of such, a
  // request counts only when it began a quarter of this after the latest delivery: one that follows at once
  // may have been made up long before, and have waited for a free connection.
  Duration engine_span = std::chrono::seconds(2);
};

enum class Action : std::uint8_t {
  kRelay,    // nothing to insert
  kIssue,    // insert our cookie: the first
  kReissue,  // insert it anew
};

struct Outcome {
  Entry entry;                // afterwards
  State from = State::kNone;  // before
  Action action = Action::kRelay;
  bool is_miss = false;  // counted
  bool became_suspicious = false;
  bool verdict_changed = false;
  // A kAbsent that does not count: no challenge was waiting for its return when the request began.
  bool is_early = false;
  bool is_passed_over = false;  // a doubtful kAbsent that is not judged
  bool is_forbidden = false;    // decoys came back that what the User-Agent names never returns
};

// Changes the entry as the table says (detail/machine_table.h; its drawing is in docs/formats/challenge.md).
// Never fails; times may go backwards, and then nothing is counted.
Outcome advance(Entry& entry, const Input& input, const MachineOptions& options);

}  // namespace mogura::challenge
