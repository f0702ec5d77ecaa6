// What is decided before anybody is connected to: access, loops, credentials, the challenge.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <chrono>

#include "base/hash.h"
#include "base/text.h"
#include "proxy/detail/exchange.h"
#include "proxy/detail/forward.h"

namespace mogura::proxy::detail {

namespace asio = boost::asio;
using challenge::StateStore;
using protocol::FieldId;

namespace {

using SlowAnswer = asio::awaitable<std::optional<std::string>, asio::thread_pool::executor_type>;

// For an answer of the store that comes later, on a thread of the store's: it is posted to the loop, so that
// everything here but on_later() happens on the loop's thread.
struct Waiting {
  explicit Waiting(asio::io_context& loop) : context(loop) {}

  asio::io_context& context;
  std::optional<challenge::Outcome> outcome;
  bool has_come = false;
  std::optional<SignalEvent> come;

  void on_later(const std::optional<challenge::Outcome>& later) {
    asio::post(context, [this, later] {
      outcome = later;
      has_come = true;
      if (come) come->set();
    });
  }
  Awaitable<void> wait() {
    come.emplace(context);
    if (!has_come) co_await come->wait();
  }
};

}  // namespace

std::optional<Exchange::Refused> Exchange::check() {
  if (connection_.inside_) {
    write_inside_url();
    if (const auto& failure = connection_.inside_->failure) return Refused{failure->first, failure->second};
  }
  if (is_loop(request_, settings_->loop_mark)) {
    return Refused{Refusal::kLoop, "The request has come through this proxy before."};
  }
  if (!is_connect_) {
    switch (max_forwards(request_)) {
      case MaxForwards::kPass:
        break;
      case MaxForwards::kAnswerHere:
        return Refused{Refusal::kMaxForwards, "The request was not to be forwarded further than here."};
      case MaxForwards::kMalformed:
        return Refused{Refusal::kHead, "Max-Forwards is no number."};
    }
  }
  const protocol::HeadField* const expect = request_.find(FieldId::kExpect);
  if (expect != nullptr && !equals_ignoring_case(expect->value, "100-continue")) {
    return Refused{Refusal::kExpectation, "Nothing but 100-continue can be expected."};
  }
  return check_target();
}

std::optional<Exchange::Refused> Exchange::check_target() {
  const protocol::Authority& authority = request_.authority();
  if (connection_.inside_) return check_inside();
  if (authority.host.empty()) return Refused{Refusal::kHead, "The request names no host."};
  if (is_connect_) {
    port_ = authority.port;
    if (settings_->access->admits_connect_port(port_)) return std::nullopt;
    return Refused{Refusal::kPort, "Tunnels to port " + std::to_string(port_) + " are not allowed."};
  }
  const std::string_view scheme = request_.scheme();
  if (!scheme.empty() && !equals_ignoring_case(scheme, "http") && !equals_ignoring_case(scheme, "ws")) {
    return Refused{Refusal::kScheme, "Only http is forwarded in clear; for the rest there is CONNECT."};
  }
  port_ = authority.port != 0 ? authority.port : std::uint16_t{80};
  return std::nullopt;
}

// Where it goes was said by the CONNECT; a request can only agree, or be somebody else's.
std::optional<Exchange::Refused> Exchange::check_inside() {
  port_ = connection_.inside_->port;
  const std::string_view scheme = request_.scheme();
  const bool is_good =
      scheme.empty() || equals_ignoring_case(scheme, "https") || equals_ignoring_case(scheme, "wss");
  // Over HTTP/2, clients may take a connection for another name of its certificate (RFC 9113 §9.1.1).
  const Inside& inside = *connection_.inside_;
  const protocol::Authority& asked = request_.authority();
  const bool is_other = (asked.host != inside.host && asked.host != inside.name) ||
                        (asked.port == 0 ? 443 : asked.port) != inside.port;
  if (is_good && connection_.is_conversation_ && is_other)
    return Refused{Refusal::kMisdirected, "This connection is one to " + inside.name + "."};
  if (is_good && !is_connect_) return std::nullopt;
  return Refused{Refusal::kScheme, "A connection to one server takes no requests for others."};
}

Awaitable<bool> Exchange::check_credentials() {
  if (connection_.inside_) {
    user_ = connection_.inside_->user;
    co_return true;
  }
  const AccessControl& access = *settings_->access;
  if (!access.needs_credentials()) co_return true;
  const protocol::HeadField* const field = request_.find(FieldId::kProxyAuthorization);
  if (field != nullptr) {
    bool is_slow = false;
    std::optional<std::string> user = access.check_fast(field->value, is_slow);
    if (!user && is_slow) {
      // Named, since g++ 12 destroys a temporary closure of an awaited expression twice.
      auto check = [&access, text = std::string(field->value)]() -> SlowAnswer {
        co_return access.check_slow(text);
      };
      user = co_await asio::co_spawn(loop_.shared().slow_work, std::move(check), kAwait);
    }
    if (user) {
      user_ = std::move(*user);
      co_return true;
    }
  }
  refused_ = Refused{Refusal::kCredentials, "This proxy wants to know who asks."};
  co_return false;
}

Awaitable<std::optional<challenge::Outcome>> Exchange::ask_store(const challenge::StateKey& key,
                                                                 const challenge::Input& input) {
  StateStore* const store = loop_.shared().store;
  if (store == nullptr) co_return std::nullopt;
  const auto start = std::chrono::steady_clock::now();
  Waiting waiting(loop_.context);
  const StateStore::Answer answer = store->update(
      key, input, [&waiting](const std::optional<challenge::Outcome>& later) { waiting.on_later(later); });
  if (answer.kind == StateStore::Answer::Kind::kNow) waiting.outcome = answer.outcome;
  if (answer.kind == StateStore::Answer::Kind::kLater) co_await waiting.wait();
  const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::size_t bucket = 0;
  while (bucket < kStoreBucketsS.size() && took > kStoreBucketsS[bucket]) ++bucket;
  loop_.counters.store_latency[bucket].add();
  loop_.counters.store_latency_us.add(static_cast<std::uint64_t>(took * 1e6));
  co_return waiting.outcome;
}

void Exchange::tell_store(const std::optional<challenge::Input>& input) {
  StateStore* const store = loop_.shared().store;
  if (store != nullptr && input) (void)store->update(connection_.judged_.key, *input, {});
}

void Exchange::tell_inserted() {
  loop_.counters.inserted.add();
  tell_store(settings_->gate->on_inserted(connection_.judged_, wall_clock()));
}

// A client that has not acknowledged everything has it within about a round trip.
void Exchange::tell_delivered() {
  if (!connection_.judged_.inserted) return;
  Timestamp now = wall_clock();
  if (!connection_.stream_.is_all_acknowledged()) now += connection_.stream_.round_trip();
  tell_store(settings_->gate->on_delivered(connection_.judged_, now));
}

Awaitable<void> Exchange::judge() {
  challenge::Exchange& judged = connection_.judged_;
  const challenge::Client client{.address = connection_.client_.address,
                                 .connection = connection_.number_,
                                 .user = user_,
                                 .is_encrypted = connection_.inside_.has_value()};
  settings_->gate->on_request(request_, request_.authority().host, client, began_, judged);
  const challenge::Gate& gate = *settings_->gate;
  if (judged.asks_jar) gate.on_jar(co_await ask_store(judged.jar_key, gate.jar_question(judged)), judged);
  if (judged.asks_store) gate.on_state(co_await ask_store(judged.key, judged.input), judged);
  if (const auto returned = gate.on_return(judged); returned && loop_.shared().store != nullptr) {
    (void)loop_.shared().store->update(judged.jar_key, *returned, {});
  }
  if (judged.reason != challenge::Reason::kNone) {
    loop_.counters.reasons[static_cast<std::size_t>(judged.reason)].add();
  }
  write_events(false);
}

// Remembers the last few, so that a page's hundred pictures do not give a hundred lines.
bool Exchange::was_told(challenge::Reason reason, bool is_verdict) {
  const std::uint64_t what = hash_bytes(as_bytes(request_.authority().host),
                                        2 * static_cast<std::uint64_t>(reason) + (is_verdict ? 1 : 2));
  for (const std::uint64_t told : connection_.told_) {
    if (told == what) return true;
  }
  connection_.told_[connection_.told_next_++ % connection_.told_.size()] = what;
  return false;
}

}  // namespace mogura::proxy::detail
