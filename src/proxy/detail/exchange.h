#pragma once

// One request of a client and its answer: asks the gate, connects, passes heads and bodies on as they come,
// writes down what happened. Lives on the stack of its client's coroutine. An upload runs in a coroutine of
// its own beside the answer, so that an origin may answer early.
//
//   check ─► gate ─► connect ─► forward head ─┬─► upload ──────────────┐
//                                             └─► interim* final body ─┴─► reuse or close
//     └─ refuse: an answer of our own

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "challenge/gate.h"
#include "protocol/chunked.h"
#include "proxy/counters.h"
#include "proxy/detail/asio.h"
#include "proxy/detail/client_connection.h"
#include "proxy/detail/error_page.h"
#include "proxy/detail/log_lines.h"
#include "proxy/detail/signal_event.h"
#include "proxy/detail/tunnel_guard.h"

namespace mogura::proxy::detail {

class Exchange {
 public:
  // The head is the first `head_bytes` of the connection's inbox, already in its request_.
  Exchange(ClientConnection& connection, std::size_t head_bytes);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // True: the connection goes on with the next request.
  Awaitable<bool> serve();

  // For what is no request: a head that is refused or did not come.
  static Awaitable<void> answer_without_request(ClientConnection& connection, const ErrorPage& page,
                                                std::string_view why);

 private:
  struct Refused {
    Refusal why;
    std::string detail;
  };
  // How far the answer came.
  enum class Answer : std::uint8_t {
    kDone,      // relayed to its end
    kNothing,   // the origin closed before a byte of it
    kRefused,   // nothing was relayed; refused_ tells
    kBroken,    // it broke off on its way
    kSwitched,  // 101, or 2xx to a CONNECT through a parent: a tunnel now
  };

  // --- exchange_checks.cc: what is refused before anybody is asked
  [[nodiscard]] std::optional<Refused> check();
  [[nodiscard]] std::optional<Refused> check_target();
  [[nodiscard]] std::optional<Refused> check_inside();
  Awaitable<bool> check_credentials();  // false: refused_ is set
  Awaitable<void> judge();
  Awaitable<std::optional<challenge::Outcome>> ask_store(const challenge::StateKey& key,
                                                         const challenge::Input& input);
  void tell_store(const std::optional<challenge::Input>& input);
  void tell_inserted();
  void tell_delivered();
  // Of a verdict, or else of an event.
  [[nodiscard]] bool was_told(challenge::Reason reason, bool is_verdict);

  // --- exchange.cc
  Awaitable<bool> refuse(Refused refused);
  // What the gate answers in the origin's place.
  Awaitable<bool> answer_here();
  Awaitable<bool> connect(bool may_reuse);
  Awaitable<bool> connect_to(std::string host, std::uint16_t port, bool checks_destination);
  Awaitable<bool> relay();
  Awaitable<Answer> try_once();
  Awaitable<bool> start_tunnel();
  Awaitable<bool> conclude(Answer answer);
  void forward_head();
  [[nodiscard]] bool may_retry() const;
  void keep_origin();
  void use(std::unique_ptr<Stream> origin);
  bool take_kept();

  // --- exchange_http2.cc: an origin inside that speaks HTTP/2
  bool take_http2();   // a stream of a connection that is there
  bool share_http2();  // makes origin_ one, where it speaks HTTP/2; false: refused_ is set
  [[nodiscard]] std::vector<std::string> protocols_inside() const;

