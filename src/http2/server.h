#pragma once

// The server's side of one HTTP/2 connection (RFC 9113), each stream of which becomes a conversation in
// HTTP/1.1: the request as bytes to be taken, the response as bytes to be given. So that what knows HTTP/1.1
// serves clients of HTTP/2 without knowing it. No sockets, no clock: bytes and times in, bytes out. Nothing
// is read further than the windows and Bounds allow. Malformed requests are reset here (RFC 9113 §8.1.1),
// floods end the connection with ENHANCE_YOUR_CALM. Extended CONNECT (RFC 8441) and push are not offered. Not
// thread-safe.
//
//   client ══ frames ══► receive() ─► request(id) ── HTTP/1.1 bytes ──► who answers
//          ◄═ frames ═══ write()  ◄─ give_answer(id) ◄── HTTP/1.1 bytes ──

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http2/bounds.h"

namespace mogura::http2 {

using StreamId = std::int32_t;

enum class Answer : std::uint8_t {
  kMore,     // more of it is to come
  kWhole,    // that was its end; bytes behind it were not taken
  kRefused,  // these bytes are no response; the stream is reset
};

struct ServerOptions {
  Bounds bounds;
  // The target of requests names scheme and host, as a proxy is asked; else it is the path.
  bool absolute_form = false;
};

class Server {
 public:
  explicit Server(const ServerOptions& options);
  ~Server();
  Server(Server&&) noexcept;
  Server& operator=(Server&&) noexcept;

  // From the client, beginning with the preface (RFC 9113 §3.4). `now_ms`: of a clock that does not go back.
  // False: the connection is over; write() what is left and close.
  bool receive(std::string_view bytes, std::int64_t now_ms);
  // For the client: frames, until `out` has `most` bytes or nothing more can be sent now.
  void write(std::string& out, std::size_t most);
  [[nodiscard]] bool wants_write() const;
  [[nodiscard]] bool is_over() const;

  // Streams of which something changed since the last call: they are new, have more of the request, have room
  // for the answer again, or are gone. Appended.
  void take_changed(std::vector<StreamId>& changed);
  // New and not forgotten.
  [[nodiscard]] std::size_t open_streams() const;

  // The request's bytes that were not yet taken; valid until took_request() or forget(). Empty: none yet.
  std::string_view request(StreamId id);
  // The client may send as many more.
  void took_request(StreamId id, std::size_t bytes);
  // It came to its end, and all of it was taken.
  [[nodiscard]] bool is_request_whole(StreamId id) const;

  // How many bytes of the answer can be given now; 0: wait until the stream changes. More than this is taken,
  // too, but held.
  [[nodiscard]] std::size_t answer_room(StreamId id) const;
  struct Given {
    Answer answer = Answer::kMore;
    std::size_t bytes = 0;
  };
  Given give_answer(StreamId id, std::string_view bytes);
  // Nothing more comes. Where that is not how the answer ends, or `is_broken`, the stream is reset
  // (INTERNAL_ERROR), or, if `is_untouched`, refused so that the client may try again (RFC 9113 §8.7).
  void end_answer(StreamId id, bool is_broken, bool is_untouched = false);
  // After Answer::kWhole: the HTTP/1.1 connection may serve another request (RFC 9112 §9.3).
  [[nodiscard]] bool keeps_alive(StreamId id) const;

  // Reset by the client or by us, or answered to its end: nothing more goes either way.
  [[nodiscard]] bool is_gone(StreamId id) const;
  // The caller will not ask for it again. A stream that is not gone is reset.
  void forget(StreamId id);

  // Tells the client that no new streams will be served; finish() when that can have arrived. What is under
  // way goes on to its end, and then the connection is over.
  void announce_end();
  void finish();
  // A header block has begun and not ended.
  [[nodiscard]] bool is_within_head() const;
  [[nodiscard]] const Counts& counts() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mogura::http2
