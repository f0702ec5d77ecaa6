#include "icap/detail/judge.h"

#include "base/hash.h"
#include "base/text.h"
#include "icap/detail/answers.h"
#include "icap/detail/message_heads.h"
#include "service/store_answer.h"

namespace mogura::icap::detail {

using challenge::Reason;
using challenge::StateStore;
using protocol::FieldId;
using service::Awaitable;
using service::EventContext;

namespace {

// The request is known, and there is nothing to be done with its response.
constexpr std::string_view kNothingToDo = "0";
constexpr unsigned kForbidden = 403;

protocol::HeadLimits head_limits(const Options& options) {
  return {.head_bytes = options.head_bytes, .target_bytes = options.head_bytes, .fields = options.fields};
}

Endpoint client_of(const RequestHead& icap) {
  return {icap.client().value_or(Address()), icap.client_port()};
}

std::string_view user_agent_of(const protocol::RequestHead& http) {
  const protocol::HeadField* const agent = http.find(FieldId::kUserAgent);
  return agent == nullptr ? std::string_view() : agent->value;
}

// A response of theirs may get a cookie, or a line that says why not.
bool is_awaited(Reason reason) {
  return reason != Reason::kOff && reason != Reason::kExempt && reason != Reason::kConnect;
}

EventContext context_of(const challenge::Exchange& exchange, std::string_view url) {
  return {.time = wall_clock(),
          .client = exchange.client.address,
          .user_agent = exchange.user_agent,
          .host = exchange.host,
          .url = url,
          .user = exchange.client.user};
}

}  // namespace

Judge::Judge(Loop& loop, const Options& options)
    : loop_(loop), request_(head_limits(options)), response_(head_limits(options)) {}

void Judge::pass(Passed why) {
  loop_.counters.passed[static_cast<std::size_t>(why)].add();
}

// 0 where the port is not known: behind one address are many connections.
std::uint64_t Judge::connection_of(const RequestHead& icap) const {
  if (!icap.client() || icap.client_port() == 0) return 0;
  const std::uint64_t client = hash_mix(icap.client()->high(), icap.client()->low());
  return hash_mix(client ^ loop_.shared().salt, icap.client_port()) | 1;
}

std::uint64_t Judge::trait_of(const RequestHead& icap, const protocol::RequestHead& http) const {
  const Address client = icap.client().value_or(Address());
  std::uint64_t trait = hash_mix(client.high() ^ icap.client_port(), client.low() ^ loop_.shared().salt);
  trait = hash_bytes(as_bytes(http.method()), trait);
  trait = hash_bytes(as_bytes(http.target()), trait);
  return hash_bytes(as_bytes(user_agent_of(http)), trait) | 1;
}

void Judge::strip(std::string_view http, const Settings& settings, Decision& decision) {
  decision.is_modified = true;
  write_without_ours(http, request_, *settings.gate, decision.head);
}

Awaitable<void> Judge::on_request(const RequestHead& icap, std::string_view http, Timestamp began,
                                  Decision& decision) {
  const std::shared_ptr<const Settings> settings = loop_.settings();
  request_.forget();
  const protocol::HeadStep step = request_.parse(http);
  if (step.kind != protocol::HeadStep::Kind::kDone || step.head_bytes != http.size()) {
    pass(Passed::kUnread);
    co_return;
  }
  if (!icap.client()) pass(Passed::kNoClient);
  const std::uint64_t connection = connection_of(icap);
  challenge::Client client{.address = icap.client().value_or(Address()),
                           .connection = static_cast<std::uint32_t>(connection >> 32),
                           .user = icap.user(),
                           .is_encrypted = equals_ignoring_case(request_.scheme(), "https"),
                           .has_cache_behind = true};
  if (icap.client()) client.passive_score = watch(*settings, client, began);
  settings->gate->on_request(request_, request_.authority().host, client, began, exchange_);
  const bool is_connect = request_.method() == "CONNECT";
  if (exchange_.strips && !is_connect) strip(http, *settings, decision);
  decision.pairing = kNothingToDo;
  if (!icap.client()) co_return;
  co_await ask(*settings, connection, began);
  if (exchange_.reason != Reason::kNone) {
    loop_.counters.reasons[static_cast<std::size_t>(exchange_.reason)].add();
  }
  write_request_events(*settings->gate, began);
  const bool is_blocked = exchange_.blocks;
  if (is_blocked) refuse(*settings, connection, decision);
  const bool is_answered = !is_blocked && exchange_.own_answer != challenge::OwnAnswer::kNone;
  if (is_answered) answer_here(*settings, connection, decision);
  if (is_blocked || is_answered || is_connect) {
    end_session(icap, is_blocked ? kForbidden : 0, began);
  } else if (is_awaited(exchange_.reason) || loop_.shared().on_session) {
    await_response(icap, settings, connection, began, decision);
  }
}

void Judge::await_response(const RequestHead& icap, const std::shared_ptr<const Settings>& settings,
                           std::uint64_t connection, Timestamp began, Decision& decision) {
  const std::uint64_t trait = trait_of(icap, request_);
  auto judged =
      std::make_unique<Judged>(settings, std::move(exchange_), request_.method(), request_.target());
  judged->connection = connection;
  if (loop_.shared().on_session) judged->asked = figures_of(request_, client_of(icap), began);
  decision.pairing = id_text(loop_.shared().pending.put(std::move(judged), trait, began));
  exchange_ = {};
}

void Judge::end_session(const RequestHead& icap, unsigned status, Timestamp began) {
  if (!loop_.shared().on_session) return;
  const AskedTexts texts{.method = request_.method(),
                         .url = request_.target(),
                         .host = request_.authority().host,
                         .user_agent = user_agent_of(request_)};
  loop_.shared().on_session(session_of(figures_of(request_, client_of(icap), began), texts,
                                       {.status = status, .time = wall_clock()}));
}

Awaitable<void> Judge::ask(const Settings& settings, std::uint64_t connection, Timestamp began) {
  const challenge::Gate& gate = *settings.gate;
  if (exchange_.asks_store && loop_.shared().deliveries.is_early(exchange_.key, connection, began)) {
    challenge::Input delivered = exchange_.input;
    delivered.sign = challenge::Sign::kDelivered;
    delivered.time = began - Duration(1);
    tell_store(delivered, exchange_);
  }
  if (exchange_.asks_jar) {
    gate.on_jar(co_await ask_store(exchange_.jar_key, gate.jar_question(exchange_)), exchange_);
  }
  if (exchange_.asks_store) gate.on_state(co_await ask_store(exchange_.key, exchange_.input), exchange_);
  if (const auto returned = gate.on_return(exchange_); returned && loop_.shared().store != nullptr) {
    (void)loop_.shared().store->update(exchange_.jar_key, *returned, {});
  }
}

Awaitable<std::optional<challenge::Outcome>> Judge::ask_store(const challenge::StateKey& key,
                                                              const challenge::Input& input) {
  StateStore* const store = loop_.shared().store;
  if (store == nullptr) co_return std::nullopt;
  service::StoreAnswer waiting(loop_.context);
  const StateStore::Answer answer = store->update(
      key, input, [&waiting](const std::optional<challenge::Outcome>& later) { waiting.on_later(later); });
  if (answer.kind == StateStore::Answer::Kind::kNow) waiting.outcome = answer.outcome;
  if (answer.kind == StateStore::Answer::Kind::kLater) co_await waiting.wait();
  co_return waiting.outcome;
}

void Judge::tell_store(const std::optional<challenge::Input>& input, const challenge::Exchange& exchange) {
  StateStore* const store = loop_.shared().store;
  if (store != nullptr && input) (void)store->update(exchange.key, *input, {});
}

void Judge::tell_inserted(const Settings& settings, const challenge::Exchange& exchange,
                          std::uint64_t connection) {
  const Timestamp now = wall_clock();
  loop_.counters.inserted.add();
  tell_store(settings.gate->on_inserted(exchange, now), exchange);
  const Timestamp due =
      loop_.shared().deliveries.expect(exchange.key, connection, now, settings.options.delivery);
  tell_store(settings.gate->on_delivered(exchange, due), exchange);
}

void Judge::tell_sent(const Settings& settings, const challenge::Exchange& exchange,
                      std::uint64_t connection) {
  service::count_asked(exchange.asked, loop_.counters.questions);
  if (exchange.inserted) return tell_inserted(settings, exchange, connection);
  tell_store(settings.gate->on_delivered(exchange, wall_clock()), exchange);
}

void Judge::refuse(const Settings& settings, std::uint64_t connection, Decision& decision) {
  const Timestamp now = wall_clock();
  const std::string_view insert = settings.gate->on_refusal(now, exchange_, line_);
  decision.is_modified = decision.is_blocked = true;
  decision.head.clear();
  write_refusal(now, insert, decision.head, decision.page);
  if (!exchange_.inserted) return;
  tell_inserted(settings, exchange_, connection);
  write_answer_event(*settings.gate, exchange_, request_.target());
}

void Judge::answer_here(const Settings& settings, std::uint64_t connection, Decision& decision) {
  decision.is_modified = decision.is_blocked = true;
  decision.head.clear();
  decision.page.clear();
  settings.gate->on_own_answer(wall_clock(), exchange_, decision.head);
  decision.head += "\r\n";
  tell_sent(settings, exchange_, connection);
  write_answer_event(*settings.gate, exchange_, request_.target());
}

std::unique_ptr<Judged> Judge::find(const RequestHead& icap, std::string_view request) {
  Pending& pending = loop_.shared().pending;
  if (!icap.pairing().empty()) return pending.take(id_in(icap.pairing()));
  request_.forget();
  if (request_.parse(request).kind != protocol::HeadStep::Kind::kDone) return nullptr;
  return pending.take_by_trait(trait_of(icap, request_));
}

void Judge::on_response(const RequestHead& icap, std::string_view request, std::string_view http,
                        Decision& decision) {
  if (icap.pairing() == kNothingToDo) return;
  const std::unique_ptr<Judged> judged = find(icap, request);
  if (judged == nullptr) return pass(Passed::kUnpaired);
  response_.forget();
  const protocol::HeadStep step = response_.parse(http, judged->method);
  const bool is_read = step.kind == protocol::HeadStep::Kind::kDone && step.head_bytes == http.size();
  const Timestamp now = wall_clock();
  if (loop_.shared().on_session) {
    const Answered answered = is_read ? answer_of(response_, http.size(), now) : Answered{.time = now};
    loop_.shared().on_session(session_of(judged->asked, judged->texts(), answered));
  }
  if (!is_read) return pass(Passed::kUnread);
  if (!is_awaited(judged->exchange.reason)) return;
  const challenge::Gate& gate = *judged->settings->gate;
  const std::string_view lines = gate.on_response(response_, now, judged->exchange, line_);
  write_answer_event(gate, judged->exchange, judged->url);
  if (lines.empty()) return;
  decision.is_modified = true;
  write_with_lines(http, lines, decision.head);
  tell_sent(*judged->settings, judged->exchange, judged->connection);
}

bool Judge::was_told(const challenge::Exchange& exchange, bool is_verdict) {
  std::uint64_t what = hash_bytes(as_bytes(exchange.host), loop_.shared().salt);
  what = hash_mix(what ^ exchange.client.address.high(), exchange.client.address.low());
  what = hash_mix(what, 2 * static_cast<std::uint64_t>(exchange.reason) + (is_verdict ? 1 : 0));
  return loop_.shared().told.was(what, wall_clock());
}

challenge::PassiveRequest Judge::passive_request(const challenge::Client& client, Timestamp began) const {
  return {.head = request_,
          .client = client.address,
          .user = client.user,
          .host = request_.authority().host,
          .time = began,
          .is_encrypted = client.is_encrypted,
          .is_relayed = true};
}

double Judge::watch(const Settings& settings, const challenge::Client& client, Timestamp began) {
  if (settings.gate->policy().mode == challenge::Mode::kOff) return 0;
  const service::SharedWatch::Noticed noticed =
      loop_.shared().passive->observe(passive_request(client, began));
  if (noticed.news) {
    const EventContext context{.time = wall_clock(),
                               .client = client.address,
                               .user_agent = user_agent_of(request_),
                               .host = request_.authority().host,
                               .url = request_.target(),
                               .user = client.user};
    write_event_line(context, *noticed.news);
    tell(context, nullptr, nullptr, &*noticed.news);
  }
  return noticed.score;
}

void Judge::write_state(const EventContext& context, const challenge::Exchange& exchange,
                        const std::optional<challenge::ChallengeEvent>& event) {
  if (!event || (event->state == challenge::State::kNeverSet && was_told(exchange, false))) return;
  loop_.counters.states[static_cast<std::size_t>(event->state)].add();
  write_event_line(context, *event);
  tell(context, &*event, nullptr, nullptr);
}

void Judge::write_answer_event(const challenge::Gate& gate, const challenge::Exchange& exchange,
                               std::string_view url) {
  write_state(context_of(exchange, url), exchange, gate.response_event(exchange));
}

void Judge::write_request_events(const challenge::Gate& gate, Timestamp began) {
  const EventContext context = context_of(exchange_, request_.target());
  write_state(context, exchange_, gate.request_event(exchange_));
  auto verdict = gate.verdict_event(exchange_);
  if (!verdict) return;
  const bool is_exempt = verdict->verdict == challenge::Verdict::kExempt;
  if (is_exempt && was_told(exchange_, true)) return;
  if (!is_exempt) {
    challenge::add_passive(loop_.shared().passive->explain(passive_request(exchange_.client, began)),
                           *verdict);
  }
  loop_.counters.verdicts[static_cast<std::size_t>(verdict->verdict)].add();
  write_event_line(context, *verdict);
  tell(context, nullptr, &*verdict, nullptr);
}

template <class What>
void Judge::write_event_line(const EventContext& context, const What& what) {
  service::LineFile* const file = loop_.shared().events.get();
  if (file == nullptr) return;
  std::string line;
  service::write_event(context, what, line);
  file->write(line);
}

void Judge::tell(const EventContext& context, const challenge::ChallengeEvent* state,
                 const challenge::VerdictEvent* verdict, const challenge::PassiveEvent* passive) {
  if (!loop_.shared().on_event) return;
  loop_.shared().on_event({.time = context.time,
                           .client = context.client,
                           .user_agent = context.user_agent,
                           .host = context.host,
                           .state = state,
                           .verdict = verdict,
                           .passive = passive});
}

}  // namespace mogura::icap::detail
