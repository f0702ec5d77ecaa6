#include "challenge/detail/askers.h"

namespace mogura::challenge::detail {

bool ReportAsker::judge(const Means& means, const Received& received, Exchange& exchange) const {
  if (received.shape.method != "POST") return false;
  return judge_path(means, received, CookieKind::kReport, exchange);
}

bool ReportAsker::is_next(const Means& means, const protocol::ResponseHead* response,
                          const Exchange& exchange) const {
  if (response == nullptr || !may_be_asked_about_pages(means, exchange)) return false;
  return exchange.outcome.entry.engine_asked < kEngineAsked && is_turn_of(question(), means, exchange) &&
         is_shown(*response);
}

void ReportAsker::issue(const Means& means, Timestamp now, Exchange& exchange, std::string& lines) const {
  lines += report_lines(means.tokens.issue(exchange.client.address, exchange.host, now, CookieKind::kReport));
  exchange.asks_engine = true;
  exchange.asked.add(question());
}

}  // namespace mogura::challenge::detail
