#pragma once

// The inside of a Gate: what gate.cc does at each step of a request, and questions.cc decides to ask.

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "challenge/detail/judging.h"
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
        exemptions(std::move(exemptions_in)),
        suspects(std::move(suspects_in)),
        expected_for(std::min<Duration>(kExpectedFor, policy_in.epoch)) {}

  struct Given {
    std::string_view value;  // of the good one
    bool has_garbage = false;
    std::array<std::string_view, kDecoys.size()> decoys{};
  };
  Given look_for_ours(const protocol::RequestHead& head, Exchange& exchange) const;
  void remember_client(Exchange& exchange) const;
  void remember_epoch(Timestamp now, Exchange::Memory& memory) const;
  Sign read(std::string_view value, Timestamp now, Exchange& exchange) const;
  void judge(const detail::RequestShape& shape, const Given& given, Timestamp began,
             Exchange& exchange) const;
  void ask(Sign sign, const detail::RequestShape& shape, Timestamp began, Exchange& exchange) const;
  [[nodiscard]] DecoyMask read_decoys(const Given& given, Timestamp now, const Exchange& exchange) const;
  [[nodiscard]] bool is_asked(Exchange& exchange) const;
  [[nodiscard]] bool wants_decoys(const Exchange& exchange) const;
  void insert_beside(const protocol::ResponseHead& head, Timestamp now, Exchange& exchange,
                     std::string& line) const;
  // The cookie and what goes beside it; `line` is theirs from its end on.
  void insert(Timestamp now, Exchange& exchange, std::string& line) const;
  // A request for what a Link of ours named: it goes no further.
  bool takes_for_itself(const detail::RequestShape& shape, Timestamp began, Exchange& exchange) const;
  [[nodiscard]] bool redirects(const Exchange& exchange) const;
  [[nodiscard]] bool wants_engine(const protocol::ResponseHead& head, const Exchange& exchange) const;

  Policy policy;
  Tokens tokens;
  Cookies cookies;
  std::shared_ptr<const Exemptions> exemptions;
  std::shared_ptr<const SuspectSource> suspects;
  Duration expected_for;
};

// HTTPS has a jar of its own: what is set there with Secure, HTTP cannot replace.
inline CookieKind good_kind(const Client& client) {
  return client.is_encrypted ? CookieKind::kSecure : CookieKind::kPlain;
}

}  // namespace mogura::challenge
