#pragma once

// An encapsulated body, which is always chunked (RFC 3507 §4.4), taken out of its chunks as it comes. A
// preview is such a body, too, and its last chunk may say that there is no more ("0; ieof", §4.5). Extensions
// and trailers are read over, bounded. Any thread.

#include <cstdint>
#include <string>
#include <string_view>

namespace mogura::icap::detail {

class BodyReader {
 public:
  static constexpr std::size_t kLineBytes = 4096;                      // of a chunk's size and extensions
  static constexpr std::size_t kTrailerBytes = std::size_t{16} << 10;  // of all trailer fields
  static constexpr unsigned kSizeDigits = 15;

  enum class State : std::uint8_t { kMore, kDone, kRefused };

  // Takes from the front of `bytes` what belongs to the body, and appends what it means to `data`: at most as
  // much as was given. Answers how many bytes those were; all of them while state() is kMore.
  std::size_t take(std::string_view bytes, std::string& data);
  // For the next body, or what follows a preview.
  void reset() { *this = BodyReader(); }
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool is_ieof() const { return is_ieof_; }  // after kDone

 private:
  enum class Place : std::uint8_t {
    kSize,
    kExtension,
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailer,
    kTrailerLf
  };
  void take_byte(char c);
  void take_size(char c);
  void take_extension(char c);
  void take_trailer(char c);
  void expect(char c, char wanted, Place next);
  void end_size_line();
  void end_trailer_line();
  void refuse() { state_ = State::kRefused; }

  Place place_ = Place::kSize;
  State state_ = State::kMore;
  std::uint64_t left_ = 0;  // of the chunk
  unsigned digits_ = 0;
  std::size_t line_bytes_ = 0, trailer_bytes_ = 0;
  std::string extension_;  // the first bytes of it
  bool is_ieof_ = false;
};

// Appended to `out`: the data as one chunk. Nothing where there is none.
void write_chunk(std::string_view data, std::string& out);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";
// The last chunk of an answer with 206: what comes next is the body as the gateway has it, from its first
// byte (draft-icap-ext-partial-content §3).
inline constexpr std::string_view kOriginalBody = "0; use-original-body=0\r\n\r\n";

}  // namespace mogura::icap::detail
