#pragma once

// Bodies as HTTP/1.1 frames them (RFC 9112 §6, §7), read into the bytes they carry and written from them. A
// body of HTTP/2 is those bytes and nothing else. Any thread.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http2/fields.h"
#include "http2/message.h"
#include "protocol/chunked.h"
#include "protocol/strict_head.h"

namespace mogura::http2 {

// One body after another, in pieces of any size.
class BodyReader {
 public:
  enum class State : std::uint8_t { kMore, kDone, kRefused };

  // kDone at once where there is none.
  State begin(const protocol::Framing& framing);
  struct Step {
    State state = State::kMore;
    std::size_t bytes = 0;  // of the body; what follows them is not
  };
  // What it carries is appended to `data`.
  Step read(std::string_view bytes, std::string& data);
  // After kDone.
  [[nodiscard]] Fields trailers() const { return trailers_in(trailer_lines_); }
  // The connection's end is the body's.
  [[nodiscard]] bool ends_with_connection() const {
    return framing_.kind == protocol::Framing::Kind::kUntilClose;
  }

 private:
  protocol::Framing framing_;
  protocol::ChunkedWalk walk_;
  std::string trailer_lines_;
};

// Of data at least one byte.
void append_body(Body framing, std::string_view data, std::string& out);
// Trailers can only stand behind chunks; else they are left out. False: they cannot be written.
bool append_body_end(Body framing, const Fields& trailers, std::string& out);

}  // namespace mogura::http2
