#pragma once

// An answer as it goes out: the head of every one says what a browser may do with it (strictly little), the
// body follows with its length. Values in, bytes out. Any thread.

#include <string>
#include <string_view>

#include "base/time.h"
#include "console/message.h"

namespace mogura::console::detail {

struct Answer {
  unsigned status = 200;
  std::string type{};             // with charset where it is text; empty: no body
  std::string body{};             // or, where that is empty:
  std::string_view fixed_body{};  // of the front end, which is there for ever
  std::string file_name{};        // to be saved under; of [A-Za-z0-9._-]
  std::string etag{};             // not empty: may be kept, and asked for again with it
  std::string set_cookie{}, allow{};
  unsigned retry_after_s = 0;  // 0: not said

  [[nodiscard]] std::string_view content() const {
    return body.empty() ? fixed_body : std::string_view(body);
  }
};

struct HeadOptions {
  bool has_hsts = false, keeps_alive = false;
  Timestamp now{};
};

// docs/formats/console-api.md, Errors.
Answer error_answer(unsigned status, std::string_view code, std::string_view message);
// What the Api said.
Answer answer_of(Reply reply);
// Onto the end of `out`, with the empty line. No Content-Length for 204, 304 and streams of events.
void write_head(const Answer& answer, const HeadOptions& options, std::string& out);

inline constexpr std::string_view kEventStream = "text/event-stream; charset=utf-8";

}  // namespace mogura::console::detail
