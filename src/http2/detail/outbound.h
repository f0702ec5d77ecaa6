#pragma once

// The direction of a stream that comes as HTTP/1.1 bytes and goes on as HTTP/2: a server's response, a
// client's request. Holds what the peer's window has no room for yet; whoever gives bytes looks at room().

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "http2/body.h"

namespace mogura::http2::detail {

class Outbound {
 public:
  [[nodiscard]] std::size_t room(std::size_t most) const { return most - std::min(most, data_.size() - at_); }

  // A body begins, in HTTP/1.1's framing. False: there is none, and it is over.
  bool begin(const protocol::Framing& framing);
  // Bytes of it; what follows its end is not taken. kRefused: they are no body, nothing of it can be used.
  BodyReader::Step give(std::string_view bytes);
  // The connection it came by has ended. False: within the body.
  bool end();
  [[nodiscard]] bool has_ended() const { return has_ended_; }

  struct Filled {
    std::size_t bytes = 0;
    bool is_end = false;
  };
  // What goes into one frame of DATA.
  Filled fill(std::uint8_t* to, std::size_t size);
  [[nodiscard]] Fields trailers() const { return reader_.trailers(); }

  bool is_deferred = false;  // fill() had nothing, and is to be called again when there is something

 private:
  BodyReader reader_;
  std::string data_;
  std::size_t at_ = 0;  // what has gone of it
  bool has_ended_ = false;
};

}  // namespace mogura::http2::detail
