#include "console/detail/connection.h"

#include <string.h>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <chrono>
#include <exception>

#include "console/detail/server.h"

namespace mogura::console::detail {

namespace asio = boost::asio;
using protocol::HeadRefusal;
using protocol::HeadStep;

// A job that the connection waits for. Everything here is the loop's.
struct Connection::Done {
  explicit Done(asio::io_context& context) : timer(context, Timer::time_point::max()) {}
  Timer timer;  // cancelled when there is something to see
  bool is_done = false, has_failed = false;
};

namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
// Bodies up to this size go out together with their head.
constexpr std::size_t kOnePiece = std::size_t{16} << 10;
// Beyond it, few are written at the same time: they are held in memory until they have gone.
constexpr std::size_t kLarge = std::size_t{1} << 20;

// One of the few, as long as it lives.
class LargeAnswer {
 public:
  explicit LargeAnswer(Server& server)
      : count_(server.large_answers()), is_admitted_(count_ < server.tuning().large_answers) {
    if (is_admitted_) ++count_;
  }
  ~LargeAnswer() {
    if (is_admitted_) --count_;
  }
  LargeAnswer(const LargeAnswer&) = delete;
  LargeAnswer& operator=(const LargeAnswer&) = delete;
  [[nodiscard]] bool is_admitted() const { return is_admitted_; }

