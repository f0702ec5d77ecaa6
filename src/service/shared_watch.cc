#include "service/shared_watch.h"

namespace mogura::service {

using challenge::PassiveRequest;

SharedWatch::Noticed SharedWatch::noticed(const PassiveRequest& request,
                                          const challenge::PassiveOpinion& opinion) const {
  Noticed made{.score = opinion.score};
  if (opinion.is_news) made.news = {opinion.score, watch_.explain(request)};
  return made;
}

SharedWatch::Noticed SharedWatch::observe(const PassiveRequest& request) {
  const std::scoped_lock lock(mutex_);
  return noticed(request, watch_.observe(request));
}

SharedWatch::Noticed SharedWatch::observe_hello(const PassiveRequest& request,
                                                const protocol::ClientHello& hello) {
  const std::scoped_lock lock(mutex_);
  return noticed(request, watch_.observe_hello(request, hello));
}

void SharedWatch::observe_response(const protocol::ResponseHead& head, std::string_view host, Timestamp now) {
  const std::scoped_lock lock(mutex_);
  watch_.observe_response(head, host, now);
}

std::vector<challenge::Evidence> SharedWatch::explain(const PassiveRequest& request) const {
  const std::scoped_lock lock(mutex_);
  return watch_.explain(request);
}

}  // namespace mogura::service
