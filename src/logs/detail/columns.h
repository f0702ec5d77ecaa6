#pragma once

// A line's values by named column, whatever the line's syntax. Memory is kept from line to line. One thread.

#include <array>
#include <bitset>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mogura::logs::detail {

// `Column`: an enumeration of columns from 0 on, the last of which is kCount.
template <class Column>
class Columns {
 public:
  static constexpr std::size_t kCount = static_cast<std::size_t>(Column::kCount);

  void clear() { seen_.reset(); }
  // The column counts as seen from here on. To be filled by the caller.
  std::string& set(Column column) {
    seen_.set(index(column));
    return values_[index(column)];
  }
  void unset(Column column) { seen_.reset(index(column)); }

  [[nodiscard]] bool has(Column column) const { return seen_.test(index(column)); }
  // Empty where the column was not seen. Valid until it is set again.
  [[nodiscard]] std::string_view at(Column column) const {
    return has(column) ? std::string_view(values_[index(column)]) : std::string_view{};
  }

 private:
  static constexpr std::size_t index(Column column) { return static_cast<std::size_t>(column); }

  std::array<std::string, kCount> values_;
  std::bitset<kCount> seen_;
};

template <class Column>
struct ColumnName {
  std::string_view name;
  Column column;
};

// Finds columns by name. Names that come in the same order line for line are found at once.
template <class Column>
class ColumnFinder {
 public:
  explicit constexpr ColumnFinder(std::span<const ColumnName<Column>> names) : names_(names) {}

  std::optional<Column> find(std::string_view name) {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const std::size_t at = next_ + i < names_.size() ? next_ + i : next_ + i - names_.size();
      if (names_[at].name != name) continue;
      next_ = at + 1 == names_.size() ? 0 : at + 1;
      return names_[at].column;
    }
    return std::nullopt;
  }

 private:
  std::span<const ColumnName<Column>> names_;
  std::size_t next_ = 0;
};

}  // namespace mogura::logs::detail
