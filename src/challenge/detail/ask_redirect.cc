#include "challenge/detail/askers.h"
#include "challenge/detail/insertion.h"

namespace mogura::challenge::detail {

// The cookie answers it.
bool RedirectAsker::judge(const Means&, const Received&, Exchange&) const {
  return false;
}

bool RedirectAsker::is_next(const Means&, const protocol::ResponseHead* response,
                            const Exchange& exchange) const {
  const Entry& entry = exchange.outcome.entry;
  if (response != nullptr || !exchange.is_get || entry.was_redirected) return false;
  if (exchange.reason != Reason::kNone || exchange.input.sign != Sign::kAbsent) return false;
  const bool is_suspect = entry.state == State::kSuspicious || exchange.client.passive_score >= kSuspectFrom;
  return is_suspect && can_redirect_to(exchange.path);
}

void RedirectAsker::issue(const Means& means, Timestamp now, Exchange& exchange, std::string& lines) const {
  lines += location_line(exchange.path);
  exchange.insertion = Sign::kInserted;
  insert_cookie(means, now, exchange, lines);
  exchange.input.redirects = true;
  exchange.asked.add(question());
}

}  // namespace mogura::challenge::detail
