#pragma once

// Writes JSON (RFC 8259) onto the end of a string. Keys are ours and written as they are; text may be
// anything: bytes that are not UTF-8 become U+FFFD, and every control, bidirectional, zero-width or
// separating character is written as \uXXXX, so that a terminal that shows the JSON is safe. Numbers are
// finite, or null. The caller opens and closes in pairs; one value at the top. Not thread-safe.

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace mogura::report {

class JsonWriter {
 public:
  enum class Layout : std::uint8_t {
    kLine,      // everything on one line, no spaces
    kIndented,  // one member a line, two spaces a level; what is opened with kOneLine stays on its line
  };
  enum class Open : std::uint8_t { kAsLayout, kOneLine };

  JsonWriter(std::string& out, Layout layout) : out_(out), layout_(layout) {}

  void begin_object(Open open = Open::kAsLayout) { begin('{', open); }
  void end_object() { end('}'); }
  void begin_array(Open open = Open::kAsLayout) { begin('[', open); }
  void end_array() { end(']'); }

  void key(std::string_view name);
  // A key that came from outside.
  void untrusted_key(std::string_view name);

  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(Timestamp time);
  void value(bool truth);
  void value(double number);
  template <std::unsigned_integral Number>
  requires(!std::same_as<Number, bool>) void value(Number number) { integer(number); }

  // Whole JSON, as a JsonWriter wrote it: put here as it is.
  void raw(std::string_view json);

  template <class Value>
  void field(std::string_view name, const Value& v) {
    key(name);
    value(v);
  }
  // Absent means not seen: an empty text is left out.
  void field_if(std::string_view name, std::string_view text) {
    if (!text.empty()) field(name, text);
  }

 private:
  void begin(char bracket, Open open);
  void end(char bracket);
  void separate();
  void new_line();
  void integer(std::uint64_t number);
  void append_text(std::string_view text);

  std::string& out_;
  Layout layout_;
  bool needs_comma_ = false;
  bool follows_key_ = false;
  unsigned depth_ = 0;
  unsigned one_line_depth_ = 0;  // the level at which kOneLine began; 0: none
};

// RFC 3339 in UTC with microseconds, as to_rfc3339(), without its cost.
void append_rfc3339(std::string& out, Timestamp time);

}  // namespace mogura::report
