#pragma once

// The HTTP of one connection: both parsers, the pairing of answers with requests, and what the session record
// keeps of the heads. Says when a CONNECT or an Upgrade has turned the connection into something else. It
// consumes bytes as far as they can be understood; what must wait (for the other direction) it leaves to the
// caller (detail/dialogue.h).

#include <cstdint>
#include <memory>
#include <vector>

#include "packet/tcp.h"
#include "session/detail/shared.h"
#include "session/finished.h"

namespace mogura::session::detail {

class HttpLayer {
 public:
  enum class Event : std::uint8_t {
    kNone,       // all was consumed
    kBlocked,    // the rest must wait: up for the answer to a CONNECT or Upgrade, down for a request
    kUnblocked,  // down: the CONNECT or Upgrade was declined; bytes waiting on the way up are HTTP again
    kTunnel,     // down: a CONNECT was answered 2xx; from here on both ways are tunnel
    kUpgraded,   // down: 101; from here on both ways speak upgrade_token()
    kNotHttp,    // the first message already was no HTTP; nothing was consumed
  };
  struct Step {
    Event event = Event::kNone;
    std::size_t consumed = 0;
  };

  // `depth`: CONNECTs that were opened before on this connection (a proxy behind a proxy).
  HttpLayer(Shared& shared, Finished& record, unsigned depth);
  ~HttpLayer();

  // `offset`: of the first byte in the stream. Bytes are consumed up to the first event.
  Step feed_up(ByteView bytes, std::uint64_t offset, const packet::Delivery& delivery);
  // `up_seen`: how much of the way up has been consumed. `force`: do not wait for requests any more.
  Step feed_down(ByteView bytes, std::uint64_t offset, const packet::Delivery& delivery,
                 std::uint64_t up_seen, bool force);
  void skip_up(std::uint64_t length);
  void skip_down(std::uint64_t length);
  // The answer to the CONNECT or Upgrade will not come. A CONNECT counts as opened then: kTunnel; else
  // kUnblocked.
  Event give_up_waiting();

  [[nodiscard]] bool is_waiting() const { return waiting_; }
  [[nodiscard]] const std::string& upgrade_token() const { return upgrade_token_; }
  // Where the answer that opened the tunnel begins in the stream, for telling early bytes by acknowledgment.
  [[nodiscard]] std::uint64_t answer_offset() const { return answer_offset_; }

 private:
  enum class Ask : std::uint8_t { kPlain, kHead, kConnect, kUpgrade };
  struct Pending {
    Ask ask;
    std::uint64_t end_offset;  // of the request's head
  };

  void on_request(const protocol::Http1Head& head, std::uint64_t end_offset);
  Event on_response(const protocol::Http1Head& head, const packet::Delivery& delivery);
  Event on_connect_answer(const protocol::Http1Head& head, const packet::Delivery& delivery);
  Event on_upgraded(const protocol::Http1Head& head);
  void record_first(const protocol::Http1Head& head);
  void record_method(std::string_view method);
  void record_url(const protocol::Http1Head& head);
  void record_connect(const protocol::Http1Head& head);
  void flag(ConnectAnomaly anomaly);
  void key_first_bytes(ByteView bytes);
  Event count_failure(protocol::Http1Parser::Event event);

  Shared& shared_;
  Finished& record_;
  unsigned depth_;
  std::unique_ptr<HttpParsers> parsers_;
  std::vector<Pending> pending_;
  std::size_t answered_ = 0;      // front of pending_
  bool waiting_ = false;          // the way up waits for an answer
  bool in_request_head_ = false;  // a part of a request's head was consumed
  bool in_request_body_ = false;  // between a request's head and its end
  bool in_response_ = false;      // inside a response (head or body)
  bool lost_answer_ = false;      // a gap swallowed (part of) the answer to a CONNECT
  bool any_head_ = false;
  bool saw_up_ = false;
  std::uint64_t answer_offset_ = 0;
  packet::Delivery answer_delivery_;
  std::string request_upgrade_;
  std::string upgrade_token_;
  std::vector<std::uint64_t> urls_;  // hashes of distinct targets, sorted
};

}  // namespace mogura::session::detail
