#include "session/detail/http_shape.h"

#include <algorithm>
#include <cmath>

namespace mogura::session::detail {

using protocol::Http1Head;

namespace {

// Most counts are small, and logarithms take longer than all the rest.
double log2_of(std::uint32_t count) {
  static const std::array<double, 256> table = [] {
    std::array<double, 256> logarithms{};
    for (std::size_t i = 1; i < logarithms.size(); ++i) logarithms[i] = std::log2(static_cast<double>(i));
    return logarithms;
  }();
  return count < table.size() ? table[count] : std::log2(static_cast<double>(count));
}

}  // namespace

void ByteSpread::add(std::string_view text) {
  for (const char c : text.substr(0, kBytes - total_)) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (counts_[byte]++ == 0) bytes_[distinct_++] = byte;
  }
  total_ += static_cast<std::uint32_t>(std::min<std::size_t>(text.size(), kBytes - total_));
}

// log2(n) - sum of c * log2(c) / n, over the counts c.
double ByteSpread::entropy_bits() const {
  if (total_ == 0) return 0;
  double sum = 0;
  for (std::size_t i = 0; i < distinct_; ++i) sum += counts_[bytes_[i]] * log2_of(counts_[bytes_[i]]);
  const double bits = log2_of(total_) - sum / total_;
  return std::max(0.0, std::round(bits * 1e4) / 1e4);
}

void ByteSpread::clear() {
  if (total_ == 0) return;
  for (std::size_t i = 0; i < distinct_; ++i) counts_[bytes_[i]] = 0;
  distinct_ = 0;
  total_ = 0;
}

void HttpShapeRecorder::on_request(const Http1Head& head, std::string_view path) {
  ++shape_.requests;
  if (head.has(Http1Head::kReferer)) ++shape_.with_referer;
  if (head.has(Http1Head::kCookie)) ++shape_.with_cookie;
  const bool has_length = head.has(Http1Head::kContentLength) && head.content_length != 0;
  if (has_length || head.has(Http1Head::kTransferEncoding)) ++shape_.with_body;
  shape_.head_bytes_max = std::max(shape_.head_bytes_max, head.head_bytes);
  shape_.target_bytes_max = std::max(shape_.target_bytes_max, static_cast<std::uint32_t>(head.target.size()));
  targets_.add(path);
}

void HttpShapeRecorder::on_answer(const Http1Head& head) {
  if (shape_.content_type.empty()) shape_.content_type = head.content_type.substr(0, kContentTypeBytes);
}

void HttpShapeRecorder::begin_body(Direction direction, Timestamp time) {
  Way& way = ways_[static_cast<std::size_t>(direction)];
  way.begin = way.latest = time;
  way.is_open = true;
}

void HttpShapeRecorder::end_body(Direction direction, Timestamp time) {
  Way& way = ways_[static_cast<std::size_t>(direction)];
  if (way.is_open) way.longest = std::max(way.longest, time - way.begin);
  way.is_open = false;
}

void HttpShapeRecorder::write(Timestamp end, bool is_over) const {
  shape_.target_entropy_bits = targets_.entropy_bits();
  for (std::size_t i = 0; i < ways_.size(); ++i) {
    const Way& way = ways_[i];
    const Duration longest = way.is_open ? std::max(way.longest, end - way.begin) : way.longest;
    shape_.longest_body_s[i] = to_seconds(std::chrono::floor<std::chrono::microseconds>(longest));
    shape_.has_endless_body[i] = is_over && way.is_open;
  }
}

}  // namespace mogura::session::detail
