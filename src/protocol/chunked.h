#pragma once

// Finds the end of a chunked body (RFC 9112 §7.1) that is relayed as it comes: chunk sizes, extensions and
// trailers pass unchanged, nothing is merged or split. As strict as protocol/strict_head.h about what two
// parsers could read differently: chunk sizes of 1 to 15 hexadecimal digits, CRLF only, extensions as the
// grammar has them but without white space and escapes, trailers that are fields but not Host,
// Content-Length or Transfer-Encoding; extensions and trailers bounded. O(bytes looked at), which is little:
// data is skipped over.
//
//   size [;name[=value]]* CR LF ─► data CR LF ─► size …       size 0 ─► [field CR LF]* CR LF ─► kDone

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/strict_head.h"

namespace mogura::protocol {

class ChunkedWalk {
 public:
  static constexpr std::size_t kLineBytes = 4096;                          // a chunk line with its extensions
  static constexpr std::size_t kTrailerBytes = std::size_t{16} << 10;      // all trailer lines
  static constexpr std::uint64_t kExtensionBytes = std::size_t{64} << 10;  // of a whole message

  enum class State : std::uint8_t { kMore, kDone, kRefused };
  struct Step {
    State state = State::kMore;
    std::size_t bytes = 0;  // of the view that belong to the body and may be passed on: all of it with kMore,
                            // up to the end of the body with kDone, those before the fault with kRefused
  };

  // Any cutting gives the same outcome. After kDone or kRefused: reset() first.
  // `decoded`: chunk data is appended to it (for a receiver that does not know chunks), `trailers`: the
  // trailers' lines as they came, with the empty one behind them; nullptr: they are not.
  Step walk(std::string_view bytes, std::string* decoded = nullptr, std::string* trailers = nullptr);
  void reset();
  // Decoded length so far.
  [[nodiscard]] std::uint64_t body_bytes() const { return body_bytes_; }
  // After kRefused. kLength: of a chunk size; kCoding: of what stands behind it or behind the data;
  // kHeadTooLarge: a limit from above; the others as in heads.
  [[nodiscard]] HeadRefusal refusal() const { return refusal_; }

 private:
  enum class Place : std::uint8_t {
    kSize,
    kExtensionName,  // behind ";"
    kExtensionEquals,
    kExtensionValue,
    kQuoted,
    kQuoteEnd,
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailerStart,
    kTrailerName,
    kTrailerValue,
    kTrailerLf,
    kEndLf,
    kDone
  };
  static constexpr std::size_t kNameBytes = 17;  // of the longest name that no trailer may have

  // The bytes taken in one step, at least one; 0: refused.
  std::size_t take(std::string_view bytes);
  std::size_t take_data(std::string_view bytes);
  // One byte. False: refused.
  bool take_byte(char c);
  bool take_chunk_line(char c);
  bool take_size(char c);
  bool take_extension(char c);
  bool end_extension_part(char c);
  bool take_trailer(char c);
  bool take_trailer_name(char c);
  bool end_trailer_name();
  void begin_chunk();
  bool expect(char c, char wanted, HeadRefusal otherwise, Place next);
  bool go(Place next);
  bool refuse(HeadRefusal refusal);
  bool refuse_byte(char c, HeadRefusal otherwise);

  Place place_ = Place::kSize;
  unsigned digits_ = 0;
  std::uint64_t size_ = 0;  // of this chunk, what is left
  std::size_t line_bytes_ = 0, trailer_bytes_ = 0;
  std::uint64_t extension_bytes_ = 0, body_bytes_ = 0;
  std::size_t name_bytes_ = 0;           // of the extension's or trailer's name or value under way
  std::array<char, kNameBytes> name_{};  // the beginning of the trailer's name
  HeadRefusal refusal_ = HeadRefusal::kNone;
};

}  // namespace mogura::protocol
