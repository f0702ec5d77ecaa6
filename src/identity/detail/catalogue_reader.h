#pragma once

// Reads the text of a catalogue (docs/formats/catalogue.md) into the tables that the matcher works with.
// Strict: what it does not know is an error with file, line and key, since a rule with a misspelt key would
// never match and nobody would notice.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "identity/detail/rules.h"

namespace mogura::identity::detail {

// More than these is an error (kLimit).
inline constexpr std::size_t kCatalogueBytes = std::size_t{4} << 20;
inline constexpr std::size_t kCatalogueProducts = 10'000;
inline constexpr std::size_t kCatalogueRules = 200'000;
inline constexpr std::size_t kConditionsOfARule = 16;

struct Tables {
  std::vector<Product> products;
  std::vector<Condition> conditions;
  std::vector<Rule> rules;
};

// Errors: kFormat (not TOML, or not a catalogue), kUnsupported (a later format), kLimit.
Result<Tables> read_catalogue(std::string_view toml, const std::string& name);

}  // namespace mogura::identity::detail
