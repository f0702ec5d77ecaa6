#pragma once

// What is noticed of requests without asking (challenge/passive_watch.h), by one watch for all loops of a
// service: a program's requests are put together whatever connections they come on, and a page that explains
// cookies is known to all. Any thread; a mutex is held for the 0.5 to 2 microseconds of a call.

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "challenge/passive_watch.h"

namespace mogura::service {

class SharedWatch {
 public:
  // `cookie_name`: of the challenge's cookies. `seed`: random and secret.
  SharedWatch(const challenge::PassiveLimits& limits, std::uint64_t seed, const std::string& cookie_name)
      : watch_(limits, seed, {cookie_name, "__Host-" + cookie_name}) {}

  struct Noticed {
    double score = 0;
    std::optional<challenge::PassiveEvent> news{};  // where there is more to say than was said last
  };
  Noticed observe(const challenge::PassiveRequest& request);
  Noticed observe_hello(const challenge::PassiveRequest& request, const protocol::ClientHello& hello);
  void observe_response(const protocol::ResponseHead& head, std::string_view host, Timestamp now);
  [[nodiscard]] std::vector<challenge::Evidence> explain(const challenge::PassiveRequest& request) const;

 private:
  [[nodiscard]] Noticed noticed(const challenge::PassiveRequest& request,
                                const challenge::PassiveOpinion& opinion) const;

  mutable std::mutex mutex_;  // guards the rest
  challenge::PassiveWatch watch_;
};

}  // namespace mogura::service
