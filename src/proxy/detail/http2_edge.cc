#include "proxy/detail/http2_edge.h"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "proxy/detail/upstream_pool.h"

namespace mogura::proxy::detail {

namespace asio = boost::asio;
using http2::StreamId;

namespace {

// So many reads in a row before others get their turn.
constexpr unsigned kReadsAtOnce = 16;
// A conversation waits so long for its next stream, well under what its other end waits for a request.
constexpr std::int64_t kKeepIdleMs = 2000;
constexpr std::size_t kIdle = 16;
// Between the two goodbyes (RFC 9113 §6.8): more than a round trip.
constexpr std::int64_t kGoodbyeMs = 500;

http2::ServerOptions server_options(const Http2EdgeOptions& options) {
  http2::ServerOptions made;
  made.absolute_form = options.absolute_form;
  made.bounds.head_bytes = options.limits.head_bytes;
  made.bounds.fields = options.limits.fields;
  made.bounds.held_bytes = options.limits.held_bytes;
  made.bounds.stream_window = static_cast<std::uint32_t>(options.limits.held_bytes);
  return made;
}

}  // namespace

struct Http2Edge::Conversation {
  Conversation(Http2Edge& edge, StreamId stream_id, Channel opened, bool reused)
      : id(stream_id),
        channel(edge.sweeper_, std::move(opened.socket)),
        was_reset(std::move(opened.was_reset)),
        has_news(edge.context_),
        has_request(edge.context_),
        upload_is_over(edge.context_),
        is_reused(reused) {}
  const StreamId id;
  Stream channel;
  std::shared_ptr<const bool> was_reset;
  Wakeup has_news, has_request;  // for download() and upload()
  SignalEvent upload_is_over;
  const bool is_reused;
  bool anything_came = false, is_clean = false;
};

Http2Edge::Http2Edge(asio::io_context& context, Sweeper& sweeper, Stream& client,
                     const Http2EdgeOptions& options, Open open)
    : Swept(sweeper),
      context_(context),
      sweeper_(sweeper),
      client_(client),
      timeouts_(options.timeouts),
      server_(server_options(options)),
      open_(std::move(open)),
      has_output_(context),
      is_empty_(context),
      writer_is_over_(context),
      idle_since_ms_(coarse_ms()) {}

Http2Edge::~Http2Edge() = default;

Awaitable<bool> Http2Edge::run(std::string_view early) {
  asio::co_spawn(context_, write(), asio::detached);
  bool goes_on = early.empty() || server_.receive(early, coarse_ms());
  attend();
  for (unsigned turns = 1; goes_on && !is_over_; ++turns) {
    const ssize_t got = client_.try_read(piece_.data(), piece_.size());
    if (got == 0 || (got < 0 && !would_block())) break;
    if (got > 0) {
      goes_on = server_.receive({piece_.data(), static_cast<std::size_t>(got)}, coarse_ms());
      attend();
      has_output_.notify();
      if (turns % kReadsAtOnce == 0) co_await asio::post(context_, kAwait);
    } else if (co_await client_.readable(Millis(0)) != Io::kOk) {
      break;
    }
  }
  // Where we end it, the client is told why; where it has ended, nobody listens.
  if (goes_on && !is_over_) client_.cut();
  is_over_ = true;
  has_output_.notify();
  co_await writer_is_over_.wait();
  for (const auto& [id, conversation] : conversations_) {
    conversation->channel.cut();
    conversation->has_news.notify();
    conversation->has_request.notify();
  }
  while (!conversations_.empty()) co_await is_empty_.wait();
  idle_.clear();
  co_return !client_.is_cut();
}

Awaitable<void> Http2Edge::write() {
  std::string out;
  while (true) {
    out.clear();
    server_.write(out, kPiece);
    attend();
    if (out.empty()) {
      if (is_over_ || server_.is_over()) break;
      co_await has_output_.wait();
      continue;
    }
    if (co_await client_.write(out, timeouts_.stall) != Io::kOk) {
      client_.cut();
      break;
    }
  }
  // Whoever reads need not wait any more.
  if (!is_over_) client_.interrupt();
  is_over_ = true;
  writer_is_over_.set();
}

void Http2Edge::attend() {
  changed_.clear();
  server_.take_changed(changed_);
  for (const StreamId id : changed_) {
    const auto found = conversations_.find(id);
    if (found == conversations_.end()) {
      begin(id);
      continue;
    }
    Conversation& conversation = *found->second;
    if (server_.is_gone(id) && !conversation.is_clean) conversation.channel.cut();
    conversation.has_news.notify();
    conversation.has_request.notify();
  }
}

void Http2Edge::begin(StreamId id) {
  if (server_.is_gone(id)) return server_.forget(id);
  std::unique_ptr<Conversation> conversation = is_over_ ? nullptr : open_conversation(id);
  if (conversation == nullptr) {
    server_.end_answer(id, true, true);
    server_.forget(id);
    has_output_.notify();
    return;
  }
  Conversation& begun = *conversation;
  conversations_[id] = std::move(conversation);
  asio::co_spawn(context_, converse(begun), asio::detached);
}

std::unique_ptr<Http2Edge::Conversation> Http2Edge::open_conversation(StreamId id) {
  while (!idle_.empty()) {
    Channel channel = std::move(idle_.back().channel);
    idle_.pop_back();
    if (channel.socket.is_open() && is_open_and_silent(channel.socket))
      return std::make_unique<Conversation>(*this, id, std::move(channel), true);
  }
  std::optional<Channel> channel = open_();
  return channel ? std::make_unique<Conversation>(*this, id, std::move(*channel), false) : nullptr;
}

Awaitable<void> Http2Edge::converse(Conversation& conversation) {
  asio::co_spawn(context_, upload(conversation), asio::detached);
  co_await download(conversation);
  const bool is_reusable = conversation.is_clean && server_.keeps_alive(conversation.id);
  if (!is_reusable) conversation.channel.cut();
  conversation.has_request.notify();
  co_await conversation.upload_is_over.wait();
  end(conversation);
}

void Http2Edge::end(Conversation& conversation) {
  const StreamId id = conversation.id;
  if (!conversation.channel.is_cut() && !is_over_ && !is_winding_down_ && idle_.size() < kIdle)
    idle_.push_back({{conversation.channel.release(), conversation.was_reset}, coarse_ms()});
  server_.forget(id);
  has_output_.notify();
  conversations_.erase(id);
  if (!conversations_.empty()) return;
  idle_since_ms_ = coarse_ms();
  is_empty_.notify();
}

// The request's bytes, to whoever answers it.
Awaitable<void> Http2Edge::upload(Conversation& conversation) {
  const StreamId id = conversation.id;
  while (!conversation.channel.is_cut()) {
    const std::string_view bytes = server_.request(id);
    if (bytes.empty()) {
      if (server_.is_request_whole(id) || server_.is_gone(id)) break;
      co_await conversation.has_request.wait();
      continue;
    }
    // Who does not read any more may have answered; then that is read.
    if (co_await conversation.channel.write(bytes, Millis(0)) != Io::kOk) break;
    server_.took_request(id, bytes.size());
    has_output_.notify();
  }
  conversation.upload_is_over.set();
}

// The answer's bytes, as far as the client's window has room for them.
Awaitable<void> Http2Edge::download(Conversation& conversation) {
  const StreamId id = conversation.id;
  while (!conversation.channel.is_cut() && !server_.is_gone(id)) {
    const std::size_t room = server_.answer_room(id);
    if (room == 0) {
      co_await conversation.has_news.wait();
      continue;
    }
    const ssize_t got = conversation.channel.try_read(piece_.data(), std::min(room, piece_.size()));
    if (got > 0) {
      if (!take_answer(conversation, {piece_.data(), static_cast<std::size_t>(got)})) co_return;
      continue;
    }
    if (got < 0 && would_block()) {
      // An end of the wait that is no cut is told by the next read.
      (void)co_await conversation.channel.readable(Millis(0));
      continue;
    }
    const bool is_untouched = conversation.is_reused && !conversation.anything_came;
    server_.end_answer(id, got < 0 || *conversation.was_reset, is_untouched);
    has_output_.notify();
    co_return;
  }
}

bool Http2Edge::take_answer(Conversation& conversation, std::string_view bytes) {
  conversation.anything_came = true;
  const http2::Server::Given given = server_.give_answer(conversation.id, bytes);
  has_output_.notify();
  conversation.is_clean = given.answer == http2::Answer::kWhole && given.bytes == bytes.size();
  return given.answer == http2::Answer::kMore;
}

void Http2Edge::wind_down() {
  if (std::exchange(is_winding_down_, true)) return;
  server_.announce_end();
  finish_at_ms_ = coarse_ms() + kGoodbyeMs;
  has_output_.notify();
}

void Http2Edge::sweep(std::int64_t now_ms) {
  sweep_idle(now_ms);
  if (is_over_) return;
  const bool is_idle = conversations_.empty() && now_ms - idle_since_ms_ >= Millis(timeouts_.idle).count();
  const bool is_time = is_winding_down_ && now_ms >= finish_at_ms_;
  if ((is_idle || is_time) && !std::exchange(has_finished_, true)) {
    server_.finish();
    has_output_.notify();
  }
  if (!server_.is_within_head()) head_since_ms_ = 0;
  if (server_.is_within_head() && head_since_ms_ == 0) head_since_ms_ = now_ms;
  if (head_since_ms_ != 0 && now_ms - head_since_ms_ >= Millis(timeouts_.head).count()) client_.cut();
}

// Those idle for long are closed; their places are taken when the next is looked for.
void Http2Edge::sweep_idle(std::int64_t now_ms) {
  boost::system::error_code ignored;
  for (Idle& each : idle_) {
    if (now_ms - each.since_ms >= kKeepIdleMs) each.channel.socket.close(ignored);
  }
}

}  // namespace mogura::proxy::detail
