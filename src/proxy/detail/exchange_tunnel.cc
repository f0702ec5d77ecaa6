// A CONNECT or Upgrade that was granted: the tunnel, and what its guard has to tell.

#include "proxy/detail/exchange.h"
#include "proxy/detail/tunnel.h"

namespace mogura::proxy::detail {

using session::Direction;

Awaitable<void> Exchange::run_tunnel(std::string_view from_client, std::string_view from_origin) {
  Tunnel tunnel(connection_, *origin_);
  // Of an Upgrade, it is known what it is for.
  const Tunnels& rules = settings_->options.tunnels;
  const bool wants_hello =
      settings_->gate->policy().mode != challenge::Mode::kOff && challenge::names_known_engine(user_agent());
  if (is_connect_ && (rules.not_tls != TunnelRule::kOff || settings_->patterns != nullptr || wants_hello)) {
    if (loop_.matching == nullptr) loop_.matching = std::make_unique<TunnelMatching>();
    const TunnelGuard::Opening opening{.client = connection_.client_,
                                       .proxy = connection_.local_,
                                       .head = connection_.inbox_.view().substr(0, head_bytes_),
                                       .answer = "HTTP/1.1 200 Connection established\r\n\r\n",
                                       .time = began_,
                                       .wants_hello = wants_hello};
    tunnel.guard(std::make_unique<TunnelGuard>(rules, settings_->patterns, *loop_.matching, opening),
                 [this](const TunnelGuard& guard, TunnelGuard::News news) { tell_tunnel(guard, news); });
  }
  co_await tunnel.run(from_client, from_origin);
  bytes_up_ += tunnel.bytes(Direction::kUp);
  bytes_down_ += tunnel.bytes(Direction::kDown);
}

void Exchange::tell_tunnel(const TunnelGuard& guard, TunnelGuard::News news) {
  if (news.is_not_tls) {
    loop_.counters.tunnels_not_tls.add();
    tell_tunnel({.is_blocked = guard.blocks_not_tls(), .protocol = guard.protocol()});
  }
  if (news.matches) {
    loop_.counters.tunnels_matched.add();
    tell_tunnel({.is_blocked = guard.blocks_match(),
                 .protocol = guard.protocol(),
                 .patterns = guard.matched(),
                 .matcher = settings_->patterns.get(),
                 .session = &guard.session()});
  }
  if (news.has_hello) watch_hello(guard.hello());
  if (!guard.blocks()) return;
  const Refusal why = guard.blocks_match() ? Refusal::kPattern : Refusal::kNotTls;
  refused_ = Refused{why, {}};
  result_ = "TCP_DENIED";
  loop_.counters.refusals[static_cast<std::size_t>(why)].add();
}

void Exchange::tell_tunnel(const TunnelEvent& event) {
  write_event_line(event);
  if (!loop_.shared().on_event) return;
  const EventContext context = event_context();
  loop_.shared().on_event({.time = context.time,
                           .client = context.client,
                           .user_agent = context.user_agent,
                           .host = context.host,
                           .tunnel = &event});
}

}  // namespace mogura::proxy::detail
