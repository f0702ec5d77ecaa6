#include "http2/detail/outbound.h"

namespace mogura::http2::detail {

bool Outbound::begin(const protocol::Framing& framing) {
  has_ended_ = reader_.begin(framing) == BodyReader::State::kDone;
  return !has_ended_;
}

BodyReader::Step Outbound::give(std::string_view bytes) {
  if (at_ != 0) {
    data_.erase(0, at_);
    at_ = 0;
  }
  const BodyReader::Step step = reader_.read(bytes, data_);
  if (step.state == BodyReader::State::kDone) has_ended_ = true;
  return step;
}

bool Outbound::end() {
  if (reader_.ends_with_connection()) has_ended_ = true;
  return has_ended_;
}

Outbound::Filled Outbound::fill(std::uint8_t* to, std::size_t size) {
  const std::size_t count = std::min(size, data_.size() - at_);
  std::memcpy(to, data_.data() + at_, count);
  at_ += count;
  if (at_ == data_.size()) {
    data_.clear();
    at_ = 0;
  }
  return {count, has_ended_ && data_.empty()};
}

}  // namespace mogura::http2::detail