  // --- exchange_intercept.cc: HTTPS that is opened
  struct Opening {
    std::string name{};                    // what the certificates are for
    std::vector<std::string> protocols{};  // to offer the origin; empty: the client offered none
    std::string chosen{};                  // of these, for the client
    protocol::ClientHello hello{};
  };
  Awaitable<bool> intercept(std::string early);
  Awaitable<std::optional<Unopened>> look_inside(std::string& early, Opening& opening);
  Awaitable<bool> read_early(std::string& early, Millis patience);
  Awaitable<bool> secure_origin(const Interception& interception, const std::string& name,
                                const std::vector<std::string>& protocols);  // false: refused_ is set
  Awaitable<bool> secure_client(const Interception& interception, std::string_view early,
                                const Opening& opening);
  void note_client_failure(const std::string& name);
  Awaitable<bool> leave_alone(std::string early, const std::string& name);
  void write_inside_url();

  // --- exchange_upload.cc
  Awaitable<Io> send_request();
  Awaitable<void> upload();
  Awaitable<Io> upload_bytes();
  // How many of `bytes` belong to the request's body; its end and faults are noted.
  std::size_t take_body(std::string_view bytes);

  // --- exchange_answer.cc
  Awaitable<Answer> relay_answer();
  Awaitable<Answer> read_answer_head(std::size_t& head_bytes);
  Awaitable<Answer> relay_interim(std::size_t head_bytes);
  Awaitable<Answer> relay_final(std::size_t head_bytes);
  Awaitable<Answer> relay_body();
  Awaitable<Answer> relay_until(bool& is_over, bool is_first_end_good);
  // How many of `bytes` belong to the answer's body; sets is_over at its end.
  std::size_t take_answer(std::string_view bytes, bool& is_over, bool& is_refused);
  Awaitable<Io> to_client(std::string_view head, std::string_view body);
  void prepare_answer_head();

  // --- exchange_tunnel.cc: a tunnel from its first byte to its end
  Awaitable<void> run_tunnel(std::string_view from_client, std::string_view from_origin);
  void tell_tunnel(const TunnelGuard& guard, TunnelGuard::News news);
  void tell_tunnel(const TunnelEvent& event);

  // --- exchange_journal.cc
  void write_events(bool is_answer);
  template <class What>
  void write_event_line(const What& what);
  void tell(const challenge::ChallengeEvent* state, const challenge::VerdictEvent* verdict,
            const challenge::PassiveEvent* passive);
  // Looks at the request without asking anything; its score.
  double watch();
  void watch_hello(const protocol::ClientHello& hello);
  void tell_passive(const service::SharedWatch::Noticed& noticed);
  [[nodiscard]] challenge::PassiveRequest passive_request() const;
  void write_access(Timestamp now);
  [[nodiscard]] std::string_view user_agent() const;
  [[nodiscard]] EventContext event_context() const;

  ClientConnection& connection_;
  Loop& loop_;
  const std::shared_ptr<const Settings> settings_;
  const protocol::RequestHead& request_;
  const std::size_t head_bytes_;
  const Timestamp began_;
  const bool is_connect_;

  std::unique_ptr<Stream> origin_;
  Endpoint server_;
  bool is_reused_ = false;
  std::uint16_t port_ = 0;
  std::string user_;
  std::string url_;  // of a request inside HTTPS, for logs
  std::optional<Refused> refused_;

  // The request's body.
  protocol::ChunkedWalk upload_walk_, answer_walk_;
  std::uint64_t upload_left_ = 0;
  std::size_t inbox_body_ = 0;  // bytes of it that came with the head
  std::string behind_;          // bytes read beyond it
  bool upload_over_ = true, upload_failed_ = false, upload_abandoned_ = false, upload_began_ = false;
  std::optional<SignalEvent> upload_done_;

  // The answer.
  std::uint64_t answer_left_ = 0;
  unsigned interim_count_ = 0;
  unsigned status_ = 0;
  bool client_keep_alive_ = false, origin_keep_alive_ = false, dechunks_ = false, is_until_close_ = false;
  bool anything_came_ = false, answer_began_ = false, logged_ = false;
  std::uint64_t bytes_down_ = 0, bytes_up_ = 0;
  std::string_view result_ = "TCP_MISS";
  std::string decoded_;
};

}  // namespace mogura::proxy::detail
