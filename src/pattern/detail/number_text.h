#pragma once

#include <string>

namespace mogura::pattern::detail {

// The shortest text that reads back as the same number, and is a float in TOML and JSON: "60.0", "1e+22".
// Finite numbers only.
std::string number_text(double number);

}  // namespace mogura::pattern::detail
