#include "proxy/detail/tunnel.h"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <string>

namespace mogura::proxy::detail {

namespace asio = boost::asio;
using session::Direction;

namespace {

// So many reads in a row before others get their turn.
constexpr unsigned kReadsAtOnce = 16;
// What comes at once of a busy direction.
constexpr std::size_t kBulk = std::size_t{32} << 10;

}  // namespace

Tunnel::Tunnel(ClientConnection& connection, Stream& origin)
    : connection_(connection),
      loop_(connection.loop_),
      client_(connection.stream_),
      origin_(origin),
      timeouts_(connection.settings_->options.timeouts),
      up_is_over_(loop_.context) {
  loop_.counters.tunnels.add();
  loop_.counters.tunnels_open.add();
}

Tunnel::~Tunnel() {
  loop_.counters.tunnels_open.subtract();
}

void Tunnel::guard(std::unique_ptr<TunnelGuard> guard, Tell tell) {
  guard_ = std::move(guard);
  tell_ = std::move(tell);
}

Awaitable<void> Tunnel::run(std::string_view from_client, std::string_view from_origin) {
  asio::co_spawn(loop_.context, up(std::string(from_client)), asio::detached);
  const std::string early(from_origin);
  connection_.answer_.release();
  co_await pump(Direction::kDown, early);
  co_await up_is_over_.wait();
}

Awaitable<void> Tunnel::up(std::string early) {
  co_await pump(Direction::kUp, early);
  up_is_over_.set();
}

Awaitable<Io> Tunnel::pass(Stream& to, Direction direction, std::string_view bytes) {
  const bool is_up = direction == Direction::kUp;
  if (!is_up) connection_.note(direction, bytes);
  (is_up ? loop_.counters.bytes_to_origins : loop_.counters.bytes_from_origins).add(bytes.size());
  bytes_[static_cast<std::size_t>(direction)] += bytes.size();
  co_return (co_await to.pass(bytes, timeouts_.tunnel_idle)).io;
}

Awaitable<Io> Tunnel::pass_guarded(Stream& to, Direction direction, std::string_view bytes) {
  if (guard_ == nullptr) co_return co_await pass(to, direction, bytes);
  bytes = guard_->look(direction, bytes, wall_clock());
  if (is_cut_by_guard()) co_return Io::kCut;
  Io io = Io::kOk;
  if (!bytes.empty()) io = co_await pass(to, direction, bytes);
  // The other direction may have ended it meanwhile.
  if (guard_ != nullptr && guard_->is_over()) guard_.reset();
  co_return io;
}

Awaitable<Io> Tunnel::release(Stream& to, Direction direction) {
  const std::string bytes(guard_->give_up(direction));
  if (is_cut_by_guard()) co_return Io::kCut;
  if (bytes.empty()) co_return Io::kOk;
  co_return co_await pass(to, direction, bytes);
}

bool Tunnel::is_cut_by_guard() {
  const TunnelGuard::News news = guard_->news();
  if (news.is_any()) tell_(*guard_, news);
  return guard_->blocks();
}

Awaitable<void> Tunnel::pump(Direction direction, std::string_view early) {
  const bool is_up = direction == Direction::kUp;
  Stream& from = is_up ? client_ : origin_;
  Stream& to = is_up ? origin_ : client_;
  const std::size_t most = std::min(loop_.scratch.size(), connection_.settings_->options.limits.held_bytes);
  // Inside the kernel nobody encrypts.
  const bool is_clear = !from.is_encrypted() && !to.is_encrypted();
  bool is_bulk = false;
  Io io = early.empty() ? Io::kOk : co_await pass_guarded(to, direction, early);
  for (unsigned turns = 1; io == Io::kOk; ++turns) {
    if (is_bulk) {
      const Spell spell = co_await move(from, to, direction);
      io = spell.io;
      is_bulk = spell.bytes >= kBulk;
      if (io == Io::kOk) io = co_await from.readable(patience(direction));
      continue;
    }
    const ssize_t got = from.try_read(loop_.scratch.data(), most);
    if (got > 0) {
      const std::string_view bytes(loop_.scratch.data(), static_cast<std::size_t>(got));
      if (is_up) connection_.note(direction, bytes);
      io = co_await pass_guarded(to, direction, bytes);
      to.extend_read(patience(direction));
      // What a session is made of has to be seen; without one, much at once need not come by here.
      is_bulk = bytes.size() >= kBulk && !connection_.recorder_ && guard_ == nullptr && is_clear;
      if (turns % kReadsAtOnce == 0) co_await asio::post(loop_.context, kAwait);
      continue;
    }
    if (got == 0) io = Io::kEnd;
    if (got < 0 && !would_block()) io = Io::kError;
    if (io == Io::kOk) {
      const bool is_held = holds(direction);
      io =
          co_await from.readable(is_held ? connection_.settings_->options.tunnels.hold : patience(direction));
      if (io == Io::kTimeout && holds(direction)) io = co_await release(to, direction);
    } else if (io == Io::kEnd && holds(direction)) {
      const Io released = co_await release(to, direction);
      if (released != Io::kOk) io = released;
    }
  }
  end(direction, io);
}

Millis Tunnel::patience(Direction direction) const {
  const bool other_is_over = is_over_[direction == Direction::kUp ? 1 : 0];
  return other_is_over ? timeouts_.tunnel_half_closed : timeouts_.tunnel_idle;
}

// Until nothing is there to be read, by a pipe inside the kernel.
Awaitable<Tunnel::Spell> Tunnel::move(Stream& from, Stream& to, Direction direction) {
  Spell spell;
  Pipe pipe = loop_.pipes.take();
  if (!pipe.is_open()) co_return spell;
  const bool is_up = direction == Direction::kUp;
  Counters& counters = loop_.counters;
  for (unsigned turns = 1; spell.io == Io::kOk; ++turns) {
    if (from.is_cut()) co_return Spell{Io::kCut, spell.bytes};
    const long got = pipe.fill(from.socket().native_handle());
    if (got < 0 && would_block()) break;
    if (got <= 0) spell.io = got == 0 ? Io::kEnd : Io::kError;
    while (pipe.held() != 0 && spell.io == Io::kOk) {
      const long gone = pipe.drain(to.socket().native_handle());
      if (gone > 0) continue;
      spell.io = would_block() ? co_await to.writable(timeouts_.tunnel_idle) : Io::kError;
    }
    const auto count = static_cast<std::uint64_t>(std::max(got, 0L));
    spell.bytes += count;
    bytes_[static_cast<std::size_t>(direction)] += count;
    (is_up ? counters.bytes_from_clients : counters.bytes_from_origins).add(count);
    (is_up ? counters.bytes_to_origins : counters.bytes_to_clients).add(count);
    to.extend_read(patience(direction));
    if (turns % kReadsAtOnce == 0) co_await asio::post(loop_.context, kAwait);
  }
  loop_.pipes.give(std::move(pipe));
  co_return spell;
}

// A half-close goes on as one; anything else ends both directions, with a reset where there was one.
void Tunnel::end(Direction direction, Io how) {
  const bool is_up = direction == Direction::kUp;
  Stream& to = is_up ? origin_ : client_;
  is_over_[static_cast<std::size_t>(direction)] = true;
  if (how == Io::kEnd) {
    (is_up ? client_ : origin_).pass_on_end(to);
    to.shutdown_write();
    // The other direction has less time from now on.
    to.extend_read(timeouts_.tunnel_half_closed);
    return;
  }
  if (how == Io::kTimeout) loop_.counters.timeouts.add();
  if (how == Io::kError) {
    client_.reset_on_close();
    origin_.reset_on_close();
  }
  client_.cut();
  origin_.cut();
}

}  // namespace mogura::proxy::detail
