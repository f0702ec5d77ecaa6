#include "proxy/detail/http2_origin.h"

#include <poll.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "proxy/detail/socket_pair.h"

namespace mogura::proxy::detail {

namespace asio = boost::asio;
using http2::ExchangeId;

namespace {

constexpr unsigned kReadsAtOnce = 16;
// Sockets at once, those that wait for their next request counted.
constexpr std::size_t kChannels = 256;
// What may be under way to us, of one response and of all: enough for 100 ms at 80 Mbit/s and 320 Mbit/s.
constexpr std::uint32_t kStreamWindow = std::uint32_t{1} << 20;
constexpr std::uint32_t kConnectionWindow = std::uint32_t{4} << 20;

http2::ClientOptions client_options(const Http2OriginOptions& options) {
  http2::ClientOptions made;
  made.scheme = options.scheme;
  made.bounds.head_bytes = options.limits.head_bytes;
  made.bounds.fields = options.limits.fields;
  made.bounds.held_bytes = options.limits.held_bytes;
  made.bounds.stream_window = kStreamWindow;
  made.bounds.connection_window = kConnectionWindow;
  return made;
}

}  // namespace

struct Http2Origin::Channel {
  Channel(Http2Origin& origin, Socket socket)
      : stream(origin.sweeper_, std::move(socket)),
        has_news(origin.context_),
        has_room(origin.context_),
        upload_is_over(origin.context_) {}
  Stream stream;
  Wakeup has_news, has_room;  // for download() and upload()
  SignalEvent upload_is_over;
  ExchangeId exchange = 0;  // of the request under way; 0: none
  bool request_is_over = false;
};

std::shared_ptr<Http2Origin> Http2Origin::start(asio::io_context& context, Sweeper& sweeper,
                                                std::unique_ptr<Stream> origin, const Endpoint& server,
                                                const Http2OriginOptions& options) {
  std::shared_ptr<Http2Origin> made(new Http2Origin(context, sweeper, std::move(origin), server, options));
  asio::co_spawn(context, run(made), asio::detached);
  return made;
}

Http2Origin::Http2Origin(asio::io_context& context, Sweeper& sweeper, std::unique_ptr<Stream> origin,
                         const Endpoint& server, const Http2OriginOptions& options)
    : Swept(sweeper),
      context_(context),
      sweeper_(sweeper),
      origin_(std::move(origin)),
      server_(server),
      options_(options),
      client_(client_options(options)),
      has_output_(context),
      writer_is_over_(context),
      idle_since_ms_(coarse_ms()) {}

Http2Origin::~Http2Origin() = default;

std::optional<Socket> Http2Origin::open() {
  if (is_over_ || has_finished_ || channels_.size() >= kChannels || !client_.has_room()) return {};
  auto pair = socket_pair(context_);
  if (!pair) return {};
  channels_.push_back(std::make_unique<Channel>(*this, std::move(pair->first)));
  asio::co_spawn(context_, serve(shared_from_this(), channels_.back().get()), asio::detached);
  return std::move(pair->second);
}

Awaitable<void> Http2Origin::run(std::shared_ptr<Http2Origin> self) {
  asio::co_spawn(self->context_, write(self), asio::detached);
  co_await self->read_all();
  self->is_over_ = true;
  self->has_output_.notify();
  co_await self->writer_is_over_.wait();
  self->origin_->close();
  self->client_.lose();
  self->attend();
  for (const auto& channel : self->channels_) {
    channel->has_news.notify();
    channel->has_room.notify();
  }
  self->release_idle();
}

Awaitable<void> Http2Origin::read_all() {
  bool goes_on = true;
  for (unsigned turns = 1; goes_on && !is_over_; ++turns) {
    const ssize_t got = origin_->try_read(piece_.data(), piece_.size());
    if (got == 0 || (got < 0 && !would_block())) break;
    if (got > 0) {
      goes_on = client_.receive({piece_.data(), static_cast<std::size_t>(got)}, coarse_ms());
      attend();
      has_output_.notify();
      if (turns % kReadsAtOnce == 0) co_await asio::post(context_, kAwait);
    } else if (co_await origin_->readable(Millis(0)) != Io::kOk) {
      break;
    }
  }
  if (goes_on && !is_over_) origin_->cut();
}

Awaitable<void> Http2Origin::write(std::shared_ptr<Http2Origin> self) {
  std::string out;
  while (true) {
    out.clear();
    self->client_.write(out, kPiece);
    self->attend();
    if (out.empty()) {
      if (self->is_over_ || self->client_.is_over()) break;
      co_await self->has_output_.wait();
      continue;
    }
    if (co_await self->origin_->write(out, self->options_.timeouts.stall) != Io::kOk) {
      self->origin_->cut();
      break;
    }
  }
  if (!self->is_over_) self->origin_->interrupt();
  self->is_over_ = true;
  self->writer_is_over_.set();
}

void Http2Origin::attend() {
  changed_.clear();
  client_.take_changed(changed_);
  for (const ExchangeId id : changed_) {
    const auto found = by_exchange_.find(id);
    if (found == by_exchange_.end()) continue;
    found->second->has_news.notify();
    found->second->has_room.notify();
  }
  if (client_.is_going()) release_idle();
}

// Those who keep a socket for their next request see that it is of no use.
void Http2Origin::release_idle() {
  for (const auto& channel : channels_) {
    if (channel->exchange != 0) continue;
    channel->stream.cut();
    channel->has_news.notify();
  }
}

Awaitable<void> Http2Origin::serve(std::shared_ptr<Http2Origin> self, Channel* channel) {
  asio::co_spawn(self->context_, upload(self, channel), asio::detached);
  co_await self->download(*channel);
  channel->stream.cut();
  channel->has_room.notify();
  co_await channel->upload_is_over.wait();
  if (channel->exchange != 0) {
    self->by_exchange_.erase(channel->exchange);
    self->client_.end(channel->exchange);
    self->has_output_.notify();
  }
  self->channels_.remove_if([channel](const auto& each) { return each.get() == channel; });
  self->idle_since_ms_ = coarse_ms();
}

// The requests, one after the other.
Awaitable<void> Http2Origin::upload(std::shared_ptr<Http2Origin> self, Channel* channel) {
  while (!channel->stream.is_cut()) {
    const bool has_begun = channel->exchange != 0;
    const std::size_t room = has_begun ? self->client_.request_room(channel->exchange) : kPiece;
    if (has_begun && !channel->request_is_over && room == 0) {
      co_await channel->has_room.wait();
      continue;
    }
    // Behind a request nothing is expected before its response's end but that nobody waits for it any more.
    const bool waits = co_await channel->stream.readable(Millis(0)) == Io::kOk;
    if (!waits || channel->stream.is_cut() || (channel->exchange != 0 && channel->request_is_over)) break;
    const ssize_t got =
        channel->stream.try_read(self->piece_.data(), std::min(std::max<std::size_t>(room, 1), kPiece));
    if (got < 0 && would_block()) continue;
    if (got <= 0) break;
    if (!self->take_request(*channel, {self->piece_.data(), static_cast<std::size_t>(got)})) break;
  }
  channel->stream.cut();
  channel->has_news.notify();
  channel->upload_is_over.set();
}

bool Http2Origin::take_request(Channel& channel, std::string_view bytes) {
  if (channel.exchange == 0) {
    if (is_over_ || has_finished_) return false;
    channel.exchange = client_.begin();
    by_exchange_[channel.exchange] = &channel;
  }
  const http2::Client::Given given = client_.give_request(channel.exchange, bytes);
  channel.request_is_over = given.request == http2::Client::Request::kWhole;
  has_output_.notify();
  return given.request != http2::Client::Request::kRefused && given.bytes == bytes.size();
}

// The responses, one after the other.
Awaitable<void> Http2Origin::download(Channel& channel) {
  while (!channel.stream.is_cut()) {
    const ExchangeId id = channel.exchange;
    const std::string_view bytes = id == 0 ? std::string_view() : client_.response(id);
    if (!bytes.empty()) {
      if (co_await channel.stream.write(bytes, Millis(0)) != Io::kOk) co_return;
      client_.took_response(id, bytes.size());
      has_output_.notify();
    } else if (id != 0 && client_.is_response_whole(id)) {
      // One that came before its request's end leaves this socket within a request.
      if (!channel.request_is_over) co_return;
      by_exchange_.erase(id);
      client_.end(id);
      has_output_.notify();
      channel.exchange = 0;
      channel.request_is_over = false;
      idle_since_ms_ = coarse_ms();
      if (client_.is_going()) co_return;
    } else if ((id != 0 && client_.is_gone(id)) || (id == 0 && is_over_)) {
      co_return;
    } else {
      co_await channel.has_news.wait();
    }
  }
}

void Http2Origin::wind_down() {
  if (std::exchange(has_finished_, true)) return;
  client_.finish();
  release_idle();
  has_output_.notify();
}

void Http2Origin::cut() {
  origin_->cut();
}

void Http2Origin::sweep(std::int64_t now_ms) {
  if (channels_.empty() && !is_over_ && now_ms - idle_since_ms_ >= options_.idle.count()) wind_down();
  for (const auto& channel : channels_) {
    // Who has closed its end while the origin takes nothing more would not be noticed.
    pollfd end{.fd = channel->stream.socket().native_handle(), .events = 0, .revents = 0};
    if (channel->exchange != 0 && poll(&end, 1, 0) > 0 && (end.revents & (POLLERR | POLLHUP)) != 0) {
      channel->stream.cut();
      channel->has_news.notify();
      channel->has_room.notify();
    }
  }
}

}  // namespace mogura::proxy::detail
