#pragma once

// The brain of the asking proxy (paper 2, §4, figure 3): what a request says, what is done with its response.
// No I/O, no clock, no threads; proxy and ICAP service call it alike. The store is asked in between by
// whoever calls, so that it may answer late or not at all.
//
//   on_request(head) ─► Exchange ─ asks_jar? ─► StateStore::update(jar_key, jar_question()) ─► on_jar()
//                                │
//                           asks_store? ─► StateStore::update(key, input)
//                                                      │ outcome, or nothing
//                        on_state(outcome) ◄───────────┘
//                        ├─ blocks: 403, nothing is forwarded
//                        └─ relays; the head goes on without our cookies
//   on_response(head) ─► set_cookie line to insert, or none and why
//   on_inserted(), on_delivered() ─► one more update each, whose answers nobody waits for
//
// One Exchange per request; used again for the next of the same connection, it remembers what was computed
// for the last. Its views are those of the request's head and valid as long as that. A Gate is immutable: a
// changed policy is a new one, and takes new Exchanges. Any thread; an Exchange belongs to one at a time.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "challenge/cookies.h"
#include "challenge/exemptions.h"
#include "challenge/own_answer.h"
#include "challenge/passive_evidence.h"
#include "challenge/question.h"
#include "challenge/reason.h"
#include "challenge/state.h"
#include "challenge/state_store.h"
#include "challenge/suspects.h"
#include "challenge/token.h"
#include "protocol/strict_head.h"

namespace mogura::challenge {

enum class Mode : std::uint8_t {
  kOff,      // nothing is inserted or judged; our cookies are still taken out
  kObserve,  // inserted, judged, logged
  kBlock,    // and suspicious clients get 403
};

// What a User-Agent says that it is.
enum class Claim : std::uint8_t {
  kProgram,     // no browser
  kOldBrowser,  // a browser, of the kind that knows no SameSite attribute, or no particular one
  kBrowser,     // one with an engine of the last years
};

// Who is asked (the ladder's first step; the others go on from there).
enum class Ask : std::uint8_t {
  kEveryone,
  kSuspects,  // whom the population analysis does not know for ordinary; everyone, until there is one
};
std::string_view name_of(Ask ask);  // "everyone", "suspects"

struct Policy {
  Mode mode = Mode::kObserve;
  Ask ask = Ask::kSuspects;
  QuestionSet questions{Question::kDecoys};  // beside the cookie (challenge/question.h)
  std::string cookie_name{kDefaultCookieName};
  std::chrono::seconds epoch{86'400};  // also the cookie's Max-Age, so that what is stored is always good
  MachineOptions machine{};            // for the store's; here only for what events say
};

// The client, as the caller knows it.
struct Client {
  Address address;
  std::uint32_t connection = 0;  // random, one for each of its connections
  // Who it is, where the proxy knows; tells people behind one address apart. Valid as long as the head.
  std::string_view user{};
  bool is_encrypted = false;  // the request came in HTTPS that ends at the proxy
  // What goes into the response is kept by a cache for others, too, which revalidates without asking us.
  bool has_cache_behind = false;
  double passive_score =
      0;  // of PassiveWatch: what does not fit together is asked, however ordinary the rest
};

// Of one judged or unjudged request. Plain; filled by Gate.
struct Exchange {
  // By on_request():
  bool asks_store = false;
  // First the store is to be asked for jar_key with Gate::jar_question(), and the answer given to on_jar().
  bool asks_jar = false;
  StateKey jar_key;     // of (client address, User-Agent), whatever the host
  bool strips = false;  // something of ours is to be taken out with Gate::strip()
  StateKey key;
  Input input;
  Reason reason = Reason::kNone;         // why not judged, or why no cookie was inserted
  Reason doubt = Reason::kNone;          // with input.is_doubtful: what makes it so
  const Exemption* exemption = nullptr;  // with kExempt
  bool claims_browser = false;           // by its User-Agent
  bool is_browser_like = false;          // by its other fields
  bool is_get = false;
  bool is_page = false;  // a GET for a document
  bool is_asked = true;  // else nothing is inserted: Reason::kOrdinary
  Client client;
  std::string_view user_agent, host, path;
  // By on_state():
  bool has_outcome = false;
  bool blocks = false;
  bool wants_decoys = false;  // the response is to have the cookie again, with decoys beside it
  Outcome outcome;
  // By on_request() or on_state(): nothing is forwarded, on_own_answer() has what is answered.
  OwnAnswer own_answer = OwnAnswer::kNone;
  // By on_response() or on_own_answer():
  QuestionSet asked;         // went out with it
  bool asks_engine = false;  // something that only an engine for pages does
  bool inserted = false;
  Sign insertion = Sign::kInserted;  // or kAdded