 private:
  std::size_t& count_;
  const bool is_admitted_;
};

Answer refusal_answer(HeadRefusal refusal) {
  const unsigned status = protocol::status_for(refusal);
  const bool is_large = status == 414 || status == 431;
  return error_answer(status, is_large ? "too-large" : "bad-request",
                      "the head is not understood: " + std::string(protocol::name_of(refusal)));
}

Answer refusal_answer(const Refusal& refusal) {
  Answer answer = error_answer(refusal.status, refusal.code, refusal.message);
  if (refusal.status == 405) answer.allow = "GET, HEAD, POST, DELETE";
  return answer;
}

// Whether the job came to its end. What it throws is a library's: no memory, above all.
bool run_guarded(const Workers::Job& job, Bench& bench) {
  try {
    job(bench);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace

Connection::Connection(Server& server, Socket socket, Channel::Tls tls, const Endpoint& client,
                       const Address& local)
    : server_(server),
      channel_(std::move(socket), std::move(tls)),
      client_(client),
      local_(local),
      head_({.head_bytes = Tuning::kHeadBytes,
             .target_bytes = Tuning::kTargetBytes,
             .fields = Tuning::kHeadFields}) {
  server_.enlist(*this);
}

Connection::~Connection() {
  explicit_bzero(inbox_.data(), inbox_.size());
  explicit_bzero(scratch_.data(), scratch_.size());
  server_.delist(*this);
}

void Connection::wind_down() {
  is_winding_down_ = true;
  if (is_idle_) cut();
}

void Connection::cut() {
  channel_.cut();
  if (waits_for_ != nullptr) waits_for_->timer.cancel();
}

Awaitable<void> Connection::run(std::unique_ptr<Connection> connection) {
  const Tuning& tuning = connection->server_.tuning();
  if (!co_await connection->channel_.handshake(tuning.handshake)) co_return;
  co_await connection->serve_all();
  if (connection->lingers_) co_await connection->channel_.close(tuning.linger);
}

Awaitable<void> Connection::serve_all() {
  std::size_t head_bytes = 0;
  // One condition at a time: g++ 12 takes others that stand beside a co_await out of a loop's head.
  while (co_await read_head(head_bytes)) {
    is_idle_ = false;
    if (!co_await serve_one(head_bytes)) co_return;
    if (is_winding_down_) co_return;
    head_.forget();
    is_idle_ = true;
  }
}

Awaitable<bool> Connection::read_more(Moment until) {
  const std::size_t bytes = co_await channel_.read(scratch_.data(), scratch_.size(), until);
  inbox_.append(scratch_.data(), bytes);
  co_return bytes != 0;
}

Awaitable<bool> Connection::read_head(std::size_t& head_bytes) {
  // Who has not shown that he belongs here does not get to keep a connection for long.
  const Moment idle_until = moment() + (is_known_ ? server_.tuning().idle : server_.tuning().head);
  Moment until{};
  while (true) {
    if (!inbox_.empty() && until.count() == 0) until = moment() + server_.tuning().head;
    const HeadStep step = head_.parse(inbox_);
    if (step.kind == HeadStep::Kind::kDone) {
      head_bytes = step.head_bytes;
      co_return true;
    }
    if (step.kind == HeadStep::Kind::kRefused) {
      const Answer answer = refusal_answer(step.refusal);
      co_return co_await send_last(answer);
    }
    is_idle_ = inbox_.empty();
    if (!co_await read_more(is_idle_ ? idle_until : until)) co_return false;
  }
}

Awaitable<bool> Connection::read_body(const Asked& asked, std::string& body) {
  const Moment until = moment() + server_.tuning().body;
  if (asked.expects_continue && inbox_.size() < asked.body_bytes) {
    if (!co_await channel_.write(kContinue, server_.tuning().write)) co_return false;
  }
  while (inbox_.size() < asked.body_bytes) {
    if (!co_await read_more(until)) co_return false;
  }
  body = inbox_.substr(0, asked.body_bytes);
  // It may hold a password.
  explicit_bzero(inbox_.data(), asked.body_bytes);
  inbox_.erase(0, asked.body_bytes);
  co_return true;
}

Awaitable<bool> Connection::serve_one(std::size_t head_bytes) {
  asks_localhost_ = head_.authority().host == "localhost";
  std::variant<Asked, Refusal> admitted = admit(head_, server_.site(), local_);
  inbox_.erase(0, head_bytes);  // nothing refers to it any more
  if (const auto* const refusal = std::get_if<Refusal>(&admitted)) {
    const Answer answer = refusal_answer(*refusal);
    co_return co_await send_last(answer);
  }
  Asked asked = std::move(std::get<Asked>(admitted));
  std::variant<Visitor, Answer> recognised = server_.desk().recognise(asked, client_.address, moment());
  if (const auto* const answer = std::get_if<Answer>(&recognised)) {
    if (asked.body_bytes != 0) co_return co_await send_last(*answer);
    co_return co_await send(*answer, asked.is_head, asked.keeps_alive);
  }
  Visitor visitor = std::move(std::get<Visitor>(recognised));
  is_known_ = !visitor.user.empty();
  co_return co_await serve(std::move(asked), std::move(visitor));
}

Awaitable<bool> Connection::serve(Asked asked, Visitor visitor) {
  const bool is_head = asked.is_head;
  const bool keeps_alive = asked.keeps_alive;
  std::string body;
  if (!co_await read_body(asked, body)) co_return false;
  auto plan = std::make_shared<Plan>(
      server_.desk().plan(std::move(asked), std::move(visitor), std::move(body), moment()));
  if (plan->live) {
    if (!co_await find_start(plan)) co_return false;
    co_await serve_live(*plan->live);
    co_return false;
  }
  if (plan->job) {
    if (!co_await run_job(plan)) co_return false;
  }
  co_return co_await send(plan->answer, is_head, keeps_alive);
}

// Puts the outcome into plan->answer.
Awaitable<bool> Connection::run_job(std::shared_ptr<Plan> plan) {
  auto done = std::make_shared<Done>(server_.context());
  Workers::Job job = [plan, done, &context = server_.context()](Bench& bench) mutable {
    const bool is_well = run_guarded(plan->job, bench);
    // Handed over, so that the timer is the loop's to destroy.
    asio::post(context, [plan = std::move(plan), done = std::move(done), is_well] {
      done->is_done = true;
      done->has_failed = !is_well;
      done->timer.cancel();
    });
  };
  if (!server_.workers().submit(plan->lane, std::move(job))) {
    if (plan->otherwise) plan->otherwise();
    plan->answer = error_answer(503, "busy", "too much is being asked at once");
    co_return true;
  }
  waits_for_ = done;
  while (!done->is_done && !channel_.is_cut()) {
    boost::system::error_code ignored;
    co_await done->timer.async_wait(asio::redirect_error(kAwait, ignored));
  }
  waits_for_.reset();
  if (!done->is_done) co_return false;
  plan->answer = done->has_failed ? error_answer(500, "failed", "it could not be done") : plan->then();
  co_return true;
}

// "From now on" begins before the answer does: what comes after it is not missed. Where nobody has time to
// look, it begins with the next look for news.
Awaitable<bool> Connection::find_start(std::shared_ptr<Plan> plan) {
  if (plan->live->cursor >= 0) co_return true;
  plan->job = [&cursor = plan->live->cursor](Bench& bench) { (void)bench.api.live_events(cursor); };
  plan->then = [] { return Answer{}; };
  co_return co_await run_job(plan);
}

Awaitable<void> Connection::serve_live(LiveWish wish) {
  Timer timer(server_.context());
  LiveStream stream{.wish = wish};
  stream.wake = [&stream, &timer, this] {
    timer.cancel();
    if (stream.is_over) cut();
  };
  if (!server_.hub().enter(stream, moment())) {
    Answer busy = error_answer(429, "slow-down", "too many pages watch already");
    busy.retry_after_s = 15;
    (void)co_await send(busy, false, false);
    co_return;
  }
  is_idle_ = true;  // it may be ended at any time
  Answer beginning;
  beginning.type = kEventStream;
  bool is_well = co_await write(beginning, false, false);
  while (is_well && !stream.is_over && !channel_.is_cut() && !channel_.has_input()) {
    const std::string text = std::exchange(stream.waiting, {});
    if (!text.empty()) {
      is_well = co_await channel_.write(text, server_.tuning().write);
      continue;
    }
    boost::system::error_code ignored;
    timer.expires_after(server_.tuning().live_tick);
    co_await timer.async_wait(asio::redirect_error(kAwait, ignored));
  }
  server_.hub().leave(stream);
}

Awaitable<bool> Connection::send(const Answer& answer, bool is_head, bool keeps_alive) {
  keeps_alive = keeps_alive && !is_winding_down_;
  bool is_written = false;
  if (answer.content().size() < kLarge || is_head) {
    is_written = co_await write(answer, is_head, keeps_alive);
  } else if (LargeAnswer large(server_); large.is_admitted()) {
    is_written = co_await write(answer, is_head, keeps_alive);
  } else {
    const Answer busy = error_answer(503, "busy", "too many downloads at once");
    is_written = co_await write(busy, false, keeps_alive);
  }
  lingers_ = is_written && !keeps_alive;
  co_return is_written&& keeps_alive;
}

Awaitable<bool> Connection::write(const Answer& answer, bool is_head, bool keeps_alive) {
  const std::string_view content = is_head ? std::string_view() : answer.content();
  const bool is_one_piece = content.size() <= kOnePiece;
  const Tuning& tuning = server_.tuning();
  out_.clear();
  // Browsers apply it to every port of a name: other things on localhost would no longer be reached.
  const bool has_hsts = channel_.has_tls() && !asks_localhost_;
  write_head(answer, {.has_hsts = has_hsts, .keeps_alive = keeps_alive, .now = wall_clock()}, out_);
  if (is_one_piece) out_ += content;
  if (!co_await channel_.write(out_, tuning.write)) co_return false;
  if (is_one_piece) co_return true;
  const std::chrono::seconds at_that_rate(content.size() / tuning.write_rate);
  co_return co_await channel_.write(content, tuning.write + at_that_rate);
}

Awaitable<bool> Connection::send_last(const Answer& answer) {
  co_return co_await send(answer, false, false);
}

}  // namespace mogura::console::detail
