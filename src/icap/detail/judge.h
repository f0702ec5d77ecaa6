#pragma once

// The challenge, as ICAP messages ask for it: a gateway's request and response heads go to the Gate, what it
// says comes back as heads to send instead. Fails open: what cannot be read or judged goes on as it came, and
// is counted. One per connection of a gateway, one message after the other; on the loop's thread.

#include <memory>
#include <string>
#include <string_view>

#include "icap/detail/loop.h"
#include "icap/detail/request_head.h"
#include "protocol/strict_head.h"
#include "service/log_lines.h"

namespace mogura::icap::detail {

// What is to become of a message.
struct Decision {
  bool is_modified = false;  // `head` stands for the one that came
  bool is_blocked = false;   // `head` and `page` are the response to a request
  std::string head, page;
  std::string pairing;  // X-Mogura; empty: none
};

class Judge {
 public:
  Judge(Loop& loop, const Options& options);

  // `http`: the encapsulated request's head; `began`: when its first byte was there. Views are not kept
  // beyond the awaited call.
  service::Awaitable<void> on_request(const RequestHead& icap, std::string_view http, Timestamp began,
                                      Decision& decision);
  // `request`: the head of the request that is answered, as the gateway sent it on; may be empty.
  void on_response(const RequestHead& icap, std::string_view request, std::string_view http,
                   Decision& decision);

 private:
  service::Awaitable<std::optional<challenge::Outcome>> ask_store(const challenge::StateKey& key,
                                                                  const challenge::Input& input);
  // Looks at the request without asking anything; its score.
  double watch(const Settings& settings, const challenge::Client& client, Timestamp began);
  [[nodiscard]] challenge::PassiveRequest passive_request(const challenge::Client& client,
                                                          Timestamp began) const;
  service::Awaitable<void> ask(const Settings& settings, std::uint64_t connection, Timestamp began);
  void tell_store(const std::optional<challenge::Input>& input, const challenge::Exchange& exchange);
  // What went out with a response, or in its place.
  void tell_sent(const Settings& settings, const challenge::Exchange& exchange, std::uint64_t connection);
  void tell_inserted(const Settings& settings, const challenge::Exchange& exchange, std::uint64_t connection);
  // What becomes of the request under way, where we do not answer it ourselves: waits for its response.
  void await_response(const RequestHead& icap, const std::shared_ptr<const Settings>& settings,
                      std::uint64_t connection, Timestamp began, Decision& decision);
  // The request under way is over: what we have answered, or a tunnel.
  void end_session(const RequestHead& icap, unsigned status, Timestamp began);
  void refuse(const Settings& settings, std::uint64_t connection, Decision& decision);
  void answer_here(const Settings& settings, std::uint64_t connection, Decision& decision);
  void strip(std::string_view http, const Settings& settings, Decision& decision);
  void pass(Passed why);
  std::unique_ptr<Judged> find(const RequestHead& icap, std::string_view request);
  [[nodiscard]] std::uint64_t connection_of(const RequestHead& icap) const;
  [[nodiscard]] std::uint64_t trait_of(const RequestHead& icap, const protocol::RequestHead& http) const;

  // Of the request under way, which began at `began`; of any answer.
  void write_request_events(const challenge::Gate& gate, Timestamp began);
  void write_answer_event(const challenge::Gate& gate, const challenge::Exchange& exchange,
                          std::string_view url);
  void write_state(const service::EventContext& context, const challenge::Exchange& exchange,
                   const std::optional<challenge::ChallengeEvent>& event);
  bool was_told(const challenge::Exchange& exchange, bool is_verdict);
  template <class What>
  void write_event_line(const service::EventContext& context, const What& what);
  void tell(const service::EventContext& context, const challenge::ChallengeEvent* state,
            const challenge::VerdictEvent* verdict, const challenge::PassiveEvent* passive);

  Loop& loop_;
  protocol::RequestHead request_;
  protocol::ResponseHead response_;
  challenge::Exchange exchange_;  // of the request under way
  std::string line_;
};

}  // namespace mogura::icap::detail
