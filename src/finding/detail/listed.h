#pragma once

// A set of texts of which only the smallest few are kept, and all are counted. What is kept does not depend
// on the order of adding. Private to the room.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "population/distinct.h"
#include "population/stable_hash.h"

namespace mogura::finding::detail {

class Listed {
 public:
  explicit Listed(std::size_t capacity) : capacity_(capacity) {}

  void add(std::string_view text, std::size_t exact_limit) {
    if (count_.add(population::stable_hash(text), exact_limit)) list(text);
  }
  // The same where making the text costs more than its hash. One list is fed by one of the two.
  template <class MakeText>
  void add(std::uint64_t hash, std::size_t exact_limit, MakeText&& make_text) {
    if (count_.add(hash, exact_limit)) list(make_text());
  }

  void merge(const Listed& other, std::size_t exact_limit) {
    count_.merge(other.count_, exact_limit);
    for (const std::string& text : other.texts_) list(text);
  }

  [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }
  [[nodiscard]] std::uint64_t count() const { return count_.count(); }

 private:
  void list(std::string_view text) {
    const auto place = std::lower_bound(texts_.begin(), texts_.end(), text);
    if (place != texts_.end() && *place == text) return;
    if (texts_.size() == capacity_) {
      if (place == texts_.end()) return;
      texts_.pop_back();
    }
    texts_.emplace(std::lower_bound(texts_.begin(), texts_.end(), text), text);
  }

  std::size_t capacity_;
  std::vector<std::string> texts_;  // sorted
  population::Distinct count_;
};

}  // namespace mogura::finding::detail
