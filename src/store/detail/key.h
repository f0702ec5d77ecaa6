#pragma once

// Numbers that long texts are found by in indices: the first 64 bits of SHA-256. Stored, so the same in every
// version. That two texts have one key takes 2^32 texts made for it, and then shows the one among the other's
// rows; nothing rests on it. Any thread.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "store/detail/database.h"

namespace mogura::store::detail {

using Key = std::int64_t;

inline constexpr Key kNoKey = 0;  // in the place of a User-Agent that there was none of

[[nodiscard]] Key key_of(std::string_view text);
// Of several, each with its length in front.
[[nodiscard]] Key key_of(std::initializer_list<std::string_view> texts);
// A row of `clients`. Nothing: there was no such field.
[[nodiscard]] Key client_key_of(std::string_view client, std::optional<std::string_view> user_agent);

// For migrations, in SQL: mogura_key(text), mogura_domain_key(destination: its registrable domain's),
// mogura_client_key(client, user_agent). NULL gives NULL, but for a User-Agent.
Result<void> add_key_functions(Database& database);

}  // namespace mogura::store::detail