  // What the last request of the connection cost to find out, which the next one mostly needs again.
  struct Memory {
    bool is_filled = false;
    Address client;
    bool is_encrypted = false;
    std::string host, user_agent, user;
    StateKey key, jar_key;
    bool has_jar = false;  // a cookie of ours has come back from this program, on whatever host
    Claim claim = Claim::kProgram;
    DecoyMask forbidden = 0;        // to what the User-Agent names
    std::uint64_t epoch = 0;        // of the values
    std::string current, previous;  // values known to be good; empty: not known
    std::shared_ptr<const Suspects> suspects;
    std::uint64_t suspects_version = 0;
    std::string referer_host;   // another host than `host`
    bool is_same_site = false;  // that one is
  };
  Memory memory;
};

// A line of the events' file (contract: "event":"challenge"), without what the caller knows.
struct ChallengeEvent {
  State state = State::kNone;
  unsigned misses = 0, issued = 0;
  std::string reason;  // a word of name_of(Reason) or a few plain words
};
// "event":"verdict".
struct VerdictEvent {
  Verdict verdict = Verdict::kNone;
  std::vector<std::string> evidence;  // plain sentences
  double score = 0;                   // 0 to 1
  // What add_passive() has put on top, which has its sentences at the end of `evidence`; and the score of the
  // answer alone.
  std::vector<Evidence> noticed{};
  double answer_score = 0;
};

// What was noticed besides, on top of a verdict: its sentences, and its weights.
void add_passive(const std::vector<Evidence>& evidence, VerdictEvent& verdict);

class Gate {
 public:
  // `suspects`: whom to ask where the policy says so; without one, everyone is asked.
  Gate(const Policy& policy, const Secret& secret, std::shared_ptr<const Exemptions> exemptions,
       std::shared_ptr<const SuspectSource> suspects = nullptr);
  ~Gate();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  [[nodiscard]] const Policy& policy() const;
  [[nodiscard]] const Cookies& cookies() const;

  // `host`: of the request's authority, lower case, without port; `began`: when its first byte came. Names
  // the reason where the request is not judged; also then, our cookies are to be taken out (strips).
  void on_request(const protocol::RequestHead& head, std::string_view host, const Client& client,
                  Timestamp began, Exchange& exchange) const;
  // Where exchange.strips: whether there is something of ours in this field. If so, its value without it is
  // appended to `kept`; nothing appended: the field is to be dropped.
  bool strip(const protocol::HeadField& field, std::string& kept) const;
  // Only where exchange.asks_jar. Does the program keep cookies, as far as anybody has seen?
  [[nodiscard]] Input jar_question(const Exchange& exchange) const;
  void on_jar(const std::optional<Outcome>& outcome, Exchange& exchange) const;
  // After on_state(): the update to make for exchange.jar_key. Nothing where nothing came back, or that is
  // known already.
  [[nodiscard]] std::optional<Input> on_return(Exchange& exchange) const;
  // `outcome` is nothing where the store did not answer.
  void on_state(const std::optional<Outcome>& outcome, Exchange& exchange) const;
  // The field lines to insert behind the last field, or empty. `now` decides the epoch. May be called for
  // interim responses, which get none.
  std::string_view on_response(const protocol::ResponseHead& head, Timestamp now, Exchange& exchange,
                               std::string& line) const;
  // The same for a page of the proxy's own that refuses a request (`blocks`): with it, who does keep cookies
  // gets out of the block again.
  std::string_view on_refusal(Timestamp now, Exchange& exchange, std::string& line) const;
  // With exchange.own_answer: status line and fields, appended; Connection and the empty line are the
  // caller's.
  void on_own_answer(Timestamp now, Exchange& exchange, std::string& head) const;
  // The update to make when the response with our cookie is known to be delivered (or, with
  // exchange.insertion, when it goes out). Nothing where none was inserted.
  [[nodiscard]] std::optional<Input> on_inserted(const Exchange& exchange, Timestamp now) const;
  [[nodiscard]] std::optional<Input> on_delivered(const Exchange& exchange, Timestamp now) const;

  // What is to be logged of it: after on_state() what came back (suspicious, inconsistency), after
  // on_response() what was inserted (set, addvalue, resetvalue) or why not (neverset). Nothing where nothing
  // happened that is worth a line. The caller writes `neverset` once per connection, host and reason.
  [[nodiscard]] std::optional<ChallengeEvent> request_event(const Exchange& exchange) const;
  [[nodiscard]] std::optional<ChallengeEvent> response_event(const Exchange& exchange) const;
  // After on_state(), where the verdict changed; and for every request of an exempt client, of which the
  // caller writes one once per connection and host.
  [[nodiscard]] std::optional<VerdictEvent> verdict_event(const Exchange& exchange) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mogura::challenge
