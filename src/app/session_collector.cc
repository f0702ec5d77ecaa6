#include "app/session_collector.h"

#include <algorithm>
#include <tuple>

namespace mogura::app {

void SessionCollector::pass_on(std::vector<session::FinishedPtr>& finished, Timestamp watermark) {
  std::sort(finished.begin(), finished.end(), [](const auto& a, const auto& b) {
    const session::Session& x = a->session;
    const session::Session& y = b->session;
    return std::tie(x.end, x.start, x.client, x.server, x.vlan) <
           std::tie(y.end, y.start, y.client, y.server, y.vlan);
  });
  for (session::FinishedPtr& one : finished) pairing_.add(std::move(one), ready_);
  finished.clear();
  pairing_.advance(watermark, ready_);
  consume();
}

void SessionCollector::finish() {
  pairing_.finish(ready_);
  consume();
}

void SessionCollector::consume() {
  for (session::FinishedPtr& finished : ready_) {
    on_session_(finished->session);
    used_.push_back(std::move(finished));
  }
  ready_.clear();
}

void SessionCollector::give_back(std::vector<session::FinishedPtr>& used, unsigned workers) {
  const std::size_t count = (used_.size() + workers - 1) / workers;
  for (std::size_t i = 0; i < count; ++i) {
    used.push_back(std::move(used_.back()));
    used_.pop_back();
  }
}

}  // namespace mogura::app
