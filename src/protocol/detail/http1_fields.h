#pragma once

// The field lines of a head, or of a trailer section (RFC 9112 §5, §7.1.2), read with llhttp into what
// Http1Head keeps. llhttp is started behind a start line of our own making and told to be lenient; a line
// that it still refuses is dropped and reading goes on behind it. Not a judge of framing: it collects what
// the fields say, http1.cc decides.

#include <llhttp.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "protocol/http1.h"

namespace mogura::protocol::detail {

// Lines that are not fields, tolerated per head. Beyond, it is not HTTP.
inline constexpr unsigned kMaxBadLines = 16;
// A name longer than this is none of those that are kept.
inline constexpr std::size_t kMaxNameBytes = 64;

// Text that arrives in pieces: a view as long as it is one piece, a copy after that. Never longer than its
// limit.
class PiecedText {
 public:
  explicit PiecedText(std::size_t limit) : limit_(limit) {}
  void clear();
  void add(std::string_view piece);
  void own();  // the bytes viewed are about to go away
  [[nodiscard]] std::string_view text() const { return is_owned_ ? std::string_view(owned_) : view_; }

 private:
  std::size_t limit_;
  std::string_view view_;
  std::string owned_;
  bool is_owned_ = false;
};

// What the fields say about the end of the message (RFC 9112 §6).
struct Framing {
  enum class Length : std::uint8_t {
    kNone,
    kValid,
    kInvalid
  };  // kInvalid: not a number, or several that differ
  Length length = Length::kNone;
  bool other_coding = false;  // a transfer coding besides chunked and identity
  bool keep_alive = false;    // Connection or Proxy-Connection lists keep-alive
};

class FieldReader {
 public:
  enum class Result : std::uint8_t { kMore, kDone, kMalformed };

  explicit FieldReader(std::size_t text_bytes)
      : text_bytes_(text_bytes), name_(kMaxNameBytes), value_(text_bytes) {}

  // Begins a section whose fields go into `head`, which must outlive the reading; null: they are dropped
  // (trailers). The reader must not move before the section's end.
  void start(Http1Head* head);
  // Takes bytes off `rest` up to and with the empty line (kDone), or all of them (kMore).
  Result read(ByteView& rest);
  // A gap ends the section here: a field whose value is still open (its next line might have continued it) is
  // taken back, unless only its presence is kept.
  void break_off();
  [[nodiscard]] const Framing& framing() const { return framing_; }

 private:
  enum class Field : std::uint8_t;

  static Field identify(std::string_view name);
  static int on_name(llhttp_t* parser, const char* at, std::size_t size);
  static int on_value(llhttp_t* parser, const char* at, std::size_t size);
  static int on_value_end(llhttp_t* parser);
  static const llhttp_t& prepared_parser();

  void restart_llhttp();
  bool recover(llhttp_errno_t error);
  void read_bad_line(ByteView& rest);
  void begin_value();
  void end_field();
  void apply(std::string_view value);
  void apply_length(std::string_view value);
  void apply_coding(std::string_view value);
  void apply_connection(std::string_view value);
  void keep(std::string& kept, std::string_view value) const;

  std::size_t text_bytes_;
  llhttp_t parser_{};
  Http1Head* head_ = nullptr;
  Framing framing_;
  PiecedText name_, value_;
  Field field_{};
  std::uint32_t open_bit_ = 0;  // of Http1Head::Field: set by the field being read, and by none before it
  bool in_name_ = false;
  bool in_value_ = false;
  bool in_bad_line_ = false;
  unsigned bad_lines_ = 0;
};

}  // namespace mogura::protocol::detail
