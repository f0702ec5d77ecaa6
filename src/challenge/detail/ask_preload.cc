#include "challenge/detail/askers.h"

namespace mogura::challenge::detail {

bool PreloadAsker::judge(const Means& means, const Received& received, Exchange& exchange) const {
  if (received.shape.method != "GET") return false;
  return judge_path(means, received, CookieKind::kPreload, exchange);
}

bool PreloadAsker::is_next(const Means& means, const protocol::ResponseHead* response,
                           const Exchange& exchange) const {
  if (response == nullptr || !may_be_asked_about_pages(means, exchange)) return false;
  return exchange.outcome.entry.engine_asked < kEngineAsked && is_turn_of(question(), means, exchange) &&
         is_shown(*response);
}

void PreloadAsker::issue(const Means& means, Timestamp now, Exchange& exchange, std::string& lines) const {
  lines +=
      preload_line(means.tokens.issue(exchange.client.address, exchange.host, now, CookieKind::kPreload));
  exchange.asks_engine = true;
  exchange.asked.add(question());
}

}  // namespace mogura::challenge::detail
