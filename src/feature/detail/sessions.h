#pragma once

// What the features ask of session records and of one another.

#include <cstdint>
#include <optional>
#include <string_view>

#include "feature/features.h"
#include "session/session.h"

namespace mogura::feature::detail {

// False where every answer was a failure (status 4xx or 5xx), and where there was no answer at all.
bool was_answered(const session::Session& session);

// True where `text` at that offset is part of `repeated`.
bool holds(const RepeatedBytes& repeated, session::Direction direction, std::uint32_t offset,
           std::string_view text);

// Of client messages; of requests where they are plain HTTP.
std::optional<Rhythm> rhythm_inside(const session::Session& session);

}  // namespace mogura::feature::detail
