// The answer on its way to the client: interim answers, the final head with our cookie where the gate gives
// one, the body as it comes.

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>

#include "proxy/detail/exchange.h"
#include "proxy/detail/forward.h"
#include "proxy/detail/tunnel.h"

namespace mogura::proxy::detail {

namespace asio = boost::asio;
using protocol::ChunkedWalk;
using protocol::Framing;
using protocol::HeadStep;
using session::Direction;

namespace {

// Interim answers to one request; more are a flood.
constexpr unsigned kInterims = 64;
constexpr unsigned kSwitching = 101;
constexpr std::size_t kCopied = 4096;

}  // namespace

Awaitable<Io> Exchange::to_client(std::string_view head, std::string_view body) {
  // A small body is cheaper to copy than to send as a piece of its own.
  if (!body.empty() && body.size() <= kCopied && head.data() == connection_.head_.data()) {
    connection_.head_ += body;
    head = connection_.head_;
    body = {};
  }
  connection_.note(Direction::kDown, head);
  if (!body.empty()) connection_.note(Direction::kDown, body);
  bytes_down_ += head.size() + body.size();
  std::array<iovec, 2> pieces{
      {{const_cast<char*>(head.data()), head.size()}, {const_cast<char*>(body.data()), body.size()}}};
  std::span<iovec> left = std::span<iovec>(pieces).first(body.empty() ? 1 : 2);
  // Nearly always all of it goes at once.
  if (connection_.stream_.try_write(left) < 0 && !would_block()) {
    co_return Io::kError;
  }
  if (left.empty()) co_return Io::kOk;
  co_return co_await connection_.stream_.write(left, settings_->options.timeouts.stall);
}

Awaitable<Exchange::Answer> Exchange::relay_answer() {
  connection_.answer_.consume(connection_.answer_.view().size());
  while (true) {
    std::size_t head_bytes = 0;
    const Answer head = co_await read_answer_head(head_bytes);
    if (head != Answer::kDone) co_return head;
    if (!connection_.response_.is_interim()) co_return co_await relay_final(head_bytes);
    const Answer interim = co_await relay_interim(head_bytes);
    if (interim != Answer::kDone) co_return interim;
  }
}

// kDone: a whole head is at the front of answer_.
Awaitable<Exchange::Answer> Exchange::read_answer_head(std::size_t& head_bytes) {
  Inbox& inbox = connection_.answer_;
  const Millis patience = settings_->options.timeouts.response;
  while (true) {
    const HeadStep step = connection_.response_.parse(inbox.view(), request_.method());
    head_bytes = step.head_bytes;
    if (step.kind == HeadStep::Kind::kDone) co_return Answer::kDone;
    if (step.kind == HeadStep::Kind::kRefused) {
      refused_ =
          Refused{Refusal::kResponse,
                  "The server's answer is not understood: " + std::string(name_of(step.refusal)) + "."};
      co_return Answer::kRefused;
    }
    const std::span<char> room = inbox.room(settings_->options.limits.head_bytes + Inbox::kFirstBytes);
    if (room.empty()) {
      refused_ = Refused{Refusal::kResponse, "The head of the server's answer is too large."};
      co_return Answer::kRefused;
    }
    connection_.awaits_answer_ = true;
    const Read got = co_await origin_->read(room.data(), room.size(), patience);
    connection_.awaits_answer_ = false;
    if (got.io == Io::kTimeout && upload_done_ && !upload_over_ && !upload_failed_) continue;
    if (got.io == Io::kTimeout) {
      refused_ = Refused{Refusal::kResponseTimeout, "The server did not answer in time."};
      loop_.counters.timeouts.add();
      co_return Answer::kRefused;
    }
    if (got.io != Io::kOk) {
      if (inbox.empty() && interim_count_ == 0) co_return Answer::kNothing;
      refused_ = Refused{Refusal::kResponse, "The server's answer ended within its head."};
      co_return Answer::kRefused;
    }
    anything_came_ = true;
    loop_.counters.bytes_from_origins.add(got.bytes);
    inbox.commit(got.bytes);
  }
}

Awaitable<Exchange::Answer> Exchange::relay_interim(std::size_t head_bytes) {
  if (++interim_count_ > kInterims) {
    refused_ = Refused{Refusal::kResponse, "The server sends interim answers without end."};
    co_return Answer::kRefused;
  }
  // RFC 9110 §15.2: not to a client of HTTP/1.0.
  if (request_.minor_version() >= 1) {
    connection_.line_.clear();
    ForwardResponseOptions options;
    options.via_name = settings_->options.name;
    forward_response(connection_.response_, options, connection_.line_);
    if (co_await to_client(connection_.line_, {}) != Io::kOk) co_return Answer::kBroken;
  }
  connection_.answer_.consume(head_bytes);
  connection_.response_.forget();
  co_return Answer::kDone;
}

// Decides how client and origin go on after this answer, and writes its head into connection_.head_.
void Exchange::prepare_answer_head() {
  const protocol::ResponseHead& response = connection_.response_;
  const Framing& framing = response.framing();
  status_ = response.status();
  is_until_close_ = framing.kind == Framing::Kind::kUntilClose ||
                    (framing.kind == Framing::Kind::kChunked && request_.minor_version() == 0);
  if (const auto* type = response.find(protocol::FieldId::kContentType))
    connection_.content_type_ = type->value;
  dechunks_ = framing.kind == Framing::Kind::kChunked && request_.minor_version() == 0;
  origin_keep_alive_ = response.wants_keep_alive() && framing.kind != Framing::Kind::kUntilClose;
  client_keep_alive_ = request_.wants_keep_alive() && framing.kind != Framing::Kind::kUntilClose &&
                       !dechunks_ && upload_over_ && !upload_failed_ && !connection_.is_winding_down_;
  if (settings_->gate->policy().mode != challenge::Mode::kOff) {
    loop_.shared().passive->observe_response(response, request_.authority().host, wall_clock());
  }
  connection_.line_.clear();
  const std::string_view insert =
      settings_->gate->on_response(response, wall_clock(), connection_.judged_, connection_.line_);
  connection_.head_.clear();
  forward_response(response,
                   {.via_name = settings_->options.name,
                    .keep_alive = client_keep_alive_,
                    .client_minor = request_.minor_version(),
                    .drops_chunked = dechunks_,
                    .insert = insert,
                    .keeps_proxy_authenticate =
                        !settings_->parent_host.empty() && !settings_->access->needs_credentials()},
                   connection_.head_);
  if (connection_.judged_.inserted) tell_inserted();
  write_events(true);
}

Awaitable<Exchange::Answer> Exchange::relay_final(std::size_t head_bytes) {
  Inbox& inbox = connection_.answer_;
  const protocol::ResponseHead& response = connection_.response_;
  const bool switches = response.status() == kSwitching || (is_connect_ && response.status() / 100 == 2);
  if (response.status() == kSwitching && !request_.wants_upgrade()) {
    refused_ = Refused{Refusal::kResponse, "The server switches protocols without being asked."};
    co_return Answer::kRefused;
  }
  prepare_answer_head();
  answer_left_ = response.framing().length;
  answer_walk_.reset();
  const std::string_view behind = inbox.view().substr(head_bytes);
  if (switches) {
    if (is_connect_) result_ = "TCP_TUNNEL";
    connection_.response_.forget();
    if (co_await to_client(connection_.head_, {}) != Io::kOk) co_return Answer::kBroken;
    const std::string_view early = connection_.inbox_.view().substr(head_bytes_);
    co_await run_tunnel(early, behind);
    co_return Answer::kSwitched;
  }
  bool is_over = false, is_refused = false;
  const std::size_t taken = take_answer(behind, is_over, is_refused);
  const bool is_exact = taken == behind.size();
  const Io io =
      co_await to_client(connection_.head_, dechunks_ ? std::string_view(decoded_) : behind.substr(0, taken));
  if (!is_exact) origin_keep_alive_ = false;  // it sent more than its answer
  inbox.release();
  if (io != Io::kOk || is_refused) co_return Answer::kBroken;
  const Answer answer = is_over ? Answer::kDone : co_await relay_body();
  connection_.response_.forget();
  if (answer == Answer::kDone) tell_delivered();
  co_return answer;
}

std::size_t Exchange::take_answer(std::string_view bytes, bool& is_over, bool& is_refused) {
  switch (connection_.response_.framing().kind) {
    case Framing::Kind::kNone:
      is_over = true;
      return 0;
    case Framing::Kind::kUntilClose:
      return bytes.size();
    case Framing::Kind::kLength: {
      const std::size_t taken = std::min<std::uint64_t>(bytes.size(), answer_left_);
      answer_left_ -= taken;
      is_over = answer_left_ == 0;
      return taken;
    }
    case Framing::Kind::kChunked:
      break;
  }
  decoded_.clear();
  const ChunkedWalk::Step step = answer_walk_.walk(bytes, dechunks_ ? &decoded_ : nullptr);
  is_over = step.state == ChunkedWalk::State::kDone;
  is_refused = step.state == ChunkedWalk::State::kRefused;
  return step.bytes;
}

Awaitable<Exchange::Answer> Exchange::relay_body() {
  const Timeouts& timeouts = settings_->options.timeouts;
  const bool until_close = connection_.response_.framing().kind == Framing::Kind::kUntilClose;
  const std::size_t most = std::min(loop_.scratch.size(), settings_->options.limits.held_bytes);
  std::size_t want = most;
  unsigned turns = 0;
  while (true) {
    const ssize_t got = origin_->try_read(loop_.scratch.data(), want);
    if (got == 0) {
      origin_->pass_on_end(connection_.stream_);
      co_return until_close ? Answer::kDone : Answer::kBroken;
    }
    if (got < 0) {
      if (!would_block()) co_return Answer::kBroken;
      if (co_await origin_->readable(timeouts.stall) != Io::kOk) co_return Answer::kBroken;
      continue;
    }
    std::string_view bytes(loop_.scratch.data(), static_cast<std::size_t>(got));
    loop_.counters.bytes_from_origins.add(bytes.size());
    bool is_over = false, is_refused = false;
    const std::size_t taken = take_answer(bytes, is_over, is_refused);
    if (taken != bytes.size()) origin_keep_alive_ = false;
    bytes = dechunks_ ? std::string_view(decoded_) : bytes.substr(0, taken);
    if (!bytes.empty()) {
      connection_.note(Direction::kDown, bytes);
      bytes_down_ += bytes.size();
      const Stream::Passed passed = co_await connection_.stream_.pass(bytes, timeouts.stall);
      if (passed.io != Io::kOk) co_return Answer::kBroken;
      // A client that does not keep up is given less at a time, so that little has to be held for it.
      want = passed.had_to_wait ? std::min<std::size_t>(most, std::size_t{16} << 10) : most;
    }
    if (is_refused) co_return Answer::kBroken;
    if (is_over) co_return Answer::kDone;
    if (++turns % 16 == 0) co_await asio::post(loop_.context, kAwait);
  }
}

}  // namespace mogura::proxy::detail
