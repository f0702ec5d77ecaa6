#pragma once

// Whether conditions hold, one by one and literally. What the learner, the explanations and the comparison
// of the matcher's tests rest on; the matcher itself asks here for everything but bytes. Any thread.

#include <string_view>

#include "pattern/pattern.h"
#include "session/session.h"

namespace mogura::pattern::detail {

// Bytes at one place of a text; false where the text ends before.
bool has_bytes_at(const BytesCondition& condition, std::string_view text, std::size_t offset);
bool holds(const BytesCondition& condition, const session::Session& session);
bool holds(const LengthCondition& condition, const session::Session& session);

// Any condition but kBytes, kAll and kAny.
bool holds_plain(const Condition& condition, const session::Session& session);
// Any condition.
bool holds(const Condition& condition, const session::Session& session);

}  // namespace mogura::pattern::detail
