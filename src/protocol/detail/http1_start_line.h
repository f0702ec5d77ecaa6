#pragma once

// The first line of an HTTP/1 message (RFC 9112 §3 and §4), collected over any number of views and read
// leniently. llhttp does not see this line: it knows a fixed list of methods and takes neither a CONNECT with
// an extra word nor a space too many, all of which real traffic holds.
//
// However long the line, only its ends are held: the front has the method and as much of the target as is
// kept, the back has the version.
//
//   CONNECT host:25 / HTTP/1.0          GET /a-very-long-target…                                … HTTP/1.1
//   |------ front = back ----|          |--- front, text_bytes and a bit --|           |-- back, 32 bytes --|

#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "protocol/detail/http1_methods.h"
#include "protocol/http1.h"

namespace mogura::protocol::detail {

inline constexpr std::size_t kLineBackBytes = 32;

struct StartLine {
  std::string_view front;
  std::string_view back;  // overlaps with front when the line is short
  std::size_t size = 0;   // of the whole line, without its LF
};

class StartLineReader {
 public:
  explicit StartLineReader(std::size_t text_bytes) : front_bytes_(text_bytes + kMaxMethodBytes + 32) {}

  // Before each line. Keeps memory.
  void start();
  // Takes bytes off `rest` up to and with the LF; true when there was one. A line that lies in one view is
  // not copied.
  bool read(ByteView& rest);
  // The line, or as much of it as was read; valid until the next call and as long as the bytes that were read
  // last.
  [[nodiscard]] const StartLine& line() const { return line_; }

 private:
  void append(std::string_view piece);

  std::size_t front_bytes_;
  std::string front_, back_;
  std::size_t size_ = 0;
  StartLine line_;
};

// Whether a line that begins like this can become one that is read below; false is final.
bool may_be_request_line(std::string_view front);
bool may_be_status_line(std::string_view front);

// Sets method, target (cut at text_bytes) and version. Any token is a method; the target is the second word;
// words between it and the version are ignored. Any version will do for a known method, since there are
// servers that look no further than the method; none for a CONNECT, which then counts as HTTP/1.0. Another
// line without version is one of HTTP/0.9 if it is a GET of a path or URL. False: not a request line.
bool parse_request_line(const StartLine& line, std::size_t text_bytes, Http1Head& head);

// The same of a line whose end is missing, and with it perhaps the version: what looks_like_request() is sure
// of. Sets method, target and is_target_cut.
bool parse_cut_request_line(const StartLine& line, std::size_t text_bytes, Http1Head& head);

// Sets status and version, "HTTP" in any case; "ICY 200 OK" counts as HTTP/1.0. The reason phrase may be
// missing. False: not a status line.
bool parse_status_line(const StartLine& line, Http1Head& head);

// The same of a line whose end is missing; the status must be seen to end.
bool parse_cut_status_line(const StartLine& line, Http1Head& head);

}  // namespace mogura::protocol::detail
