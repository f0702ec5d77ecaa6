#pragma once

// What the user named, turned into the files to read: folders become the captures in them. Looks at names,
// sizes and first bytes. One thread.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "capture/source.h"

namespace mogura::capture::detail {

struct Input {
  InputReport report;                  // its path; errors, if it is not to be read
  std::optional<std::uint64_t> bytes;  // of a regular file

  [[nodiscard]] bool is_readable() const { return report.errors.empty(); }
};

// In the order of `paths`, folders' files in the order of their names. Files of a folder that are no captures
// are left out; those that cannot be opened are in with the error; a folder without any capture is itself an
// error.
std::vector<Input> find_inputs(const std::vector<std::string>& paths);

}  // namespace mogura::capture::detail
