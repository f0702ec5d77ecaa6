#pragma once

// A text that is looked for in others, without regard to ASCII case; nothing in it has a meaning of its own.

#include <string>
#include <string_view>

namespace mogura::store::detail {

class Needle {
 public:
  explicit Needle(std::string_view text);

  [[nodiscard]] bool is_empty() const { return lowered_.empty(); }
  // An empty one is in everything. O(size of `text`).
  [[nodiscard]] bool is_in(std::string_view text);
  // `text` is in lower case already.
  [[nodiscard]] bool is_in_lowered(std::string_view text) const;

 private:
  std::string lowered_, buffer_;
};

}  // namespace mogura::store::detail
