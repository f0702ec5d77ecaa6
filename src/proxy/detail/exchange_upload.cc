// The request on its way to the origin: its head, and its body as it comes.

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>

#include "proxy/detail/exchange.h"

namespace mogura::proxy::detail {

namespace asio = boost::asio;
using protocol::ChunkedWalk;
using protocol::Framing;
using session::Direction;

// The head, with as much of the body as has come with it; the rest goes beside the answer.
Awaitable<Io> Exchange::send_request() {
  const std::string& head = connection_.head_;
  std::string_view body;
  if (!upload_over_) {
    body = connection_.inbox_.view().substr(head_bytes_);
    inbox_body_ = take_body(body);
    body = body.substr(0, inbox_body_);
    upload_began_ = true;
    if (upload_failed_) co_return Io::kCut;
  }
  std::array<iovec, 2> pieces{
      {{const_cast<char*>(head.data()), head.size()}, {const_cast<char*>(body.data()), body.size()}}};
  loop_.counters.bytes_to_origins.add(head.size() + body.size());
  bytes_up_ += body.size();
  const std::span<iovec> span(pieces);
  const Io io = co_await origin_->write(span.first(body.empty() ? 1 : 2), settings_->options.timeouts.stall);
  if (!upload_over_ && !upload_failed_ && io == Io::kOk) {
    upload_done_.emplace(loop_.context);
    asio::co_spawn(loop_.context, upload(), asio::detached);
  } else if (io != Io::kOk && !upload_over_) {
    upload_failed_ = true;
  }
  co_return io;
}

std::size_t Exchange::take_body(std::string_view bytes) {
  if (request_.framing().kind == Framing::Kind::kLength) {
    const std::size_t taken = std::min<std::uint64_t>(bytes.size(), upload_left_);
    upload_left_ -= taken;
    upload_over_ = upload_left_ == 0;
    return taken;
  }
  const ChunkedWalk::Step step = upload_walk_.walk(bytes);
  upload_over_ = step.state == ChunkedWalk::State::kDone;
  if (step.state == ChunkedWalk::State::kRefused) {
    upload_failed_ = true;
    refused_ = Refused{Refusal::kHead, "The request's body is not well-formed: " +
                                           std::string(name_of(upload_walk_.refusal())) + "."};
  }
  return step.bytes;
}

Awaitable<void> Exchange::upload() {
  const Io io = co_await upload_bytes();
  if (io != Io::kOk || upload_failed_) {
    upload_failed_ = true;
    // The origin has part of a message that will not end: it must not take it for whole, nor wait for it.
    if (!upload_abandoned_ && io != Io::kError) origin_->cut();
  }
  upload_done_->set();
}

// kError: the origin does not take more, which it may have a reason for, and an answer.
Awaitable<Io> Exchange::upload_bytes() {
  const Timeouts& timeouts = settings_->options.timeouts;
  const std::size_t most = std::min(loop_.scratch.size(), settings_->options.limits.held_bytes);
  unsigned turns = 0;
  while (!upload_over_ && !upload_failed_) {
    const ssize_t got = connection_.stream_.try_read(loop_.scratch.data(), most);
    if (got == 0) co_return Io::kEnd;
    if (got < 0) {
      if (!would_block()) co_return Io::kEnd;
      if (const Io io = co_await connection_.stream_.readable(timeouts.stall); io != Io::kOk)
        co_return Io::kEnd;
      continue;
    }
    const std::string_view bytes(loop_.scratch.data(), static_cast<std::size_t>(got));
    connection_.note(Direction::kUp, bytes);
    const std::size_t taken = take_body(bytes);
    if (taken < bytes.size() && upload_over_) behind_.assign(bytes.substr(taken));
    bytes_up_ += taken;
    loop_.counters.bytes_to_origins.add(taken);
    if (taken == 0) continue;
    const Stream::Passed passed = co_await origin_->pass(bytes.substr(0, taken), timeouts.stall);
    if (passed.io != Io::kOk) co_return Io::kError;
    if (!passed.had_to_wait && ++turns % 16 == 0) {
      co_await asio::post(loop_.context, kAwait);  // others want their turn
    }
  }
  co_return Io::kOk;
}

}  // namespace mogura::proxy::detail
