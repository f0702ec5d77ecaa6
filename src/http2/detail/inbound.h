#pragma once

// The direction of a stream that comes as HTTP/2 and goes on as HTTP/1.1 bytes: a server's request, a
// client's response. Holds what has come and was not taken; how much that can be is the window's business.

#include <cstddef>
#include <string>
#include <string_view>

#include "http2/body.h"

namespace mogura::http2::detail {

class Inbound {
 public:
  // A head, to go in front of the body; interim responses are heads, too.
  void add_head(std::string_view bytes, Body framing) {
    heads_.append(bytes);
    framing_ = framing;
  }
  void add_data(std::string_view data) { data_.append(data); }
  // False: the trailers cannot be written.
  bool end(const Fields& trailers);
  [[nodiscard]] bool has_ended() const { return has_ended_; }

  // Not yet taken; valid until take() or drop(), whatever comes meanwhile. Data that came in small pieces
  // goes on in large ones.
  std::string_view bytes();
  // Of bytes(). How many bytes of DATA that completes, for the window.
  std::size_t take(std::size_t count);
  // It has ended, and all was taken.
  [[nodiscard]] bool is_over() const { return has_ended_ && held() == 0; }
  // Forgets what is held: how many bytes of DATA that were.
  std::size_t drop();

 private:
  [[nodiscard]] std::size_t held() const { return heads_.size() + data_.size() + end_.size() + out_.size(); }

  Body framing_ = Body::kNone;
  std::string heads_, data_, end_;  // for later; in this order
  std::string out_;                 // what is being taken
  std::size_t at_ = 0;              // what was taken of out_
  std::size_t data_in_out_ = 0;     // bytes of DATA in out_
  bool has_ended_ = false;
};

}  // namespace mogura::http2::detail
