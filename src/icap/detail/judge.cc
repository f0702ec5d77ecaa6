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

namespace {

// The request is known, and there is nothing to be done with its response.
constexpr std::string_view kNothingToDo = "0";

protocol::HeadLimits head_limits(const Options& options) {
  return {.head_bytes = options.head_bytes, .target_bytes = options.head_bytes, .fields = options.fields};
}

// A response of theirs may get a cookie, or a line that says why not.
bool is_awaited(Reason reason) {
  return reason != Reason::kOff && reason != Reason::kExempt && reason != Reason::kConnect;
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
  const protocol::HeadField* const agent = http.find(FieldId::kUserAgent);
  return hash_bytes(as_bytes(agent == nullptr ? std::string_view() : agent->value), trait) | 1;
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
  const challenge::Client client{.address = icap.client().value_or(Address()),
                                 .connection = static_cast<std::uint32_t>(connection >> 32),
                                 .user = icap.user(),
                                 .is_encrypted = equals_ignoring_case(request_.scheme(), "https")};
  settings->gate->on_request(request_, request_.authority().host, client, began, exchange_);
  const bool is_connect = request_.method() == "CONNECT";
  if (exchange_.strips && !is_connect) strip(http, *settings, decision);
  decision.pairing = kNothingToDo;
  if (!icap.client()) co_return;
  co_await ask(*settings, connection, began);
  if (exchange_.reason != Reason::kNone) {
    loop_.counters.reasons[static_cast<std::size_t>(exchange_.reason)].add();
  }
  write_events(*settings->gate, exchange_, request_.target(), false);
  if (exchange_.blocks) {
    refuse(*settings, connection, decision);
    co_return;
  }
  if (exchange_.own_answer != challenge::OwnAnswer::kNone) {
    answer_here(*settings, connection, decision);
    co_return;
  }
  if (is_connect || !is_awaited(exchange_.reason)) co_return;
  const std::uint64_t trait = trait_of(icap, request_);
  auto judged =
      std::make_unique<Judged>(settings, std::move(exchange_), request_.method(), request_.target());
  judged->connection = connection;
  decision.pairing = id_text(loop_.shared().pending.put(std::move(judged), trait, began));
  exchange_ = {};
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

void Judge::refuse(const Settings& settings, std::uint64_t connection, Decision& decision) {
  const Timestamp now = wall_clock();
  const std::string_view insert = settings.gate->on_refusal(now, exchange_, line_);
  decision.is_modified = decision.is_blocked = true;
  decision.head.clear();
  write_refusal(now, insert, decision.head, decision.page);
  if (!exchange_.inserted) return;
  tell_inserted(settings, exchange_, connection);
  write_events(*settings.gate, exchange_, request_.target(), true);
}

void Judge::answer_here(const Settings& settings, std::uint64_t connection, Decision& decision) {
  decision.is_modified = decision.is_blocked = true;
  decision.head.clear();
  decision.page.clear();
  settings.gate->on_own_answer(wall_clock(), exchange_, decision.head);
  decision.head += "\r\n";
  if (!exchange_.inserted) return;
  tell_inserted(settings, exchange_, connection);
  write_events(*settings.gate, exchange_, request_.target(), true);
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
  if (step.kind != protocol::HeadStep::Kind::kDone || step.head_bytes != http.size()) {
    return pass(Passed::kUnread);
  }
  const challenge::Gate& gate = *judged->settings->gate;
  const std::string_view lines = gate.on_response(response_, wall_clock(), judged->exchange, line_);
  write_events(gate, judged->exchange, judged->url, true);
  if (lines.empty()) return;
  decision.is_modified = true;
  write_with_lines(http, lines, decision.head);
  if (judged->exchange.inserted) {
    tell_inserted(*judged->settings, judged->exchange, judged->connection);
  } else {
    tell_store(gate.on_delivered(judged->exchange, wall_clock()), judged->exchange);
  }
}

bool Judge::was_told(const challenge::Exchange& exchange, bool is_verdict) {
  std::uint64_t what = hash_bytes(as_bytes(exchange.host), loop_.shared().salt);
  what = hash_mix(what ^ exchange.client.address.high(), exchange.client.address.low());
  what = hash_mix(what, 2 * static_cast<std::uint64_t>(exchange.reason) + (is_verdict ? 1 : 0));
  return loop_.shared().told.was(what, wall_clock());
}

void Judge::write_events(const challenge::Gate& gate, const challenge::Exchange& exchange,
                         std::string_view url, bool is_answer) {
  const service::EventContext context{.time = wall_clock(),
                                      .client = exchange.client.address,
                                      .user_agent = exchange.user_agent,
                                      .host = exchange.host,
                                      .url = url,
                                      .user = exchange.client.user};
  const auto event = is_answer ? gate.response_event(exchange) : gate.request_event(exchange);
  if (event && (event->state != challenge::State::kNeverSet || !was_told(exchange, false))) {
    loop_.counters.states[static_cast<std::size_t>(event->state)].add();
    write_event_line(context, *event);
    tell(context, &*event, nullptr);
  }
  if (is_answer) return;
  const auto verdict = gate.verdict_event(exchange);
  if (!verdict) return;
  if (verdict->verdict == challenge::Verdict::kExempt && was_told(exchange, true)) return;
  loop_.counters.verdicts[static_cast<std::size_t>(verdict->verdict)].add();
  write_event_line(context, *verdict);
  tell(context, nullptr, &*verdict);
}

template <class What>
void Judge::write_event_line(const service::EventContext& context, const What& what) {
  service::LineFile* const file = loop_.shared().events.get();
  if (file == nullptr) return;
  std::string line;
  service::write_event(context, what, line);
  file->write(line);
}

void Judge::tell(const service::EventContext& context, const challenge::ChallengeEvent* state,
                 const challenge::VerdictEvent* verdict) {
  if (!loop_.shared().on_event) return;
  loop_.shared().on_event({.time = context.time,
                           .client = context.client,
                           .user_agent = context.user_agent,
                           .host = context.host,
                           .state = state,
                           .verdict = verdict});
}

}  // namespace mogura::icap::detail
