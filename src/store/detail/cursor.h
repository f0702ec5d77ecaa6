#pragma once

// Where a page ended, as text that only we read: a letter for the list and what its last row is ordered by.
// It comes back from outside, and may then be anything.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "report/archive.h"

namespace mogura::store::detail {

// Rows ordered by one number, then by another, both descending: "s-12.345".
struct Place {
  bool operator==(const Place&) const = default;
  std::int64_t order = 0, id = 0;
};

[[nodiscard]] std::string write_place(char list, const Place& place);
// Empty: the place before all others. Anything that write_place() did not write for that list is kUsage.
[[nodiscard]] Result<Place> read_place(char list, std::string_view text);
inline constexpr Place kBeforeAll{INT64_MAX, INT64_MAX};

// Texts as hexadecimal digits, for rows ordered by text.
[[nodiscard]] std::string write_hex(std::string_view text);
[[nodiscard]] std::optional<std::string> read_hex(std::string_view text);
[[nodiscard]] std::optional<std::int64_t> read_number(std::string_view text);
[[nodiscard]] Error bad_cursor();

// At least one row, at most Page::kMost.
[[nodiscard]] std::size_t limit_of(const report::Page& page);

}  // namespace mogura::store::detail
