#pragma once

// The client's side of one HTTP/2 connection (RFC 9113): conversations in HTTP/1.1 are given as bytes, each
// request becomes a stream, and its response comes back as bytes of HTTP/1.1. So that what knows HTTP/1.1
// uses origins of HTTP/2 without knowing it. No sockets, no clock. Nothing is read further than the windows
// and Bounds allow; push is off. Not thread-safe.
//
//   who asks ── HTTP/1.1 bytes ──► give_request(id) ─► write()   ══ frames ══► origin
//            ◄─ HTTP/1.1 bytes ──  response(id)     ◄─ receive() ◄═ frames ═══

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http2/bounds.h"

namespace mogura::http2 {

// Of a conversation: one request, one response. Never used again.
using ExchangeId = std::int32_t;

struct ClientOptions {
  Bounds bounds;
  std::string scheme = "https";
};

class Client {
 public:
  explicit Client(const ClientOptions& options);
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  // From the origin. False: the connection is over; write() what is left and close.
  bool receive(std::string_view bytes, std::int64_t now_ms);
  void write(std::string& out, std::size_t most);
  [[nodiscard]] bool wants_write() const;
  [[nodiscard]] bool is_over() const;

  // Another conversation can begin: the origin has not said goodbye, and fewer than it and Bounds allow are
  // under way.
  [[nodiscard]] bool has_room() const;
  // The origin has said goodbye, or we have: none will begin any more.
  [[nodiscard]] bool is_going() const;
  // A new one; nothing is sent before its request's head is whole.
  ExchangeId begin();
  [[nodiscard]] std::size_t open_exchanges() const;
  // Conversations of which something changed since the last call: more of the response, room for the request
  // again, or they are over. Appended.
  void take_changed(std::vector<ExchangeId>& changed);

  // How many bytes of the request can be given now; 0: wait until the conversation changes, or the request
  // is over.
  [[nodiscard]] std::size_t request_room(ExchangeId id) const;
  enum class Request : std::uint8_t {
    kMore,
    kWhole,    // that was its end; bytes behind it were not taken
    kRefused,  // these bytes are no request, or one that HTTP/2 cannot carry (CONNECT, Upgrade)
  };
  struct Given {
    Request request = Request::kMore;
    std::size_t bytes = 0;
  };
  Given give_request(ExchangeId id, std::string_view bytes);

  // The response's bytes that were not yet taken; valid until took_response() or end().
  std::string_view response(ExchangeId id);
  void took_response(ExchangeId id, std::size_t bytes);
  // It came to its end, and all of it was taken.
  [[nodiscard]] bool is_response_whole(ExchangeId id) const;
  // Reset, or the connection is over: nothing more comes but what response() still has.
  [[nodiscard]] bool is_gone(ExchangeId id) const;
  // The origin serves this over HTTP/1.1 only (HTTP_1_1_REQUIRED).
  [[nodiscard]] bool wants_http1() const;
  // Forgets it; one that is not over is reset (CANCEL).
  void end(ExchangeId id);

  // The connection has gone without a word: all that is under way is.
  void lose();
  // No new ones: what is under way goes on to its end, and then the connection is over.
  void finish();
  [[nodiscard]] const Counts& counts() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mogura::http2
