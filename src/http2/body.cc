#include "http2/body.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace mogura::http2 {

using protocol::ChunkedWalk;
using protocol::Framing;

BodyReader::State BodyReader::begin(const Framing& framing) {
  framing_ = framing;
  walk_.reset();
  trailer_lines_.clear();
  const bool is_empty =
      framing.kind == Framing::Kind::kNone || (framing.kind == Framing::Kind::kLength && framing.length == 0);
  return is_empty ? State::kDone : State::kMore;
}

BodyReader::Step BodyReader::read(std::string_view bytes, std::string& data) {
  switch (framing_.kind) {
    case Framing::Kind::kNone:
      return {State::kDone, 0};
    case Framing::Kind::kUntilClose:
      data.append(bytes);
      return {State::kMore, bytes.size()};
    case Framing::Kind::kLength: {
      const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), framing_.length));
      framing_.length -= taken;
      data.append(bytes.substr(0, taken));
      return {framing_.length == 0 ? State::kDone : State::kMore, taken};
    }
    case Framing::Kind::kChunked:
      break;
  }
  const ChunkedWalk::Step step = walk_.walk(bytes, &data, &trailer_lines_);
  if (step.state == ChunkedWalk::State::kRefused) return {State::kRefused, step.bytes};
  return {step.state == ChunkedWalk::State::kDone ? State::kDone : State::kMore, step.bytes};
}

void append_body(Body framing, std::string_view data, std::string& out) {
  if (framing != Body::kChunked) {
    out.append(data);
    return;
  }
  std::array<char, 16> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), data.size(), 16);
  out.append(digits.data(), end).append("\r\n").append(data).append("\r\n");
}

bool append_body_end(Body framing, const Fields& trailers, std::string& out) {
  if (framing != Body::kChunked) return true;
  std::string lines;
  if (!append_trailer_lines(trailers, lines) || lines.size() > ChunkedWalk::kTrailerBytes - 2) return false;
  out.append("0\r\n").append(lines).append("\r\n");
  return true;
}

}  // namespace mogura::http2
