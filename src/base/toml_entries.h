#pragma once

// Files that are a list of like entries, as people keep them: `format = 1` and one [[name]] table after the
// other, whose values are texts and dates. Reads them past the faults of toml++ (base/toml_guard.h); what the
// keys mean is the caller's business. Any thread.
//
//   format = 1                      may be left out
//   [[allow]]                       TomlEntry, line 2
//   host = "git.example.com"        TomlValue, line 3
//   expires = 2027-01-31            TomlValue, line 4

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace mogura {

struct TomlValue {
  std::string key;
  std::size_t line = 0;
  std::string text;               // empty: it is no text, or an empty one
  std::optional<Timestamp> date;  // the end of that day in UTC, where it is a date from 1970 to 2200
};

struct TomlEntry {
  std::size_t line = 0;
  std::vector<TomlValue> values;  // in order of their keys
};

// "exempt.toml line 7", as errors name a place.
std::string toml_place(const std::string& name, std::size_t line);

// Errors name the file by `name`: kFormat for what is no such list, kLimit for more than `limit` entries.
Result<std::vector<TomlEntry>> parse_toml_entries(std::string_view toml, const std::string& name,
                                                  std::string_view entry, std::size_t limit);

// What the value must be, or an error (kFormat) that says so. `name`: the file's.
Result<std::string> text_of(const TomlValue& value, const std::string& name);
Result<Timestamp> date_of(const TomlValue& value, const std::string& name);

}  // namespace mogura
