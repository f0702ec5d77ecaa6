#pragma once

// What all pages have in common that are read along one index: rows until there are enough of them, of their
// bytes, or of rows looked at.

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "base/result.h"
#include "report/archive.h"
#include "store/archive.h"
#include "store/detail/cursor.h"
#include "store/detail/database.h"

namespace mogura::store::detail {

// A large row counts as several that are looked at.
inline constexpr std::size_t kBytesLookedAt = 1024;

// `select` is bound, and ordered by what its columns 0 and 1 have, both descending. `take` makes a row of the
// current one, or nothing where a filter does not let it through; it adds the bytes that it looked at, and
// those of the row that it made.
template <class Row, class Take>
Result<report::Rows<Row>> read_page(Statement& select, char list, const report::Page& page,
                                    std::size_t looked_at_most, const Take& take) {
  report::Rows<Row> rows;
  std::size_t bytes = 0, looked_at = 0;
  std::optional<Place> last;
  for (;;) {
    const auto found = select.step();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return rows;
    if (bytes >= kPageBytes || looked_at >= looked_at_most) break;
    std::size_t looked_at_bytes = 0;
    Result<std::optional<Row>> row = take(select, looked_at_bytes, bytes);
    if (!row) return tl::unexpected(row.error());
    if (*row && rows.rows.size() == limit_of(page)) break;
    last = {select.integer(0), select.integer(1)};
    looked_at += 1 + looked_at_bytes / kBytesLookedAt;
    if (*row) rows.rows.push_back(**std::move(row));
  }
  rows.next = write_place(list, *last);
  select.reset();
  return rows;
}

}  // namespace mogura::store::detail
