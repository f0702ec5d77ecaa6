#include "http2/detail/inbound.h"

#include <utility>

namespace mogura::http2::detail {

bool Inbound::end(const Fields& trailers) {
  has_ended_ = true;
  return append_body_end(framing_, trailers, end_);
}

std::string_view Inbound::bytes() {
  if (out_.empty()) {
    out_.swap(heads_);
    if (!data_.empty()) append_body(framing_, data_, out_);
    data_in_out_ = data_.size();
    data_.clear();
    out_.append(std::exchange(end_, {}));
  }
  return std::string_view(out_).substr(at_);
}

std::size_t Inbound::take(std::size_t count) {
  at_ += count;
  if (at_ < out_.size()) return 0;
  out_.clear();
  at_ = 0;
  return std::exchange(data_in_out_, 0);
}

std::size_t Inbound::drop() {
  const std::size_t held = data_.size() + data_in_out_;
  heads_.clear();
  out_.clear();
  data_.clear();
  end_.clear();
  at_ = data_in_out_ = 0;
  return held;
}

}  // namespace mogura::http2::detail
