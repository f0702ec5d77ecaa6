#include "challenge/detail/askers.h"

namespace mogura::challenge::detail {
namespace {

// Nothing cheaper is left to be asked: it was and was not answered; or is not asked here, of a suspect.
bool is_exhausted(const Means& means, const Exchange& exchange) {
  const QuestionSet& questions = means.policy.questions;
  const bool has_cheaper = questions.has(Question::kPreload) || questions.has(Question::kReport);
  return has_cheaper ? is_unanswered(exchange) : exchange.client.passive_score >= kSuspectFrom;
}

}  // namespace

// "/.mogura/VALUE?PATH": on to where the page stood.
bool RefreshAsker::judge(const Means& means, const Received& received, Exchange& exchange) const {
  if (received.shape.method != "GET" || path_behind(exchange.path).empty()) return false;
  return judge_path(means, received, CookieKind::kRefresh, exchange);
}

bool RefreshAsker::is_next(const Means& means, const protocol::ResponseHead* response,
                           const Exchange& exchange) const {
  if (response != nullptr || exchange.reason != Reason::kNone) return false;
  return may_be_asked_about_pages(means, exchange) && !exchange.outcome.entry.was_refreshed &&
         is_exhausted(means, exchange) && can_redirect_to(exchange.path) &&
         exchange.path.size() <= kLongestPath;
}

void RefreshAsker::issue(const Means& means, Timestamp now, Exchange& exchange, std::string& lines) const {
  lines += refresh_line(means.tokens.issue(exchange.client.address, exchange.host, now, CookieKind::kRefresh),
                        exchange.path);
  exchange.asks_engine = true;
  exchange.input.refreshes = true;
  exchange.asked.add(question());
}

}  // namespace mogura::challenge::detail
