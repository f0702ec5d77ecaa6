#pragma once

// Conditions in words, for alerts, reports and what an export loses. Any thread.

#include <string>

#include "pattern/pattern.h"

namespace mogura::pattern::detail {

// "message 0 from the client has \"SSH-2.0-\" at offset 0"; one line, without a full stop, safe to show.
std::string words_for(const Condition& condition);

}  // namespace mogura::pattern::detail
