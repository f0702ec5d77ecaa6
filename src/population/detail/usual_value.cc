#include "population/detail/usual_value.h"

#include <algorithm>

namespace mogura::population::detail {

void UsualValue::add(std::string_view value, std::uint64_t count) {
  if (is_varied_ || value.empty()) return;
  const auto found =
      std::find_if(values_.begin(), values_.end(), [&](const auto& v) { return v.first == value; });
  if (found != values_.end()) {
    found->second += count;
  } else if (values_.size() < kMaxValues) {
    values_.emplace_back(value, count);
  } else {
    is_varied_ = true;
    values_ = {};
  }
}

void UsualValue::merge(const UsualValue& other) {
  if (other.is_varied_) {
    is_varied_ = true;
    values_ = {};
  }
  for (const auto& [value, count] : other.values_) add(value, count);
}

std::string_view UsualValue::get() const {
  const auto usual = std::max_element(values_.begin(), values_.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second < b.second : a.first > b.first;
  });
  return usual == values_.end() ? std::string_view{} : std::string_view(usual->first);
}

}  // namespace mogura::population::detail
