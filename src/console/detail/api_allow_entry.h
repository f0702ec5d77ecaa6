#pragma once

// The entry of an allow list (docs/formats/allow.md) that covers a finding and as little else as can be said:
// what a person copies into the list instead of writing it. Any thread but for the reader.

#include <string>
#include <string_view>

#include "console/detail/json_reader.h"
#include "report/archive.h"

namespace mogura::console::detail {

// TOML, with what else could be asked for and proposals as comments. Empty: no single entry covers it.
std::string allow_entry(const report::FindingRecord& record, JsonReader& json, Timestamp now);

// A basic string of TOML 1.0 that the product's reader takes (base/toml_guard.h), quotes included. What
// cannot be seen is written as an escape. Nothing where `text` is not UTF-8.
std::string toml_text(std::string_view text);

}  // namespace mogura::console::detail
