#pragma once

// One interface for the questions that go beyond the cookie. A question finds an answer to it in a request
// (judge), says whose turn it is (is_next) and writes itself into a response (issue); gate.cc climbs the
// ladder. What one costs and may disturb is on its card. Immutable; any thread.

#include <array>
#include <string>
#include <string_view>

#include "challenge/detail/judging.h"
#include "challenge/gate.h"
#include "challenge/question.h"
#include "challenge/validators.h"

namespace mogura::challenge::detail {

// What questions are made with.
struct Means {
  const Policy& policy;
  const Tokens& tokens;
  const Cookies& cookies;
  const Validators& validators;
};

// The values of ours that a request's Cookie fields hold.
struct Given {
  std::string_view value;  // of the good one
  bool has_garbage = false;
  std::array<std::string_view, kDecoyKinds.size()> decoys{};
};

// A request as it came.
struct Received {
  const protocol::RequestHead& head;
  const RequestShape& shape;
  const Given& given;
  Timestamp began;
};

class Asker {
 public:
  explicit Asker(Question question) : question_(question) {}
  virtual ~Asker() = default;
  Asker(const Asker&) = delete;
  Asker& operator=(const Asker&) = delete;

  [[nodiscard]] Question question() const { return question_; }
  // Whether the request answers it; what it says is in exchange.input then, and in own_answer where it is to
  // go no further. exchange.input.sign is set by those for whom the request is nothing else.
  virtual bool judge(const Means& means, const Received& received, Exchange& exchange) const = 0;
  // Whether it is this one's turn with the response; nullptr: in its place. Called after the store's answer.
  [[nodiscard]] virtual bool is_next(const Means& means, const protocol::ResponseHead* response,
                                     const Exchange& exchange) const = 0;
  // Field lines, appended; what went out is noted in the exchange.
  virtual void issue(const Means& means, Timestamp now, Exchange& exchange, std::string& lines) const = 0;
  // What is answered in the response's place, where it asks so.
  [[nodiscard]] virtual OwnAnswer in_place() const { return OwnAnswer::kNone; }

 private:
  Question question_;
};

// All, in the order of `Question`.
const std::array<const Asker*, kQuestions>& ladder();
const Asker& asker_of(Question question);

// From this passive score on somebody is a suspect; as findings, which are services from this score on.
inline constexpr double kSuspectFrom = 0.3;

// Of those about pages: the exchange is one of who keeps cookies, says that it is a current browser, and has
// answered none of them yet.
bool may_be_asked_about_pages(const Means& means, const Exchange& exchange);
// A response that a browser shows as a page.
bool is_shown(const protocol::ResponseHead& response);
// Of two questions about the same, the one whose turn it is: page by page, in turns where both are asked.
bool is_turn_of(Question question, const Means& means, const Exchange& exchange);
// Up to kEngineAsked pages were delivered with one of them, and there was time for an answer.
bool is_unanswered(const Exchange& exchange);
// For the request of a path of ours: whether its end is a value of this kind that was given to this client
// for this host. Then exchange.input.sign is kEngine.
bool judge_path(const Means& means, const Received& received, CookieKind kind, Exchange& exchange);

}  // namespace mogura::challenge::detail
