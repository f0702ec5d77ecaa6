#include "icap/detail/body_reader.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace mogura::icap::detail {
namespace {

constexpr std::size_t kExtensionKept = 16;  // "; ieof" and white space around it

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char small = lower(c);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

}  // namespace

std::size_t BodyReader::take(std::string_view bytes, std::string& data) {
  std::size_t at = 0;
  while (at < bytes.size() && state_ == State::kMore) {
    if (place_ != Place::kData) {
      take_byte(bytes[at]);
      if (state_ != State::kRefused) ++at;
      continue;
    }
    const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - at));
    data.append(bytes.substr(at, size));
    at += size;
    left_ -= size;
    if (left_ == 0) place_ = Place::kDataCr;
  }
  return at;
}

void BodyReader::take_byte(char c) {
  switch (place_) {
    case Place::kSize:
      return take_size(c);
    case Place::kExtension:
      return take_extension(c);
    case Place::kSizeLf:
      expect(c, '\n', Place::kData);
      if (state_ == State::kMore) end_size_line();
      return;
    case Place::kData:
      return;
    case Place::kDataCr:
      return expect(c, '\r', Place::kDataLf);
    case Place::kDataLf:
      digits_ = 0;
      line_bytes_ = 0;
      return expect(c, '\n', Place::kSize);
    case Place::kTrailer:
      return take_trailer(c);
    case Place::kTrailerLf:
      expect(c, '\n', Place::kTrailer);
      if (state_ == State::kMore) end_trailer_line();
      return;
  }
}

void BodyReader::expect(char c, char wanted, Place next) {
  if (c != wanted) return refuse();
  place_ = next;
}

void BodyReader::take_size(char c) {
  const int value = digit(c);
  if (value >= 0) {
    if (++digits_ > kSizeDigits) return refuse();
    left_ = left_ << 4 | static_cast<unsigned>(value);
    return;
  }
  if (digits_ == 0) return refuse();
  extension_.clear();
  if (c == '\r') {
    place_ = Place::kSizeLf;
  } else if (c == ';' || c == ' ' || c == '\t') {
    place_ = Place::kExtension;
    take_extension(c);
  } else {
    refuse();
  }
}

void BodyReader::take_extension(char c) {
  if (c == '\r') {
    place_ = Place::kSizeLf;
    return;
  }
  const bool is_control = (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
  if (is_control || ++line_bytes_ > kLineBytes) return refuse();
  if (extension_.size() < kExtensionKept && c != ' ' && c != '\t') extension_ += c;
}

void BodyReader::end_size_line() {
  if (left_ != 0) return;
  is_ieof_ = equals_ignoring_case(extension_, ";ieof");
  place_ = Place::kTrailer;
  line_bytes_ = 0;
}

void BodyReader::take_trailer(char c) {
  if (c == '\r') {
    place_ = Place::kTrailerLf;
    return;
  }
  if (c == '\n' || ++trailer_bytes_ > kTrailerBytes) return refuse();
  ++line_bytes_;
}

void BodyReader::end_trailer_line() {
  if (line_bytes_ == 0) state_ = State::kDone;
  line_bytes_ = 0;
}

void write_chunk(std::string_view data, std::string& out) {
  if (data.empty()) return;
  std::array<char, 16> digits;
  const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), data.size(), 16).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
  out += "\r\n";
  out += data;
  out += "\r\n";
}

}  // namespace mogura::icap::detail
