#include "challenge/gate.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "challenge/detail/events.h"
#include "challenge/detail/gate_parts.h"

namespace mogura::challenge {
namespace {

using protocol::FieldId;

// No host is called so: the entry of a program as such.
constexpr std::string_view kAnyHost = "*";
bool equals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool is_judged_method(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "POST";
}

// What no field can change.
Reason reason_by_kind(const detail::RequestShape& shape, std::string_view host) {
  if (shape.method == "CONNECT") return Reason::kConnect;
  if (!is_judged_method(shape.method)) return Reason::kMethod;
  if (shape.is_websocket) return Reason::kUpgrade;
  return host.empty() ? Reason::kNoHost : Reason::kNone;
}

// Their answers are requests for paths of ours.
bool is_about_pages(Question question) {
  return question == Question::kPreload || question == Question::kReport || question == Question::kRefresh;
}

// All but what is remembered from request to request.
void clear(Exchange& exchange) {
  Exchange::Memory memory = std::move(exchange.memory);
  exchange = Exchange{};
  exchange.memory = std::move(memory);
}

}  // namespace

std::string_view name_of(Ask ask) {
  return ask == Ask::kEveryone ? "everyone" : "suspects";
}

detail::Given Gate::Impl::look_for_ours(const protocol::RequestHead& head, Exchange& exchange) const {
  detail::Given given;
  for (const protocol::HeadField& field : head.fields()) {
    if (field.id == FieldId::kIfNoneMatch) exchange.strips |= validators.find(field.value).has_ours;
    if (field.id != FieldId::kCookie) continue;
    const Cookies::Found found = cookies.find(field.value);
    exchange.strips |= found.has_ours;
    given.has_garbage |= found.has_other_value;
    if (given.value.empty()) given.value = found.value(detail::good_kind(exchange.client));
    for (std::size_t i = 0; i < kDecoyKinds.size(); ++i) {
      if (given.decoys[i].empty()) given.decoys[i] = found.value(kDecoyKinds[i]);
    }
  }
  return given;
}

void Gate::Impl::remember_client(Exchange& exchange) const {
  Exchange::Memory& memory = exchange.memory;
  if (memory.is_filled && memory.client == exchange.client.address && memory.host == exchange.host &&
      memory.is_encrypted == exchange.client.is_encrypted && memory.user_agent == exchange.user_agent &&
      memory.user == exchange.client.user) {
    return;
  }
  const bool is_same_program = memory.is_filled && memory.client == exchange.client.address &&
                               memory.user_agent == exchange.user_agent &&
                               memory.user == exchange.client.user;
  if (!is_same_program) {
    memory.has_jar = false;
    memory.jar_key =
        tokens.key_of(exchange.client.address, exchange.user_agent, kAnyHost, exchange.client.user);
  }
  memory.is_filled = true;
  memory.client = exchange.client.address;
  memory.host = exchange.host;
  memory.user_agent = exchange.user_agent;
  memory.user = exchange.client.user;
  memory.is_encrypted = exchange.client.is_encrypted;
  memory.claim = detail::claim_of(exchange.user_agent);
  memory.forbidden = forbidden_for(exchange.user_agent);
  // No host is called so, either.
  memory.key = memory.is_encrypted ? tokens.key_of(exchange.client.address, exchange.user_agent,
                                                   "https://" + memory.host, exchange.client.user)
                                   : tokens.key_of(exchange.client.address, exchange.user_agent,
                                                   exchange.host, exchange.client.user);
  memory.current.clear();
  memory.previous.clear();
  memory.referer_host.clear();
}

Sign Gate::Impl::read(std::string_view value, Timestamp now, Exchange& exchange) const {
  Exchange::Memory& memory = exchange.memory;
  detail::remember_epoch(tokens, now, memory);
  if (!memory.current.empty() && equals(value, memory.current)) return Sign::kCurrent;
  if (!memory.previous.empty() && equals(value, memory.previous)) return Sign::kPrevious;
  const Sign sign =
      tokens.read(value, exchange.client.address, exchange.host, now, detail::good_kind(exchange.client));
  if (sign == Sign::kCurrent) memory.current = value;
  if (sign == Sign::kPrevious) memory.previous = value;
  return sign;
}

void Gate::Impl::ask(Sign sign, const detail::RequestShape& shape, Timestamp began,
                     Exchange& exchange) const {
  exchange.asks_store = true;
  exchange.key = exchange.memory.key;
  exchange.jar_key = exchange.memory.jar_key;
  exchange.input.sign = sign;
  exchange.input.time = began;
  exchange.input.connection = exchange.client.connection;
  exchange.claims_browser = exchange.memory.claim != Claim::kProgram;
  exchange.is_browser_like = detail::is_browser_like(shape);
  exchange.input.claims_browser = exchange.claims_browser;
  exchange.input.is_browser_like = exchange.is_browser_like;
  exchange.input.is_doubtful = exchange.doubt != Reason::kNone;
  exchange.input.expected_for = expected_for;
  exchange.input.forbidden = exchange.memory.forbidden;
  exchange.input.expects_refresh = may_ask(Question::kRefresh);
}

bool Gate::Impl::may_ask(Question question) const {
  return policy.mode != Mode::kOff && policy.questions.has(question);
}

void Gate::Impl::judge(const detail::Received& received, Exchange& exchange) const {
  const auto& [head, shape, given, began] = received;
  remember_client(exchange);
  exchange.is_get = shape.method == "GET";
  exchange.is_page = exchange.is_get && detail::is_document(shape) && !shape.is_prefetch;
  exchange.is_asked = is_asked(exchange);
  (void)detail::asker_of(Question::kRevalidation).judge(means, received, exchange);
  const bool has_decoys = detail::asker_of(Question::kDecoys).judge(means, received, exchange);
  // A cookie that came back says what it says, whatever the request looks like.
  if (!given.value.empty()) return ask(read(given.value, began, exchange), shape, began, exchange);
  constexpr DecoyMask kToBeDropped = kAllDecoys & ~bit_of(CookieKind::kConflict);
  exchange.input.decoys &= kToBeDropped;
  if (has_decoys && exchange.input.decoys != 0) return ask(Sign::kOnlyDecoys, shape, began, exchange);
  if (!exchange.is_asked) {
    exchange.reason = Reason::kOrdinary;
    return;
  }
  const detail::Source source = detail::source_of(shape, exchange.host, exchange.memory);
  const detail::Judgement judgement = detail::judge(shape, exchange.memory.claim, source);
  exchange.reason = judgement.reason;
  exchange.doubt = judgement.doubt;
  if (judgement.is_elsewhere) return ask(Sign::kElsewhere, shape, began, exchange);
  if (judgement.reason != Reason::kNone) return;
  ask(given.has_garbage ? Sign::kGarbage : Sign::kAbsent, shape, began, exchange);
  exchange.input.is_of_engine = judgement.is_of_engine;
  exchange.input.has_jar = judgement.is_of_engine && exchange.memory.has_jar;
  exchange.asks_jar = judgement.is_of_engine && !exchange.memory.has_jar && !given.has_garbage;
}

// Beside what the origin sets.
void Gate::Impl::insert_beside(const protocol::ResponseHead& head, Timestamp now, Exchange& exchange,
                               std::string& line) const {
  if (!exchange.is_asked) exchange.reason = Reason::kOrdinary;
  if (head.status() == 101) exchange.reason = Reason::kUpgrade;
  if (head.status() == 304) exchange.reason = Reason::kNotModified;
  exchange.insertion = Sign::kInserted;
  for (const protocol::HeadField& field : head.fields()) {
    if (field.id != FieldId::kSetCookie) continue;
    exchange.insertion = Sign::kAdded;
    if (cookies.is_taken_by(field.value)) exchange.reason = Reason::kNameTaken;
  }
  if (exchange.reason == Reason::kNone) detail::insert_cookie(means, now, exchange, line);
}

bool Gate::Impl::is_asked(Exchange& exchange) const {
  if (policy.ask == Ask::kEveryone || suspects == nullptr) return true;
  if (exchange.client.passive_score >= detail::kSuspectFrom) return true;
  Exchange::Memory& memory = exchange.memory;
  if (const std::uint64_t version = suspects->version(); memory.suspects_version != version) {
    memory.suspects_version = version;
    memory.suspects = suspects->now();
  }
  return memory.suspects->asks(exchange.user_agent, exchange.host);
}

bool Gate::Impl::takes_for_itself(const detail::Received& received, Exchange& exchange) const {
  const std::string_view value = value_in_path(exchange.path);
  if (value.empty() || !tokens.is_ours(value)) return false;
  exchange.own_answer = answer_to(received.shape.method, exchange.path);
  if (policy.mode == Mode::kOff) return true;
  remember_client(exchange);
  for (const detail::Asker* asker : detail::ladder()) {
    if (!is_about_pages(asker->question()) || !asker->judge(means, received, exchange)) continue;
    ask(exchange.input.sign, received.shape, received.began, exchange);
    break;
  }
  return true;
}

Gate::Gate(const Policy& policy, const Secret& secret, std::shared_ptr<const Exemptions> exemptions,
           std::shared_ptr<const SuspectSource> suspects)
    : impl_(std::make_unique<Impl>(policy, secret, std::move(exemptions), std::move(suspects))) {}

Gate::~Gate() = default;

const Policy& Gate::policy() const {
  return impl_->policy;
}

const Cookies& Gate::cookies() const {
  return impl_->cookies;
}

void Gate::on_request(const protocol::RequestHead& head, std::string_view host, const Client& client,
                      Timestamp began, Exchange& exchange) const {
  clear(exchange);
  const detail::RequestShape shape = detail::shape_of(head);
  exchange.client = client;
  exchange.host = host;
  exchange.user_agent = shape.user_agent;
  exchange.path = head.path_and_query();
  detail::Given given;
  if (shape.has_cookie || shape.has_validator) given = impl_->look_for_ours(head, exchange);
  const detail::Received received{head, shape, given, began};
  if (impl_->takes_for_itself(received, exchange)) return;
  if (impl_->policy.mode == Mode::kOff) {
    exchange.reason = Reason::kOff;
    return;
  }
  exchange.reason = reason_by_kind(shape, host);
  if (exchange.reason != Reason::kNone) return;
  if (impl_->exemptions != nullptr) {
    const Asker asker{client.address, exchange.user_agent, host, exchange.path};
    exchange.exemption = impl_->exemptions->covering(asker, began);
  }
  if (exchange.exemption != nullptr) {
    exchange.reason = Reason::kExempt;
    return;
  }
  impl_->judge(received, exchange);
}

bool Gate::strip(const protocol::HeadField& field, std::string& kept) const {
  if (field.id == FieldId::kCookie && impl_->cookies.find(field.value).has_ours) {
    impl_->cookies.strip(field.value, kept);
    return true;
  }
  if (field.id == FieldId::kIfNoneMatch && impl_->validators.find(field.value).has_ours) {
    impl_->validators.strip(field.value, kept);
    return true;
  }
  return false;
}

Input Gate::jar_question(const Exchange& exchange) const {
  Input question;
  question.sign = Sign::kLook;
  question.time = exchange.input.time;
  return question;
}

// What is not known is no reason to count anything.
void Gate::on_jar(const std::optional<Outcome>& outcome, Exchange& exchange) const {
  exchange.memory.has_jar = outcome && outcome->entry.has_returned;
  exchange.input.has_jar = !outcome || outcome->entry.has_returned;
}

std::optional<Input> Gate::on_return(Exchange& exchange) const {
  const Sign sign = exchange.input.sign;
  if (!exchange.has_outcome || (sign != Sign::kCurrent && sign != Sign::kPrevious)) return std::nullopt;
  if (exchange.memory.has_jar || exchange.memory.claim != Claim::kBrowser) return std::nullopt;
  exchange.memory.has_jar = true;
  Input returned = exchange.input;
  returned.sign = Sign::kCurrent;
  return returned;
}

void Gate::on_state(const std::optional<Outcome>& outcome, Exchange& exchange) const {
  exchange.has_outcome = outcome.has_value();
  if (!outcome) {
    exchange.reason = Reason::kStoreUnavailable;
    return;
  }
  exchange.outcome = *outcome;
  exchange.wants_decoys = impl_->may_ask(Question::kDecoys) &&
                          detail::asker_of(Question::kDecoys).is_next(impl_->means, nullptr, exchange);
  if (outcome->is_passed_over) exchange.reason = exchange.doubt;
  // Passed-over and unjudged requests are relayed: of them, nothing can be expected.
  exchange.blocks = impl_->policy.mode == Mode::kBlock && exchange.reason == Reason::kNone &&
                    (outcome->entry.state == State::kSuspicious || outcome->is_forbidden);
  if (exchange.blocks) return;
  for (const detail::Asker* asker : detail::ladder()) {
    if (asker->in_place() == OwnAnswer::kNone || !impl_->may_ask(asker->question())) continue;
    if (!asker->is_next(impl_->means, nullptr, exchange)) continue;
    exchange.own_answer = asker->in_place();
    return;
  }
}

std::string_view Gate::on_response(const protocol::ResponseHead& head, Timestamp now, Exchange& exchange,
                                   std::string& line) const {
  line.clear();
  if (exchange.reason != Reason::kNone || !exchange.has_outcome || head.is_interim()) return {};
  if (exchange.outcome.action != Action::kRelay || exchange.wants_decoys) {
    impl_->insert_beside(head, now, exchange, line);
  }
  if (exchange.reason != Reason::kNone) return line;
  for (const detail::Asker* asker : detail::ladder()) {
    if (asker->question() == Question::kDecoys || !impl_->may_ask(asker->question())) continue;
    if (asker->is_next(impl_->means, &head, exchange)) asker->issue(impl_->means, now, exchange, line);
  }
  return line;
}

std::string_view Gate::on_refusal(Timestamp now, Exchange& exchange, std::string& line) const {
  line.clear();
  if (!exchange.blocks || exchange.outcome.action == Action::kRelay) return {};
  exchange.insertion = Sign::kInserted;
  detail::insert_cookie(impl_->means, now, exchange, line);
  return line;
}

void Gate::on_own_answer(Timestamp now, Exchange& exchange, std::string& head) const {
  std::string lines;
  for (const detail::Asker* asker : detail::ladder()) {
    if (asker->in_place() == OwnAnswer::kNone || asker->in_place() != exchange.own_answer) continue;
    asker->issue(impl_->means, now, exchange, lines);
  }
  if (exchange.own_answer == OwnAnswer::kBack) lines = location_line(path_behind(exchange.path));
  head += own_head(exchange.own_answer, lines);
}

std::optional<Input> Gate::on_inserted(const Exchange& exchange, Timestamp now) const {
  if (!exchange.inserted) return std::nullopt;
  Input input = exchange.input;
  input.sign = exchange.insertion;
  input.time = now;
  return input;
}

std::optional<Input> Gate::on_delivered(const Exchange& exchange, Timestamp now) const {
  std::optional<Input> input = on_inserted(exchange, now);
  if (input) {
    input->sign = Sign::kDelivered;
  } else if (exchange.asks_engine) {
    input = exchange.input;
    input->sign = Sign::kAsked;
    input->time = now;
  }
  return input;
}

std::optional<ChallengeEvent> Gate::request_event(const Exchange& exchange) const {
  return detail::request_event(exchange);
}

std::optional<ChallengeEvent> Gate::response_event(const Exchange& exchange) const {
  return detail::response_event(exchange);
}

std::optional<VerdictEvent> Gate::verdict_event(const Exchange& exchange) const {
  return detail::verdict_event(exchange);
}

}  // namespace mogura::challenge
