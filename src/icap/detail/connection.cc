#include "icap/detail/connection.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <chrono>

namespace mogura::icap::detail {

namespace asio = boost::asio;
using service::Awaitable;
using service::kAwait;

namespace {

constexpr std::string_view kReqmodService = "/reqmod", kRespmodService = "/respmod";

// What is read and thrown away at most when a connection ends, and for how long.
constexpr std::chrono::milliseconds kLinger{2000};
constexpr std::size_t kLingerBytes = std::size_t{1} << 20;

std::int64_t later(std::chrono::milliseconds patience) {
  return coarse_ms() + patience.count();
}

HeadLimits icap_limits(const Options& options) {
  return {.bytes = options.head_bytes, .fields = options.fields};
}

}  // namespace

Connection::Connection(Loop& loop, service::Socket socket)
    : loop_(loop),
      socket_(std::move(socket)),
      settings_(loop.settings()),
      icap_(icap_limits(settings_->options)),
      judge_(loop, settings_->options) {
  loop_.enlist(*this);
}

Connection::~Connection() {
  loop_.delist(*this);
}

// A gateway that has just sent a request must not see a reset, which Squid takes for a failure of the request
// where it takes an end for a reason to ask elsewhere: so this side is closed, and the other one read to its
// end. A connection that is new is served once.
void Connection::wind_down() {
  is_winding_down_ = true;
  if (!is_idle_) return;
  until_ms_ = later(kLinger);
  if (has_served_) shut();
}

void Connection::shut() {
  is_shut_ = true;
  boost::system::error_code ignored;
  socket_.shutdown(service::Socket::shutdown_send, ignored);
}

void Connection::cut() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void Connection::sweep(std::int64_t now_ms) {
  if (until_ms_ == 0 || now_ms < until_ms_) return;
  if (!is_idle_) loop_.counters.timeouts.add();
  cut();
}

Awaitable<void> Connection::run(std::unique_ptr<Connection> connection) {
  co_await connection->serve_all();
}

Awaitable<void> Connection::serve_all() {
  while (co_await read_head()) {
    if (is_shut_) break;
    const bool goes_on = co_await serve();
    if (!goes_on || closes_ || is_winding_down_) break;
    is_idle_ = has_served_ = true;
  }
  co_await linger();
}

// So that what was sent arrives, although more is coming in.
Awaitable<void> Connection::linger() {
  if (!is_shut_) shut();
  const std::int64_t until = later(kLinger);
  std::size_t thrown_away = 0;
  while (thrown_away < kLingerBytes) {
    thrown_away += in_.size();
    in_.clear();
    const bool has_more = co_await read_more(until);
    if (!has_more) co_return;
  }
}

std::int64_t Connection::stalled_at() const {
  return later(settings_->options.stall);
}

Common Connection::common() const {
  return {.tag = settings_->options.tag, .pairing = decision_.pairing, .closes = closes_};
}

// The loop's buffer is everybody's: nothing waits between reading into it and taking out of it.
Awaitable<bool> Connection::read_more(std::int64_t until_ms) {
  boost::system::error_code error;
  std::size_t got = socket_.read_some(asio::buffer(loop_.scratch), error);
  while (error == asio::error::would_block) {
    until_ms_ = until_ms;
    co_await socket_.async_wait(service::Socket::wait_read, asio::redirect_error(kAwait, error));
    until_ms_ = 0;
    if (error) co_return false;
    got = socket_.read_some(asio::buffer(loop_.scratch), error);
  }
  if (error) co_return false;
  if (in_.empty()) first_byte_ = wall_clock();
  in_.append(loop_.scratch.data(), got);
  co_return true;
}

Awaitable<bool> Connection::write() {
  boost::system::error_code error;
  until_ms_ = stalled_at();
  co_await asio::async_write(socket_, asio::buffer(out_), asio::redirect_error(kAwait, error));
  until_ms_ = 0;
  out_.clear();
  if (error) loop_.counters.aborted.add();
  co_return !error;
}

Awaitable<bool> Connection::read_head() {
  if (in_.empty() && !co_await read_more(later(settings_->options.idle))) co_return false;
  is_idle_ = false;
  settings_ = loop_.settings();
  decision_ = {};
  const std::int64_t until = later(settings_->options.head);
  while (true) {
    const HeadStep step = icap_.parse(in_);
    if (step.kind == HeadStep::Kind::kRefused) {
      (void)co_await refuse(step.status);
      co_return false;
    }
    if (step.kind == HeadStep::Kind::kDone) {
      icap_bytes_.assign(in_, 0, step.bytes);
      in_.erase(0, step.bytes);
      (void)icap_.parse(icap_bytes_);  // so that its views are into what stays
      co_return true;
    }
    if (!co_await read_more(until)) {
      loop_.counters.aborted.add();
      co_return false;
    }
  }
}

// Heads larger than may be judged are read all the same, as far as they may be echoed.
Awaitable<bool> Connection::read_encapsulated() {
  const std::size_t size = icap_.layout().heads_end;
  const std::int64_t until = later(settings_->options.head);
  while (in_.size() < size) {
    const bool has_more = co_await read_more(until);
    if (!has_more) {
      loop_.counters.aborted.add();
      co_return false;
    }
  }
  heads_.assign(in_, 0, size);
  in_.erase(0, size);
  co_return true;
}

std::string_view Connection::request_head() const {
  const Layout& layout = icap_.layout();
  if (!layout.has_request) return {};
  const std::size_t end = layout.has_response ? layout.response : layout.heads_end;
  return std::string_view(heads_).substr(layout.request, end - layout.request);
}

std::string_view Connection::response_head() const {
  const Layout& layout = icap_.layout();
  if (!layout.has_response) return {};
  return std::string_view(heads_).substr(layout.response, layout.heads_end - layout.response);
}

std::string_view Connection::own_head() const {
  return icap_.method() == Method::kReqmod ? request_head() : response_head();
}

Awaitable<bool> Connection::serve() {
  closes_ = icap_.closes() || is_winding_down_;
  const std::string_view service = icap_.service();
  const bool is_reqmod = service == kReqmodService;
  if (!is_reqmod && service != kRespmodService) co_return co_await refuse(404);
  if (icap_.method() == Method::kOptions) {
    loop_.counters.options.add();
    if (icap_.layout().has_body || icap_.layout().heads_end != 0) co_return co_await refuse(400);
    write_options(is_reqmod ? Method::kReqmod : Method::kRespmod, settings_->options, common(), out_);
    co_return co_await write();
  }
  if ((icap_.method() == Method::kReqmod) != is_reqmod) co_return co_await refuse(405);
  const bool has_heads = co_await read_encapsulated();
  if (!has_heads) co_return false;
  co_return co_await serve_message();
}

Awaitable<bool> Connection::serve_message() {
  const bool is_request = icap_.method() == Method::kReqmod;
  (is_request ? loop_.counters.requests : loop_.counters.responses).add();
  body_.reset();
  preview_.clear();
  body_is_read_ = !icap_.layout().has_body;
  if (icap_.layout().has_body && icap_.preview()) {
    const bool is_good = co_await read_preview();
    if (!is_good) co_return false;
  }
  const std::string_view head = own_head();
  const bool is_small = request_head().size() <= settings_->options.head_bytes &&
                        response_head().size() <= settings_->options.head_bytes;
  if (head.empty() || !is_small) {
    const Passed why = head.empty() ? Passed::kNoHead : Passed::kTooLarge;
    loop_.counters.passed[static_cast<std::size_t>(why)].add();
  } else if (is_request) {
    co_await judge_.on_request(icap_, head, first_byte_, decision_);
  } else {
    judge_.on_response(icap_, request_head(), head, decision_);
  }
  // Bytes of the next request are there already, or come later.
  if (!in_.empty()) first_byte_ = wall_clock();
  if (decision_.is_blocked) co_return co_await send_blocked();
  if (decision_.is_modified) co_return co_await send_modified(decision_.head, is_request);
  co_return co_await pass_unmodified();
}

Awaitable<bool> Connection::read_preview() {
  while (true) {
    in_.erase(0, body_.take(in_, preview_));
    if (body_.state() == BodyReader::State::kDone) break;
    if (body_.state() == BodyReader::State::kRefused || preview_.size() > RequestHead::kPreviewBytes) {
      (void)co_await refuse(400);
      co_return false;
    }
    const bool has_more = co_await read_more(stalled_at());
    if (!has_more) co_return false;
  }
  body_is_read_ = body_.is_ieof();
  co_return true;
}

Awaitable<bool> Connection::pass_unmodified() {
  const bool can_204 = icap_.allows_204() || icap_.preview().has_value();
  if (!can_204) co_return co_await echo(own_head(), icap_.method() == Method::kReqmod);
  loop_.counters.unmodified.add();
  write_unmodified(common(), out_);
  const bool is_sent = co_await write();
  if (!is_sent) co_return false;
  co_return co_await discard_body();
}

Awaitable<bool> Connection::send_modified(std::string_view head, bool is_request) {
  const bool has_body = icap_.layout().has_body;
  const bool is_partial = has_body && icap_.preview() && !body_is_read_ && icap_.allows_206();
  if (has_body && !is_partial) co_return co_await echo(head, is_request);
  (is_partial ? loop_.counters.partial : loop_.counters.modified).add();
  write_modified({.status = is_partial ? 206U : 200U,
                  .is_request = is_request,
                  .head_bytes = head.size(),
                  .has_body = has_body},
                 common(), out_);
  out_ += head;
  if (is_partial) out_ += kOriginalBody;
  co_return co_await write();
}

Awaitable<bool> Connection::send_blocked() {
  loop_.counters.blocked.add();
  write_modified({.status = 200, .is_request = false, .head_bytes = decision_.head.size(), .has_body = true},
                 common(), out_);
  out_ += decision_.head;
  write_chunk(decision_.page, out_);
  out_ += kLastChunk;
  const bool is_sent = co_await write();
  if (!is_sent) co_return false;
  co_return co_await discard_body();
}

Awaitable<bool> Connection::echo(std::string_view head, bool is_request) {
  const bool has_body = icap_.layout().has_body;
  if (head.empty()) co_return co_await refuse(400);
  loop_.counters.modified.add();
  const bool has_rest = has_body && !body_is_read_;
  if (has_rest && icap_.preview()) {
    write_status(100, common(), out_);
    const bool is_sent = co_await write();
    if (!is_sent) co_return false;
    body_.reset();
  }
  write_modified({.status = 200, .is_request = is_request, .head_bytes = head.size(), .has_body = has_body},
                 common(), out_);
  out_ += head;
  if (has_body) write_chunk(preview_, out_);
  loop_.counters.echoed_bytes.add(preview_.size());
  if (has_rest) co_return co_await echo_rest();
  if (has_body) out_ += kLastChunk;
  co_return co_await write();
}

Awaitable<bool> Connection::echo_rest() {
  while (true) {
    piece_.clear();
    in_.erase(0, body_.take(in_, piece_));
    write_chunk(piece_, out_);
    loop_.counters.echoed_bytes.add(piece_.size());
    // Cut in the middle, the gateway sees that it is not all.
    if (body_.state() == BodyReader::State::kRefused) co_return false;
    if (body_.state() == BodyReader::State::kDone) out_ += kLastChunk;
    if (!out_.empty()) {
      const bool is_sent = co_await write();
      if (!is_sent) co_return false;
    }
    if (body_.state() == BodyReader::State::kDone) co_return true;
    const bool has_more = co_await read_more(stalled_at());
    if (!has_more) {
      loop_.counters.aborted.add();
      co_return false;
    }
  }
}

// After a preview, nothing more is sent where the answer is not 100 (RFC 3507 §4.5).
Awaitable<bool> Connection::discard_body() {
  if (body_is_read_ || icap_.preview()) co_return true;
  while (true) {
    piece_.clear();
    in_.erase(0, body_.take(in_, piece_));
    if (body_.state() == BodyReader::State::kRefused) co_return false;
    if (body_.state() == BodyReader::State::kDone) co_return true;
    const bool has_more = co_await read_more(stalled_at());
    if (!has_more) co_return false;
  }
}

Awaitable<bool> Connection::refuse(unsigned status) {
  loop_.counters.refused.add();
  closes_ = true;
  write_status(status, common(), out_);
  (void)co_await write();
  co_return false;
}

}  // namespace mogura::icap::detail
