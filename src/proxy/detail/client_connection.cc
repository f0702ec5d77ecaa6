#include "proxy/detail/client_connection.h"

#include <poll.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <chrono>

#include "base/bytes.h"
#include "proxy/detail/exchange.h"
#include "proxy/detail/socket_pair.h"
#include "proxy/detail/tunnel.h"

namespace mogura::proxy::detail {

namespace asio = boost::asio;

namespace {

// What a lingering close reads and throws away at most, and for how long.
constexpr std::size_t kLingerBytes = std::size_t{1} << 20;
constexpr Millis kLinger{2000};
// A client that was idle for so long lets others have its connection to the origin.
constexpr Millis kShareAfter{1000};
// Room for what comes behind a head, so that a head at its limit can be told from one beyond it.
constexpr std::size_t kBehindHead = 4096;

protocol::HeadLimits head_limits(const ProxyLimits& limits) {
  return {.head_bytes = limits.head_bytes, .target_bytes = limits.target_bytes, .fields = limits.fields};
}

}  // namespace

Timestamp wall_clock() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

ClientConnection::ClientConnection(Loop& loop, Socket socket, const Endpoint& client, const Endpoint& local,
                                   bool is_conversation)
    : loop_(loop),
      stream_(loop.sweeper, std::move(socket)),
      client_(client),
      local_(local),
      is_conversation_(is_conversation),
      number_(loop.shared().next_connection.fetch_add(1) * 2654435761U),
      settings_(loop.settings()),
      request_(head_limits(settings_->options.limits)),
      response_(head_limits(settings_->options.limits)) {
  if (loop.recorders() != nullptr && !is_conversation_)
    recorder_.emplace(*loop.recorders(), client_, local_, wall_clock());
  if (!is_conversation_) loop_.counters.connections.add();
  loop_.counters.connections_open.add();
  loop_.enlist(*this);
}

ClientConnection::~ClientConnection() {
  // TLS's goodbye is part of the session, and is written down while there is something to write into.
  stream_.close();
  finish_session();
  give_up_kept();
  loop_.delist(*this);
  loop_.shared().clients.leave(client_.address);
  loop_.counters.connections_open.subtract();
}

void ClientConnection::finish_session() {
  if (!recorder_) return;
  const session::FinishedPtr finished = recorder_->finish(wall_clock());
  if (finished != nullptr) loop_.shared().on_session(finished->session);
  recorder_.reset();
}

void ClientConnection::give_up_kept() {
  if (kept_.stream == nullptr) return;
  // What was opened for one client is not shared: its origin may know it by the connection.
  if (inside_) return kept_.stream.reset();
  loop_.pool().put(kept_.key,
                   {.socket = kept_.stream->release(), .server = kept_.server, .since = wall_clock()});
  kept_.stream.reset();
}

void ClientConnection::sweep(std::int64_t now_ms) {
  const bool is_shared = kept_.stream != nullptr && !inside_;
  if (is_idle_ && is_shared && now_ms - idle_since_ms_ >= kShareAfter.count()) give_up_kept();
  if (!awaits_answer_ || origin_ == nullptr) return;
  // A client that has reset its connection wants no answer; one that only closed its side may.
  pollfd client{.fd = stream_.socket().native_handle(), .events = 0, .revents = 0};
  if (poll(&client, 1, 0) > 0 && (client.revents & (POLLERR | POLLHUP)) != 0) cut();
}

void ClientConnection::wind_down() {
  is_winding_down_ = true;
  if (edge_ != nullptr) edge_->wind_down();
  if (is_idle_) stream_.cut();
}

void ClientConnection::cut() {
  stream_.cut();
  if (origin_ != nullptr) origin_->cut();
}

void ClientConnection::note_wire(session::Direction direction, std::string_view bytes) {
  const bool is_up = direction == session::Direction::kUp;
  (is_up ? loop_.counters.bytes_from_clients : loop_.counters.bytes_to_clients).add(bytes.size());
  if (recorder_) recorder_->on_data(direction, as_bytes(bytes), wall_clock());
}

Awaitable<void> ClientConnection::run(std::unique_ptr<ClientConnection> connection) {
  co_await connection->serve_all();
  connection->look_back();
  if (connection->lingers_) co_await connection->linger();
}

Awaitable<void> ClientConnection::serve_all() {
  if (!settings_->access->admits_client(client_.address)) {
    loop_.counters.refusals[static_cast<std::size_t>(Refusal::kClient)].add();
    write_error_page({.status = 403,
                      .refusal = Refusal::kClient,
                      .detail = "This client may not use the proxy.",
                      .name = settings_->options.name,
                      .now = wall_clock()},
                     head_);
    note(session::Direction::kDown, head_);
    lingers_ = co_await stream_.write(head_, settings_->options.timeouts.stall) == Io::kOk;
    co_return;
  }
  std::size_t head_bytes = 0;
  while (co_await read_head(head_bytes)) {
    is_idle_ = false;
    if (settings_ != loop_.settings()) {
      settings_ = loop_.settings();
      judged_ = {};  // what it remembers is another gate's
    }
    loop_.counters.requests.add();
    if (inside_ && !std::exchange(inside_->was_asked, true)) {
      loop_.shared().refused_hosts.served(client_.address, inside_->name);
    }
    Exchange exchange(*this, head_bytes);
    if (!co_await exchange.serve() || is_winding_down_) co_return;
    request_.forget();
    if (inside_ && inside_->speaks_http2 && !is_conversation_) co_return co_await serve_http2();
    is_idle_ = true;
    idle_since_ms_ = coarse_ms();
  }
}

Awaitable<Io> ClientConnection::read_more(Millis patience) {
  const std::span<char> room = inbox_.room(settings_->options.limits.head_bytes + kBehindHead);
  if (room.empty()) co_return Io::kError;
  const bool is_first = inbox_.empty();
  const Read got = co_await stream_.read(room.data(), room.size(), patience);
  client_ended_ = got.io == Io::kEnd || got.io == Io::kError;
  if (got.io != Io::kOk) co_return got.io;
  if (is_first) first_byte_ = wall_clock();
  inbox_.commit(got.bytes);
  note(session::Direction::kUp, {room.data(), got.bytes});
  co_return Io::kOk;
}

Awaitable<bool> ClientConnection::read_head(std::size_t& head_bytes) {
  const Timeouts& timeouts = settings_->options.timeouts;
  if (inbox_.empty() && co_await read_more(timeouts.idle) != Io::kOk) co_return false;
  const std::int64_t until = coarse_ms() + Millis(timeouts.head).count();
  while (true) {
    const protocol::HeadStep step = request_.parse(inbox_.view());
    if (step.kind == protocol::HeadStep::Kind::kDone) {
      head_bytes = step.head_bytes;
      co_return true;
    }
    is_idle_ = false;
    if (step.kind == protocol::HeadStep::Kind::kRefused) {
      if (is_no_http()) {
        co_await relay_inside();
        co_return false;
      }
      co_await refuse_head(step.refusal);
      co_return false;
    }
    const Io io = co_await read_more(Millis(std::max<std::int64_t>(1, until - coarse_ms())));
    if (io == Io::kTimeout) {
      loop_.counters.timeouts.add();
      co_await refuse_head(protocol::HeadRefusal::kNone);
    }
    if (io != Io::kOk) co_return false;
  }
}

Awaitable<void> ClientConnection::serve_http2() {
  Http2Edge edge(loop_.context, loop_.sweeper, stream_,
                 {.timeouts = settings_->options.timeouts, .limits = settings_->options.limits},
                 [this] { return converse(); });
  edge_ = &edge;
  loop_.counters.http2_clients.add();
  lingers_ = co_await edge.run({});
  edge_ = nullptr;
  client_ended_ = !lingers_;
  loop_.counters.http2_streams.add(edge.counts().streams);
  loop_.counters.http2_refused.add(edge.counts().refused_heads);
  loop_.counters.http2_floods.add(edge.counts().floods);
}

std::optional<Http2Edge::Channel> ClientConnection::converse() {
  if (!std::exchange(inside_->was_asked, true)) {
    loop_.shared().refused_hosts.served(client_.address, inside_->name);
  }
  auto pair = socket_pair(loop_.context);
  const bool may_open =
      pair && loop_.shared().clients.enter(client_.address, loop_.settings()->options.limits);
  if (!may_open) {
    const Refusal why = pair ? Refusal::kConnections : Refusal::kResources;
    loop_.counters.refusals[static_cast<std::size_t>(why)].add();
    return {};
  }
  auto inner = std::make_unique<ClientConnection>(loop_, std::move(pair->second), client_, local_, true);
  inner->inside_ = inside_;
  auto was_reset = std::make_shared<bool>(false);
  inner->stream_.tell_reset(was_reset);
  asio::co_spawn(loop_.context, run(std::move(inner)), asio::detached);
  return Http2Edge::Channel{std::move(pair->first), was_reset};
}

// Inside TLS there may be anything. Methods begin with a capital letter.
bool ClientConnection::is_no_http() const {
  if (!inside_ || inside_->was_asked || inside_->failure || kept_.stream == nullptr) return false;
  const char first = inbox_.view().front();
  return first < 'A' || first > 'Z';
}

Awaitable<void> ClientConnection::relay_inside() {
  inside_->was_asked = true;
  loop_.shared().refused_hosts.served(client_.address, inside_->name);
  const std::unique_ptr<Stream> origin = std::move(kept_.stream);
  origin_ = origin.get();
  Tunnel tunnel(*this, *origin);
  const std::string early(inbox_.view());
  co_await tunnel.run(early, {});
  origin_ = nullptr;
}

void ClientConnection::learn_bypass(const std::string& name, bool is_silent, std::string why) {
  const Duration keep = settings_->options.intercept.remember;
  const Timestamp now = wall_clock();
  if (!loop_.shared().refused_hosts.rejected(client_.address, name, is_silent, keep, now)) return;
  loop_.counters.bypasses_learned.add();
  LineFile* const file = loop_.shared().events.get();
  if (file == nullptr) return;
  line_.clear();
  const EventContext context{
      .time = now, .client = client_.address, .user_agent = {}, .host = name, .url = {}, .user = {}};
  write_event(context, BypassEvent{std::move(why), now + keep}, line_);
  file->write(line_);
}

// A program that looks at the certificate only when the handshake is over goes without a request.
void ClientConnection::look_back() {
  if (!inside_ || inside_->was_asked || inside_->failure || !client_ended_) return;
  const auto alert = stream_.tls()->alert();
  const bool says_so = alert && is_about_certificate(*alert);
  learn_bypass(inside_->name, !says_so,
               says_so ? "the client refused our certificate (" + alert_name(*alert) + ")"
                       : "the client went without a request, several times");
}

// kNone: it took too long.
Awaitable<void> ClientConnection::refuse_head(protocol::HeadRefusal refusal) {
  const bool is_late = refusal == protocol::HeadRefusal::kNone;
  ErrorPage page{.status = is_late ? 408 : protocol::status_for(refusal),
                 .refusal = is_late ? Refusal::kTimeout : Refusal::kHead,
                 .detail = is_late ? "The request's head did not arrive in time."
                                   : "The request's head is not understood in one way only: " +
                                         std::string(protocol::name_of(refusal)) + ".",
                 .name = settings_->options.name,
                 .now = wall_clock()};
  co_await Exchange::answer_without_request(*this, page, is_late ? "timeout" : protocol::name_of(refusal));
}

void ClientConnection::write_access(const AccessRecord& record) {
  LineFile* const file = loop_.shared().access_log.get();
  if (file == nullptr) return;
  line_.clear();
  const bool is_json = settings_->options.logs.access_format == LogFormat::kJson;
  is_json ? write_access_json(record, line_) : write_squid_line(record, line_);
  file->write(line_);
}

Awaitable<void> ClientConnection::linger() {
  stream_.shutdown_write();
  std::size_t thrown_away = 0;
  const std::int64_t until = coarse_ms() + kLinger.count();
  while (thrown_away < kLingerBytes) {
    const std::int64_t left = until - coarse_ms();
    if (left <= 0 || co_await stream_.readable(Millis(left)) != Io::kOk) co_return;
    const ssize_t got = stream_.try_read(loop_.scratch.data(), loop_.scratch.size());
    if (got == 0 || (got < 0 && !would_block())) co_return;
    thrown_away += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
  }
}

}  // namespace mogura::proxy::detail
