// HTTPS that is opened. The CONNECT is answered, the client's hello is read, and only then is decided; the
// origin is asked before the client is answered, so that what is wrong with it is known, and a tunnel can
// still become one like any other.
//
//   hello ─┬─ listed, learned, no TLS, silent … ─────────────────────► tunnel
//          └─► origin: TLS, verified ─┬─ wants the client's certificate ─► tunnel, over a new connection
//                                     ├─ failed ─► client: TLS ─► 502 to each request (or the end)
//                                     └─► client: TLS ─┬─► requests
//                                                      └─ refused ─► learned

#include <algorithm>

#include "proxy/detail/client_hello.h"
#include "proxy/detail/exchange.h"

namespace mogura::proxy::detail {

using certificate::Fault;
using session::Direction;

namespace {

// A hello may come in pieces, and none is larger (Limits::handshake_bytes, with its records' headers).
constexpr std::size_t kHelloBytes = std::size_t{80} << 10;

}  // namespace

// One piece more. False: nothing came, or the client is gone.
Awaitable<bool> Exchange::read_early(std::string& early, Millis patience) {
  Stream& client = connection_.stream_;
  const std::int64_t until = coarse_ms() + patience.count();
  while (true) {
    const ssize_t got = client.try_read(loop_.scratch.data(), loop_.scratch.size());
    if (got > 0) {
      const std::string_view bytes(loop_.scratch.data(), static_cast<std::size_t>(got));
      connection_.note(Direction::kUp, bytes);
      bytes_up_ += bytes.size();
      early += bytes;
      co_return true;
    }
    if (got == 0 || !would_block()) co_return false;
    const Millis left(until - coarse_ms());
    if (left.count() <= 0 || co_await client.readable(left) != Io::kOk) co_return false;
  }
}

// Nothing: it is to be opened, as `opening` says.
Awaitable<std::optional<Unopened>> Exchange::look_inside(std::string& early, Opening& opening) {
  const Interception& interception = *settings_->interception;
  const std::string& host = request_.authority().host;
  if (interception.bypass(host, {}, began_) != nullptr) co_return Unopened::kListed;
  protocol::ClientHello hello;
  FirstBytes first = look_at(early, hello);
  const std::int64_t until = coarse_ms() + Millis(settings_->options.timeouts.head).count();
  while (first == FirstBytes::kNeedMore && early.size() < kHelloBytes) {
    // Each piece soon, and all of them in the time of a head.
    const Millis left(std::max<std::int64_t>(0, until - coarse_ms()));
    if (!co_await read_early(early, std::min<Millis>(left, settings_->options.intercept.hello))) {
      co_return early.empty() ? Unopened::kSilent : Unopened::kNotTls;
    }
    first = look_at(early, hello);
  }
  if (first != FirstBytes::kHello) co_return Unopened::kNotTls;
  // What can be no name, as one with its port behind, which programs in Go send, counts as none: it must not
  // keep a tunnel closed.
  auto name = certificate::certifiable_name(hello.server_name);
  if (!name) name = certificate::certifiable_name(host);
  if (!name) co_return Unopened::kName;
  if (interception.bypass(host, *name, began_) != nullptr) co_return Unopened::kListed;
  if (loop_.shared().refused_hosts.is_bypassed(connection_.client_.address, *name, began_)) {
    co_return Unopened::kLearned;
  }
  auto protocols = relayable(hello.alpn);
  if (!protocols) co_return Unopened::kProtocol;
  opening = {.name = *name, .protocols = std::move(*protocols), .hello = std::move(hello)};
  co_return std::nullopt;
}

Awaitable<bool> Exchange::intercept(std::string early) {
  const std::shared_ptr<const Interception> interception = settings_->interception;
  const std::size_t early_in_inbox = early.size();
  Opening opening;
  if (const auto unopened = co_await look_inside(early, opening)) {
    loop_.counters.unopened[static_cast<std::size_t>(*unopened)].add();
    co_await run_tunnel(early, std::string_view());
    co_return false;
  }
  connection_.pool_key_.assign("https ").append(request_.authority().host).append(1, ':');
  connection_.pool_key_.append(std::to_string(port_));
  const bool is_good = co_await secure_origin(*interception, opening.name, opening.protocols);
  if (origin_->tls()->was_asked_for_certificate()) co_return co_await leave_alone(early, opening.name);
  result_ = "NONE_NONE";
  if (!is_good && settings_->options.intercept.failure == InterceptFailure::kClose) {
    loop_.counters.refusals[static_cast<std::size_t>(refused_->why)].add();
    co_return false;
  }
  // The client is answered what the origin chose, so that both speak as they would without us. Where there is
  // no origin, the page goes the plain way if it can.
  opening.chosen = is_good ? origin_->tls()->protocol() : std::string();
  const bool takes_plain = std::ranges::find(opening.protocols, "http/1.1") != opening.protocols.end();
  if (opening.chosen.empty() && !opening.protocols.empty())
    opening.chosen = takes_plain ? "http/1.1" : opening.protocols.front();
  if (!co_await secure_client(*interception, early, opening)) co_return false;
  auto& inside = connection_.inside_.emplace();
  inside.interception = interception;
  inside.host = request_.authority().host;
  inside.port = port_;
  inside.name = std::move(opening.name);
  inside.origins = std::make_shared<Http2Origins>();
  inside.speaks_http2 = connection_.stream_.tls()->protocol() == "h2";
  // To a client of HTTP/1.1 an origin stays one: WebSocket is there.
  if (inside.speaks_http2 || opening.protocols.empty())
    inside.protocols = std::move(opening.protocols);
  else
    inside.protocols = {"http/1.1"};
  inside.user = user_;
  inside.hello = std::make_shared<std::optional<protocol::ClientHello>>(std::move(opening.hello));
  if (is_good && inside.speaks_http2) {
    if (!share_http2()) co_return false;
    use(nullptr);
  } else if (is_good) {
    keep_origin();
    connection_.kept_.is_fresh = true;
  } else {
    inside.failure.emplace(refused_->why, refused_->detail);
    use(nullptr);
  }
  loop_.counters.opened.add();
  inbox_body_ = early_in_inbox;
  co_return true;
}

// The handshake with the origin is over, and another one would be the same: what the client said goes to a
// new connection, on which it can show its certificate itself.
Awaitable<bool> Exchange::leave_alone(std::string early, const std::string& name) {
  loop_.counters.unopened[static_cast<std::size_t>(Unopened::kClientCertificate)].add();
  connection_.learn_bypass(name, false, "the server asks for the client's certificate");
  refused_.reset();
  const std::string host = request_.authority().host;
  if (!co_await connect_to(host, port_, true)) co_return false;
  co_await run_tunnel(early, std::string_view());
  co_return false;
}

Awaitable<bool> Exchange::secure_origin(const Interception& interception, const std::string& name,
                                        const std::vector<std::string>& protocols) {
  std::string key = connection_.pool_key_ + " " + name;
  for (const std::string& each : protocols) key.append(1, ' ').append(each);
  // What was verified by other rules, before a reload, is not resumed.
  const auto sessions = [&loop = loop_, &interception]() -> OriginSessions* {
    const bool is_current = loop.settings()->interception.get() == &interception;
    return is_current ? &loop.interception_caches()->sessions : nullptr;
  };
  SessionPtr session = sessions() != nullptr ? sessions()->take(key, wall_clock()) : nullptr;
  auto layer = interception.to_origin(origin_->socket().native_handle(), name, protocols, std::move(session));
  layer->keep_sessions([sessions, key](SessionPtr offered) {
    if (OriginSessions* const kept = sessions()) kept->put(key, std::move(offered), wall_clock());
  });
  origin_->encrypt(std::move(layer));
  const Io io = co_await origin_->handshake(settings_->options.timeouts.connect);
  const TlsLayer& tls = *origin_->tls();
  const Fault fault = interception.fault(tls, wall_clock());
  Counters& counters = loop_.counters;
  if (io == Io::kOk) {
    counters.origin_handshakes.add();
    if (tls.was_resumed()) counters.origin_resumptions.add();
  }
  if (io == Io::kOk && fault == Fault::kNone) co_return true;
  if (fault != Fault::kNone) {
    counters.certificate_faults[static_cast<std::size_t>(fault)].add();
    refused_ =
        Refused{Refusal::kCertificate, "The server's certificate " + std::string(sentence_of(fault)) + "."};
    co_return false;
  }
  counters.origin_tls_failures.add();
  refused_ =
      Refused{Refusal::kTls, io == Io::kTimeout
                                 ? "The server did not complete the TLS handshake in time."
                                 : "No TLS connection could be made to the server: " + tls.error() + "."};
  co_return false;
}

Awaitable<bool> Exchange::secure_client(const Interception& interception, std::string_view early,
                                        const Opening& opening) {
  // Those made by the authority of before a reload are not kept.
  certificate::LeafCache passing(1);
  const bool is_current = loop_.settings()->interception.get() == &interception;
  certificate::LeafCache& leaves = is_current ? loop_.interception_caches()->leaves : passing;
  const std::uint64_t made = leaves.counters().made;
  const auto leaf = leaves.find_or_issue(interception.authority(), opening.name, wall_clock());
  if (!leaf) {
    refused_ = Refused{Refusal::kTls, leaf.error().message()};
    co_return false;
  }
  const bool is_new = leaves.counters().made != made;
  (is_new ? loop_.counters.certificates_made : loop_.counters.certificates_found).add();
  Stream& client = connection_.stream_;
  auto layer = interception.to_client(client.socket().native_handle(), opening.name, *leaf);
  layer->put_back(early);
  layer->watch([&connection = connection_](bool is_received, std::string_view bytes) {
    connection.note_wire(is_received ? Direction::kUp : Direction::kDown, bytes);
  });
  // What both can: the origin has chosen, or chooses nothing.
  if (!opening.protocols.empty()) layer->choose_protocol(opening.chosen);
  client.encrypt(std::move(layer));
  if (co_await client.handshake(settings_->options.timeouts.head) != Io::kOk) {
    note_client_failure(opening.name);
    co_return false;
  }
  loop_.counters.client_handshakes.add();
  if (client.tls()->was_resumed()) loop_.counters.client_resumptions.add();
  co_return true;
}

void Exchange::note_client_failure(const std::string& name) {
  loop_.counters.client_tls_failures.add();
  const TlsLayer& tls = *connection_.stream_.tls();
  refused_ = Refused{Refusal::kTls, "No TLS connection with the client: " + tls.error() + "."};
  const auto alert = tls.alert();
  if (alert && is_about_certificate(*alert)) {
    connection_.learn_bypass(name, false, "the client refused our certificate (" + alert_name(*alert) + ")");
  } else if (!alert && tls.was_cut_off() && tls.has_answered()) {
    connection_.learn_bypass(name, true, "the client went when it saw our certificate, several times");
  }
}

void Exchange::write_inside_url() {
  const Inside& inside = *connection_.inside_;
  const std::string& asked = request_.authority().host;
  url_.assign("https://").append(asked.empty() ? inside.host : asked);
  if (inside.port != 443) url_.append(1, ':').append(std::to_string(inside.port));
  url_ += request_.path_and_query();
}

}  // namespace mogura::proxy::detail
