#include "protocol/chunked.h"

#include <algorithm>

#include "protocol/detail/head_bytes.h"
#include "protocol/detail/head_facts.h"
#include "protocol/detail/http1_text.h"

namespace mogura::protocol {
namespace {

constexpr unsigned kSizeDigits = 15;

// -1: no hexadecimal digit.
int hex_value(char c) {
  if (detail::is_digit(c)) return c - '0';
  const char small = detail::lower(c);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

// No escapes: some readers do not know them, and take \" for the end.
constexpr bool is_plain_in_quotes(char c) {
  return c != '\\' && (c == '\t' || !detail::is_control(c));
}

}  // namespace

ChunkedWalk::Step ChunkedWalk::walk(std::string_view bytes, std::string* decoded, std::string* trailers) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const bool is_data = place_ == Place::kData;
    const bool is_trailer = place_ >= Place::kTrailerStart;
    const std::size_t taken = take(bytes.substr(at));
    if (is_data && decoded != nullptr) decoded->append(bytes.substr(at, taken));
    if (taken == 0) return {State::kRefused, at};
    if (is_trailer && trailers != nullptr) trailers->append(bytes.substr(at, taken));
    at += taken;
    if (place_ == Place::kDone) return {State::kDone, at};
  }
  return {State::kMore, at};
}

void ChunkedWalk::reset() {
  *this = ChunkedWalk();
}

std::size_t ChunkedWalk::take(std::string_view bytes) {
  if (place_ == Place::kData) return take_data(bytes);
  return take_byte(bytes.front()) ? 1 : 0;
}

std::size_t ChunkedWalk::take_data(std::string_view bytes) {
  const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(size_, bytes.size()));
  size_ -= taken;
  body_bytes_ += taken;
  if (size_ == 0) place_ = Place::kDataCr;
  return taken;
}

bool ChunkedWalk::take_byte(char c) {
  switch (place_) {
    case Place::kSize:
    case Place::kExtensionName:
    case Place::kExtensionEquals:
    case Place::kExtensionValue:
    case Place::kQuoted:
    case Place::kQuoteEnd:
    case Place::kSizeLf:
      return take_chunk_line(c);
    case Place::kDataCr:
      return expect(c, '\r', HeadRefusal::kCoding, Place::kDataLf);
    case Place::kDataLf:
      begin_chunk();
      return expect(c, '\n', HeadRefusal::kBareCr, Place::kSize);
    case Place::kTrailerStart:
    case Place::kTrailerName:
    case Place::kTrailerValue:
    case Place::kTrailerLf:
    case Place::kEndLf:
      return take_trailer(c);
    case Place::kData:
    case Place::kDone:
      break;
  }
  return false;
}

void ChunkedWalk::begin_chunk() {
  digits_ = 0;
  size_ = 0;
  line_bytes_ = 0;
}

bool ChunkedWalk::take_chunk_line(char c) {
  if (++line_bytes_ > kLineBytes) return refuse(HeadRefusal::kHeadTooLarge);
  if (place_ == Place::kSize) return take_size(c);
  if (place_ != Place::kSizeLf) return take_extension(c);
  return expect(c, '\n', HeadRefusal::kBareCr, size_ == 0 ? Place::kTrailerStart : Place::kData);
}

bool ChunkedWalk::take_size(char c) {
  const int value = hex_value(c);
  if (value >= 0) {
    if (++digits_ > kSizeDigits) return refuse(HeadRefusal::kLength);
    size_ = size_ * 16 + static_cast<unsigned>(value);
    return true;
  }
  if (digits_ == 0) return c == '\r' ? refuse(HeadRefusal::kLength) : refuse_byte(c, HeadRefusal::kLength);
  return end_extension_part(c);
}

