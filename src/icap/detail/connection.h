#pragma once

// One connection of a gateway: reads ICAP requests, one after the other, has Judge decide, and answers so
// that as little of a body as can be comes through here:
//
//   as it came   204 where the gateway can take it;  else 200 and an echo
//   changed      200 without a body;  206, of which the gateway keeps the body;  else 200 and an echo
//
// What comes after an answer that no more body is needed for, is read and thrown away. Lives in its
// coroutine; belongs to one loop.

#include <memory>
#include <string>

#include "icap/detail/answers.h"
#include "icap/detail/body_reader.h"
#include "icap/detail/judge.h"
#include "icap/detail/request_head.h"

namespace mogura::icap::detail {

class Connection {
 public:
  Connection(Loop& loop, service::Socket socket);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  static service::Awaitable<void> run(std::unique_ptr<Connection> connection);

  // From the loop: nothing new is begun; an idle connection ends soon.
  void wind_down();
  void cut();
  // A few times a second.
  void sweep(std::int64_t now_ms);

 private:
  template <class T>
  using Awaitable = service::Awaitable<T>;

  Awaitable<void> serve_all();
  Awaitable<void> linger();
  void shut();
  // False in all that follows: the connection is over (and what was to be answered has been).
  Awaitable<bool> read_head();
  Awaitable<bool> read_encapsulated();
  Awaitable<bool> serve();
  Awaitable<bool> serve_message();
  Awaitable<bool> read_preview();
  Awaitable<bool> pass_unmodified();
  Awaitable<bool> send_modified(std::string_view head, bool is_request);
  Awaitable<bool> send_blocked();
  Awaitable<bool> echo(std::string_view head, bool is_request);
  Awaitable<bool> echo_rest();
  Awaitable<bool> discard_body();
  Awaitable<bool> refuse(unsigned status);

  Awaitable<bool> read_more(std::int64_t until_ms);
  Awaitable<bool> write();  // out_, and empties it
  [[nodiscard]] Common common() const;
  [[nodiscard]] std::int64_t stalled_at() const;
  // The head that an echo has in front: a request's for REQMOD, a response's for RESPMOD.
  [[nodiscard]] std::string_view own_head() const;
  [[nodiscard]] std::string_view request_head() const;
  [[nodiscard]] std::string_view response_head() const;

  Loop& loop_;
  service::Socket socket_;
  std::shared_ptr<const Settings> settings_;
  RequestHead icap_;
  BodyReader body_;
  Judge judge_;
  Decision decision_;
  std::string in_, out_;            // received and not taken; to be sent
  std::string icap_bytes_, heads_;  // of the request under way
  std::string preview_, piece_;     // decoded
  Timestamp first_byte_{};          // of what is at the front of in_
  std::int64_t until_ms_ = 0;       // what waits now ends then; 0: nothing waits
  bool is_idle_ = true, has_served_ = false, is_winding_down_ = false, is_shut_ = false, closes_ = false,
       body_is_read_ = false;
};

}  // namespace mogura::icap::detail
