#pragma once

// Which value of a field is usual in a group: the most frequent one, as long as there are few. A field that
// takes many values has no usual one (Chrome permutes its extensions, and with them its JA3, in every
// connection). Independent of the order of adding and merging. Private to the room.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mogura::population::detail {

class UsualValue {
 public:
  // With more different values than that, there is no usual one.
  static constexpr std::size_t kMaxValues = 8;

  // Empty values are not counted.
  void add(std::string_view value, std::uint64_t count = 1);
  void merge(const UsualValue& other);
  // Of equally frequent values the smallest; empty where there is none, or too many. Valid until the next
  // change.
  [[nodiscard]] std::string_view get() const;

 private:
  std::vector<std::pair<std::string, std::uint64_t>> values_;
  bool is_varied_ = false;
};

}  // namespace mogura::population::detail