bool ChunkedWalk::take_extension(char c) {
  if (++extension_bytes_ > kExtensionBytes) return refuse(HeadRefusal::kHeadTooLarge);
  const bool is_first = name_bytes_++ == 0;
  switch (place_) {
    case Place::kExtensionName:
      if (detail::is_token_character(c)) return true;
      if (is_first) return refuse_byte(c, HeadRefusal::kCoding);
      return c == '=' ? go(Place::kExtensionEquals) : end_extension_part(c);
    case Place::kExtensionEquals:
      if (c == '"') return go(Place::kQuoted);
      return detail::is_token_character(c) ? go(Place::kExtensionValue)
                                           : refuse_byte(c, HeadRefusal::kCoding);
    case Place::kExtensionValue:
      return detail::is_token_character(c) || end_extension_part(c);
    case Place::kQuoted:
      if (c == '"') return go(Place::kQuoteEnd);
      return is_plain_in_quotes(c) || refuse_byte(c, HeadRefusal::kCoding);
    default:  // kQuoteEnd
      return end_extension_part(c);
  }
}

// Behind a size, a name or a value.
bool ChunkedWalk::end_extension_part(char c) {
  if (c == ';') return go(Place::kExtensionName);
  return c == '\r' ? go(Place::kSizeLf) : refuse_byte(c, HeadRefusal::kCoding);
}

bool ChunkedWalk::take_trailer(char c) {
  if (++trailer_bytes_ > kTrailerBytes) return refuse(HeadRefusal::kHeadTooLarge);
  switch (place_) {
    case Place::kTrailerStart:
      if (c == '\r') return go(Place::kEndLf);
      if (c == ' ' || c == '\t') return refuse(HeadRefusal::kFoldedLine);
      go(Place::kTrailerName);
      return take_trailer_name(c);
    case Place::kTrailerName:
      return take_trailer_name(c);
    case Place::kTrailerValue:
      if (c == '\r') return go(Place::kTrailerLf);
      return !detail::is_control(c) || c == '\t' || refuse_byte(c, HeadRefusal::kControlByte);
    case Place::kTrailerLf:
      return expect(c, '\n', HeadRefusal::kBareCr, Place::kTrailerStart);
    default:  // kEndLf
      return expect(c, '\n', HeadRefusal::kBareCr, Place::kDone);
  }
}

bool ChunkedWalk::take_trailer_name(char c) {
  if (detail::is_token_character(c)) {
    if (name_bytes_ < kNameBytes) name_[name_bytes_] = c;
    ++name_bytes_;
    return true;
  }
  if (c == ':' && name_bytes_ > 0) return end_trailer_name();
  const bool is_blank = c == ' ' || c == '\t';
  return is_blank ? refuse(HeadRefusal::kSpaceBeforeColon) : refuse_byte(c, HeadRefusal::kFieldName);
}

// Who puts trailers among the fields of the head would find another body or another host there.
bool ChunkedWalk::end_trailer_name() {
  if (name_bytes_ <= kNameBytes) {
    const std::string_view name(name_.data(), name_bytes_);
    if (detail::equals_ignoring_case(name, "host") || detail::looks_like_framing(name))
      return refuse(HeadRefusal::kFieldName);
  }
  return go(Place::kTrailerValue);
}

bool ChunkedWalk::expect(char c, char wanted, HeadRefusal otherwise, Place next) {
  return c == wanted ? go(next) : refuse_byte(c, otherwise);
}

bool ChunkedWalk::go(Place next) {
  place_ = next;
  name_bytes_ = 0;
  return true;
}

bool ChunkedWalk::refuse(HeadRefusal refusal) {
  refusal_ = refusal;
  return false;
}

// What the byte itself says goes before `otherwise`. A CR counts as bare here: none may stand in this place.
bool ChunkedWalk::refuse_byte(char c, HeadRefusal otherwise) {
  if (otherwise == HeadRefusal::kBareCr) return refuse(otherwise);
  if (c == '\n') return refuse(HeadRefusal::kBareLf);
  if (c == '\0') return refuse(HeadRefusal::kNul);
  if (c == '\r') return refuse(otherwise);
  return refuse(detail::is_control(c) ? HeadRefusal::kControlByte : otherwise);
}

}  // namespace mogura::protocol
