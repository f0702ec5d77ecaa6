#pragma once

// A registry of patterns: the files ID.toml of a folder. A pattern's id is checked before it becomes a part
// of a path. Files are replaced whole: others who read the folder see the old file or the new one, also after
// a crash.

#include <string>
#include <string_view>
#include <vector>

#include "pattern/pattern.h"

namespace mogura::app {

// The patterns of all files *.toml in the folder (not below it), by id. Errors: the folder or a file cannot
// be read, a file is no pattern (names file, line and key).
Result<std::vector<pattern::Pattern>> read_pattern_folder(const std::string& folder);

// FOLDER/ID.toml. Error: kUsage where it is no id.
Result<std::string> pattern_path(const std::string& folder, std::string_view id);
// Errors: as of read_pattern_folder().
Result<pattern::Pattern> read_pattern(const std::string& folder, std::string_view id);
// `text` is taken as it is. Errors: kUsage, kIo.
Result<void> write_pattern_text(const std::string& folder, std::string_view id, std::string_view text);
Result<void> write_pattern(const std::string& folder, const pattern::Pattern& pattern);
Result<void> remove_pattern(const std::string& folder, std::string_view id);

}  // namespace mogura::app
