#pragma once

// The inside of a Gate: what gate.cc does at each step of a request.

#include <algorithm>
#include <memory>
#include <string>

#include "challenge/detail/insertion.h"
#include "challenge/detail/judging.h"
#include "challenge/detail/question.h"
#include "challenge/gate.h"

namespace mogura::challenge {

struct Gate::Impl {
  // A challenge is expected back for so long, or until the cookie expires. Longer than a working day is more
  // than a browser need live that forgets its cookies when it is closed.
  static constexpr std::chrono::hours kExpectedFor{12};

  Impl(const Policy& policy_in, const Secret& secret, std::shared_ptr<const Exemptions> exemptions_in,
       std::shared_ptr<const SuspectSource> suspects_in)
      : policy(policy_in),
        tokens(secret, policy_in.epoch),
        cookies(tokens, secret, policy_in.cookie_name, policy_in.epoch),
        validators(tokens),
        exemptions(std::move(exemptions_in)),
        suspects(std::move(suspects_in)),
        expected_for(std::min<Duration>(kExpectedFor, policy_in.epoch)) {}

  detail::Given look_for_ours(const protocol::RequestHead& head, Exchange& exchange) const;
  void remember_client(Exchange& exchange) const;
  Sign read(std::string_view value, Timestamp now, Exchange& exchange) const;
  void judge(const detail::Received& received, Exchange& exchange) const;
  void ask(Sign sign, const detail::RequestShape& shape, Timestamp began, Exchange& exchange) const;
  [[nodiscard]] bool is_asked(Exchange& exchange) const;
  [[nodiscard]] bool may_ask(Question question) const;
  void insert_beside(const protocol::ResponseHead& head, Timestamp now, Exchange& exchange,
                     std::string& line) const;
  // A request for a path of ours: it goes no further.
  bool takes_for_itself(const detail::Received& received, Exchange& exchange) const;

  Policy policy;
  Tokens tokens;
  Cookies cookies;
  Validators validators;
  std::shared_ptr<const Exemptions> exemptions;
  std::shared_ptr<const SuspectSource> suspects;
  Duration expected_for;
  detail::Means means{policy, tokens, cookies, validators};
};

}  // namespace mogura::challenge
