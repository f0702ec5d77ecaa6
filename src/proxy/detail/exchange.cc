#include "proxy/detail/exchange.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "base/text.h"
#include "proxy/detail/forward.h"

namespace mogura::proxy::detail {

namespace asio = boost::asio;
using protocol::Framing;
using session::Direction;

namespace {

Refusal refusal_of(ConnectFailure failure) {
  switch (failure) {
    case ConnectFailure::kNone:
    case ConnectFailure::kRefused:
      return Refusal::kConnect;
    case ConnectFailure::kName:
      return Refusal::kName;
    case ConnectFailure::kForbidden:
      return Refusal::kDestination;
    case ConnectFailure::kTimeout:
      return Refusal::kConnectTimeout;
    case ConnectFailure::kResources:
      return Refusal::kResources;
  }
  return Refusal::kConnect;
}

// RFC 9110 §9.2.2.
bool is_idempotent(std::string_view method) {
  for (const std::string_view each : {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"}) {
    if (method == each) return true;
  }
  return false;
}

constexpr std::string_view kEstablished = "HTTP/1.1 200 Connection established\r\n\r\n";

}  // namespace

Exchange::Exchange(ClientConnection& connection, std::size_t head_bytes)
    : connection_(connection),
      loop_(connection.loop_),
      settings_(connection.settings_),
      request_(connection.request_),
      head_bytes_(head_bytes),
      began_(connection.first_byte_),
      is_connect_(request_.form() == protocol::TargetForm::kAuthority) {
  bytes_up_ = head_bytes;
  connection_.content_type_.clear();
  upload_over_ = request_.framing().kind == Framing::Kind::kNone;
  upload_left_ = request_.framing().length;
  if (request_.framing().kind == Framing::Kind::kLength && upload_left_ == 0) upload_over_ = true;
}

Exchange::~Exchange() {
  connection_.origin_ = nullptr;
}

Awaitable<bool> Exchange::serve() {
  refused_ = check();
  if (!refused_ && co_await check_credentials()) {
    co_await judge();
    if (connection_.judged_.blocks) {
      refused_ = Refused{Refusal::kSuspicious,
                         "This program has been asked to show that it is a browser, and did not."};
    }
  }
  bool goes_on = false;
  if (refused_) {
    goes_on = co_await refuse(std::move(*refused_));
  } else if (connection_.judged_.own_answer != challenge::OwnAnswer::kNone) {
    goes_on = co_await answer_here();
  } else {
    goes_on = co_await relay();
  }
  write_access(wall_clock());
  if (!goes_on) co_return false;
  connection_.inbox_.consume(head_bytes_ + inbox_body_);
  if (!behind_.empty()) connection_.inbox_.append(behind_);
  co_return true;
}

Awaitable<bool> Exchange::refuse(Refused refused) {
  refused_ = std::move(refused);
  loop_.counters.refusals[static_cast<std::size_t>(refused_->why)].add();
  const bool is_answered_here = refused_->why == Refusal::kMaxForwards;
  const bool keeps = upload_over_ && !upload_began_ && request_.wants_keep_alive() &&
                     !connection_.is_winding_down_ &&
                     (refused_->why == Refusal::kCredentials || is_answered_here || !is_connect_);
  status_ = status_of(refused_->why);
  result_ = is_answered_here ? "NONE_NONE" : status_ == 403 || status_ == 407 ? "TCP_DENIED" : "NONE_NONE";
  std::string& page = connection_.head_;
  page.clear();
  connection_.line_.clear();
  // Who is refused for a cookie that did not come back gets it once more, and so a way out.
  const bool is_blocked = refused_->why == Refusal::kSuspicious;
  const std::string_view cookie =
      is_blocked ? settings_->gate->on_refusal(wall_clock(), connection_.judged_, connection_.line_) : "";
  write_error_page({.status = status_,
                    .refusal = refused_->why,
                    .detail = refused_->detail,
                    .name = settings_->options.name,
                    .realm = settings_->options.access.realm,
                    .insert = cookie,
                    .keep_alive = keeps,
                    .without_body = request_.method() == "HEAD",
                    .now = wall_clock()},
                   page);
  if (connection_.judged_.inserted) tell_inserted();
  const Io io = co_await to_client(page, {});
  if (io == Io::kOk) tell_delivered();
  connection_.lingers_ = io == Io::kOk && !keeps;
  co_return io == Io::kOk&& keeps;
}

Awaitable<bool> Exchange::answer_here() {
  const bool keeps = upload_over_ && request_.wants_keep_alive() && !connection_.is_winding_down_;
  status_ = challenge::status_of(connection_.judged_.own_answer);
  result_ = "NONE_NONE";
  std::string& head = connection_.head_;
  head.clear();
  settings_->gate->on_own_answer(wall_clock(), connection_.judged_, head);
  if (!keeps) {
    head += "Connection: close\r\n";
  } else if (request_.minor_version() == 0) {
    head += "Connection: keep-alive\r\n";
  }
  head += "\r\n";
  if (connection_.judged_.inserted) tell_inserted();
  write_events(true);
  const Io io = co_await to_client(head, {});
  if (io == Io::kOk) tell_delivered();
  connection_.lingers_ = io == Io::kOk && !keeps;
  co_return io == Io::kOk&& keeps;
}

Awaitable<void> Exchange::answer_without_request(ClientConnection& connection, const ErrorPage& page,
                                                 std::string_view why) {
  Counters& counters = connection.loop_.counters;
  counters.refusals[static_cast<std::size_t>(page.refusal)].add();
  connection.head_.clear();
  write_error_page(page, connection.head_);
  connection.note(Direction::kDown, connection.head_);
  const Timestamp now = wall_clock();
  const AccessRecord record{.time = now,
                            .elapsed = now - connection.first_byte_,
                            .client = connection.client_,
                            .server = {},
                            .result = "NONE_NONE",
                            .status = page.status,
                            .bytes_down = connection.head_.size(),
                            .bytes_up = connection.inbox_.view().size(),
                            .method = "NONE",
                            .url = "error:invalid-request",
                            .user = {},
                            .user_agent = {},
                            .content_type = "text/html",
                            .host = {},
                            .via_parent = false,
                            .refusal = why};
  connection.write_access(record);
  const auto stall = connection.settings_->options.timeouts.stall;
  connection.lingers_ = co_await connection.stream_.write(connection.head_, stall) == Io::kOk;
}

bool Exchange::may_retry() const {
  return is_reused_ && !anything_came_ && !upload_began_ && upload_over_ && is_idempotent(request_.method());
}

// True: origin_ is there. False: refused_ says why not.
Awaitable<bool> Exchange::connect(bool may_reuse) {
  is_reused_ = false;
  std::string& key = connection_.pool_key_;
  if (const auto& inside = connection_.inside_) {
    key.assign("https ").append(inside->host).append(1, ':').append(std::to_string(inside->port));
    // The one that was made while the tunnel was opened waits for any request.
    if ((may_reuse || connection_.kept_.is_fresh) && take_kept()) co_return true;
    if (!request_.wants_upgrade() && take_http2()) co_return true;
    if (!co_await connect_to(inside->host, inside->port, true)) co_return false;
    const std::vector<std::string> protocols = protocols_inside();
    if (!co_await secure_origin(*inside->interception, inside->name, protocols)) co_return false;
    co_return share_http2();
  }
  const bool to_parent = !settings_->parent_host.empty();
  const std::string& host = to_parent ? settings_->parent_host : request_.authority().host;
  const std::uint16_t port = to_parent ? settings_->parent_port : port_;
  key.assign(host).append(1, ':').append(std::to_string(port));
  if (may_reuse && take_kept()) co_return true;
  co_return co_await connect_to(host, port, !to_parent);
}

Awaitable<bool> Exchange::connect_to(std::string host, std::uint16_t port, bool checks_destination) {
  loop_.counters.upstream_connects.add();
  const std::shared_ptr<Route> route = loop_.route();
  Connected connected = co_await route->connector.connect(std::move(host), port, checks_destination);
  if (connected.failure != ConnectFailure::kNone) {
    refused_ = Refused{refusal_of(connected.failure), std::move(connected.cause)};
    co_return false;
  }
  server_ = connected.server;
  use(std::make_unique<Stream>(loop_.sweeper, std::move(connected.socket)));
  co_return true;
}

void Exchange::forward_head() {
  ForwardOptions options;
  options.via_name = settings_->options.name;
  options.loop_mark = settings_->loop_mark;
  options.to_parent = !settings_->parent_host.empty();
  options.keeps_proxy_authorization = options.to_parent && !settings_->access->needs_credentials();
  const std::string client =
      settings_->options.forwarded_for ? connection_.client_.address.to_string() : std::string();
  options.forwarded_for = client;
  if (connection_.judged_.strips) options.strips = settings_->gate.get();
  connection_.head_.clear();
  forward_request(request_, options, true, connection_.head_);
}

Awaitable<bool> Exchange::relay() {
  // What cannot be sent twice is not sent on a connection that may just be closing.
  const bool may_reuse =
      !is_connect_ && !request_.wants_upgrade() && upload_over_ && is_idempotent(request_.method());
  if (!co_await connect(may_reuse)) co_return co_await refuse(std::move(*refused_));
  if (is_connect_ && settings_->parent_host.empty()) co_return co_await start_tunnel();
  Answer answer = co_await try_once();
  if (answer == Answer::kNothing && may_retry()) {
    loop_.counters.upstream_retries.add();
    use(nullptr);
    if (!co_await connect(false)) co_return co_await refuse(std::move(*refused_));
    answer = co_await try_once();
  }
  co_return co_await conclude(answer);
}

Awaitable<Exchange::Answer> Exchange::try_once() {
  forward_head();
  const Io io = co_await send_request();
  if (io == Io::kTimeout || io == Io::kCut) co_return Answer::kNothing;
  // An origin that reads no further may have said why.
  co_return co_await relay_answer();
}

Awaitable<bool> Exchange::start_tunnel() {
  status_ = 200;
  result_ = "TCP_TUNNEL";
  if (co_await to_client(kEstablished, {}) != Io::kOk) co_return false;
  std::string early(connection_.inbox_.view().substr(head_bytes_));
  if (settings_->interception != nullptr) co_return co_await intercept(std::move(early));
  const std::string_view from_client = early, nothing;
  co_await run_tunnel(from_client, nothing);
  co_return false;
}

// After the answer: waits for an upload still under way, keeps or closes the connections.
Awaitable<bool> Exchange::conclude(Answer answer) {
  if (upload_done_) {
    upload_abandoned_ = !upload_over_;
    if (upload_abandoned_) {
      connection_.stream_.interrupt();
      origin_->cut();
    }
    co_await upload_done_->wait();
  }
  switch (answer) {
    case Answer::kDone:
      break;
    case Answer::kSwitched:
      co_return false;
    case Answer::kNothing:
      if (!refused_)
        refused_ = Refused{Refusal::kResponse, "The server closed the connection without an answer."};
      co_return co_await refuse(std::move(*refused_));
    case Answer::kRefused:
      co_return co_await refuse(std::move(*refused_));
    case Answer::kBroken:
      loop_.counters.aborted.add();
      result_ = "TCP_MISS_ABORTED";
      // A length or chunks show by themselves that something is missing; earlier answers must still arrive.
      if (is_until_close_) connection_.stream_.reset_on_close();
      connection_.lingers_ = !is_until_close_;
      co_return false;
  }
  loop_.counters.responses.add();
  const bool is_clean = upload_over_ && !upload_failed_;
  if (origin_keep_alive_ && is_clean) keep_origin();
  connection_.lingers_ = !client_keep_alive_ || !is_clean;
  co_return client_keep_alive_&& is_clean && !connection_.is_winding_down_;
}

void Exchange::use(std::unique_ptr<Stream> origin) {
  origin_ = std::move(origin);
  connection_.origin_ = origin_.get();
}

// The connection of this client's last request, or one that another client has left.
bool Exchange::take_kept() {
  const std::string& key = connection_.pool_key_;
  ClientConnection::Kept& kept = connection_.kept_;
  if (kept.stream != nullptr && kept.key != key) connection_.give_up_kept();
  TlsLayer* const tls = kept.stream != nullptr ? kept.stream->tls() : nullptr;
  const bool is_good = tls != nullptr ? tls->is_open_and_silent()
                                      : kept.stream != nullptr && is_open_and_silent(kept.stream->socket());
  if (is_good) {
    server_ = kept.server;
    use(std::move(kept.stream));
    if (std::exchange(kept.is_fresh, false)) return true;
  } else if (auto idle = loop_.pool().take(key, wall_clock())) {
    kept.stream.reset();
    server_ = idle->server;
    use(std::make_unique<Stream>(loop_.sweeper, std::move(idle->socket)));
  } else {
    kept.stream.reset();
    return false;
  }
  loop_.counters.upstream_reuses.add();
  is_reused_ = true;
  return true;
}

void Exchange::keep_origin() {
  connection_.origin_ = nullptr;
  connection_.give_up_kept();
  connection_.kept_.stream = std::move(origin_);
  connection_.kept_.server = server_;
  connection_.kept_.key.assign(connection_.pool_key_);
  connection_.kept_.is_fresh = false;
}

}  // namespace mogura::proxy::detail
