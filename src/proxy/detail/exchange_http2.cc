// Inside HTTPS that was opened: an origin that speaks HTTP/2. Its connection is shared by all requests of the
// client, each of which has a socket of its own on which HTTP/1.1 is spoken (detail/http2_origin.h).

#include "proxy/detail/exchange.h"
#include "proxy/detail/http2_origins.h"

namespace mogura::proxy::detail {

namespace {

constexpr std::string_view kHttp2 = "h2";

}  // namespace

bool Exchange::take_http2() {
  auto opened = connection_.inside_->origins->open();
  if (!opened) return false;
  server_ = opened->server;
  use(std::make_unique<Stream>(loop_.sweeper, std::move(opened->socket)));
  loop_.counters.upstream_reuses.add();
  // It may be going just now: what can be sent again is.
  is_reused_ = true;
  return true;
}

bool Exchange::share_http2() {
  if (origin_->tls() == nullptr || origin_->tls()->protocol() != kHttp2) return true;
  const Options& options = settings_->options;
  connection_.origin_ = nullptr;
  connection_.inside_->origins->add(Http2Origin::start(loop_.context, loop_.sweeper, std::move(origin_),
                                                       server_,
                                                       {.timeouts = options.timeouts,
                                                        .limits = options.limits,
                                                        .idle = options.upstream.idle_for,
                                                        .scheme = "https"}));
  loop_.counters.http2_origins.add();
  auto opened = connection_.inside_->origins->open();
  if (!opened) {
    refused_ = Refused{Refusal::kResources, "No more sockets can be opened here."};
    return false;
  }
  use(std::make_unique<Stream>(loop_.sweeper, std::move(opened->socket)));
  return true;
}

// The origin's connection was made while the tunnel was opened; what speaks HTTP/2 is shared from the start.
std::vector<std::string> Exchange::protocols_inside() const {
  const Inside& inside = *connection_.inside_;
  const bool is_plain = request_.wants_upgrade() || inside.origins->wants_http1();
  if (inside.protocols.empty() || !is_plain) return inside.protocols;
  return {"http/1.1"};
}

}  // namespace mogura::proxy::detail
