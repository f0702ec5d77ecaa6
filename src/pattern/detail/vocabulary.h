#pragma once

// The words of the text format and the values they stand for. Any thread.

#include <optional>
#include <string_view>

#include "pattern/pattern.h"
#include "protocol/inner.h"
#include "session/session.h"

namespace mogura::pattern::detail {

std::string_view name_of(session::Direction direction);  // "up", "down"
std::optional<session::Direction> direction_named(std::string_view name);
std::optional<session::Kind> kind_named(std::string_view name);
std::optional<protocol::Inner> inner_named(std::string_view name);
std::optional<Condition::On> condition_named(std::string_view key);

}  // namespace mogura::pattern::detail
