#pragma once

// The HTTP of one connection: both parsers, the pairing of answers with requests, and what the session record
// keeps of the heads. Says when a CONNECT or an Upgrade has turned the connection into something else. It
// consumes bytes as far as they can be understood; what must wait (for the other direction) it leaves to the
// caller (detail/dialogue.h).
//
// A head that breaks off, at a gap, at the limit or at the end, counts like a whole one, with what is sure of
// it. It may be longer than its segment:
//
//   CONNECT a.example:443 HTTP/1.1 CRLF User-Ag…… | ent: x CRLF Cookie: y…… | <tunnel>
//   |--------- partial head -----------| |- gap -|  |- its rest, unread --|
//
// The rest was sent in one go with the beginning, that is, without anything received meanwhile.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "packet/tcp.h"
#include "session/detail/http_shape.h"
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
  // Body bytes of what was fed or skipped last.
  struct Piece {
    std::uint32_t length = 0;
    ByteView bytes;  // of its beginning, those that may be kept; as long as what was fed
  };
  struct Place {
    unsigned depth = 0;  // CONNECTs that were opened before on this connection (a proxy behind a proxy)
    bool is_inside_upgrade = false;
    bool missed_user_agent = false;  // of the layer around this one
  };

  HttpLayer(Shared& shared, Finished& record, const Place& place);
  ~HttpLayer();

  // `offset`: of the first byte in the stream. Bytes are consumed up to the first event.
  Step feed_up(ByteView bytes, std::uint64_t offset, const packet::Delivery& delivery);
  // `up_seen`: how much of the way up has been consumed. `force`: do not wait for requests any more.
  Step feed_down(ByteView bytes, std::uint64_t offset, const packet::Delivery& delivery,
                 std::uint64_t up_seen, bool force);
  // `offset`: of the gap in the stream. A gap on the way up must wait while is_waiting(), unless
  // is_in_partial_head().
  void skip_up(std::uint64_t length, std::uint64_t offset);
  Event skip_down(std::uint64_t length);
  // No more bytes will come on this way. `offset`: where it ends. Not before all of it was consumed.
  // `closed`: when its sender closed it, if it did.
  void finish_up(std::uint64_t offset, std::optional<Timestamp> closed = {});
  Event finish_down(std::optional<Timestamp> closed = {});
  // The answer to the CONNECT or Upgrade will not come. A CONNECT counts as opened then: kTunnel; else
  // kUnblocked.
  Event give_up_waiting();

  // Plain HTTP: neither inside a CONNECT nor an Upgrade. Only of this the shape and the bodies are told.
  [[nodiscard]] bool is_plain() const { return shape_.has_value(); }
  [[nodiscard]] const Piece& body_piece() const { return piece_; }
  // Writes HttpShape as it is at `end`; see HttpShapeRecorder::write().
  void write_shape(Timestamp end, bool is_over) const;
  // A request was read, no head is half read, and none waits that asks for something else than HTTP.
  [[nodiscard]] bool is_settled() const;

  [[nodiscard]] bool is_waiting() const { return waiting_; }
  // What was consumed last of the way up belongs to the head of the CONNECT or Upgrade that waits, and there
  // may be more of it.
  [[nodiscard]] bool is_in_partial_head() const { return waiting_ && partial_head_saw_ != kNoOffset; }
  [[nodiscard]] const std::string& upgrade_token() const { return upgrade_token_; }
  // A request's User-Agent was cut before any was seen: no later one's stands for it.
  [[nodiscard]] bool missed_user_agent() const { return missed_user_agent_; }
  // Where the answer that opened the tunnel begins in the stream (where that is not certain, not later), for
  // telling early bytes by acknowledgment.
  [[nodiscard]] std::uint64_t answer_offset() const { return answer_offset_; }

 private:
  enum class Ask : std::uint8_t { kPlain, kHead, kConnect, kUpgrade };
  struct Pending {
    Ask ask;
    std::uint64_t end_offset;  // of the request's head; of a partial one, where it breaks off
  };

  static constexpr std::uint64_t kNoOffset = UINT64_MAX;

  [[nodiscard]] std::size_t read_rest_of_partial_head(ByteView bytes, const packet::Delivery& delivery);
  Step lose_up(protocol::Http1Parser::Event event, ByteView bytes, std::size_t begin, std::uint64_t offset,
               bool is_counted);
  Step lose_down(protocol::Http1Parser::Event event, ByteView bytes, std::size_t begin, bool is_counted);
  [[nodiscard]] bool must_wait_in_body(ByteView bytes, bool request_may_come);
  void on_request(const protocol::Http1Head& head, std::uint64_t end_offset);
  Event on_response(const protocol::Http1Head& head);
  Event on_connect_answer(const protocol::Http1Head& head);
  Event on_upgraded(const protocol::Http1Head& head);
  void note_body(Direction direction, const protocol::Http1Parser& parser);
  void open_body(Direction direction, const protocol::Http1Parser& parser, bool is_of_connect);
  void note_skipped(Direction direction, const protocol::Http1Parser& parser);
  void note_loss(Direction direction);
  void record_shape(const protocol::Http1Head& head);
  void record_first(const protocol::Http1Head& head);
  void record_method(std::string_view method);
  void record_target(const protocol::Http1Head& head, bool is_connect);
  void record_destination(const protocol::Authority& authority, bool is_cut);
  void record_url(std::uint64_t url);
  void record_connect(const protocol::Http1Head& head);
  void key_first_bytes(ByteView bytes);
  Event count_failure(protocol::Http1Parser::Event event);

  Shared& shared_;
  Finished& record_;
  unsigned depth_;
  std::unique_ptr<HttpParsers> parsers_;
  std::optional<HttpShapeRecorder> shape_;
  Piece piece_;
  Timestamp now_{};                // of what was fed last
  bool is_form_ = false;           // the request's body is a form: it may hold passwords
  bool is_after_request_ = false;  // a whole or partial request was read
  std::vector<Pending> pending_;
  std::size_t answered_ = 0;      // front of pending_
  bool waiting_ = false;          // the way up waits for an answer
  bool in_request_head_ = false;  // a part of a request's head was consumed
  bool in_request_body_ = false;  // between a request's head and its end
  bool in_response_ = false;      // inside a response (head or body)
  bool lost_answer_ = false;      // a gap swallowed (part of) the answer to a CONNECT
  bool any_head_ = false;
  bool missed_destination_ = false;  // of the first request, for it was cut
  bool missed_user_agent_;
  bool saw_up_ = false;
  std::uint64_t up_saw_ = kNoOffset;            // what the client had received when it sent what came last
  std::uint64_t partial_head_saw_ = kNoOffset;  // the same, of the head that waits half read
  std::uint64_t answer_offset_ = 0;
  packet::Delivery answer_delivery_;
  std::string request_upgrade_;
  std::string upgrade_token_;
  std::vector<std::uint64_t> urls_;  // hashes of distinct targets, sorted
};

}  // namespace mogura::session::detail
