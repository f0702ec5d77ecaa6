#pragma once

// The letter of each well-known field in a header order (docs/formats/header-order.md has the same table).
// Private to the room; any thread.

#include <string_view>

#include "protocol/strict_head.h"

namespace mogura::challenge::detail {

inline constexpr char kOtherField = 'x';

// `id` is that of `name`.
char letter_of(std::string_view name, protocol::FieldId id);
// The other way round, for sentences: "Host"; a group by its beginning, "Sec-Fetch-…"; empty for 'x'.
std::string_view field_of(char letter);

}  // namespace mogura::challenge::detail
