#include "store/detail/needle.h"

#include <cstring>

#include "base/text.h"

namespace mogura::store::detail {

Needle::Needle(std::string_view text) : lowered_(lower(text)) {}

bool Needle::is_in(std::string_view text) {
  if (text.size() < lowered_.size()) return false;
  buffer_.resize(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) buffer_[i] = lower(text[i]);
  return is_in_lowered(buffer_);
}

bool Needle::is_in_lowered(std::string_view text) const {
  // In linear time, whatever both are.
  return memmem(text.data(), text.size(), lowered_.data(), lowered_.size()) != nullptr || lowered_.empty();
}

}  // namespace mogura::store::detail
