#pragma once

// Files that the console is told of: passwords, token, certificate, key. Read whole; and looked at again now
// and then, to see whether they are new.

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace mogura::console::detail {

struct SmallFile {
  std::string text{};
  mode_t mode = 0;  // of the file that was read
};

// Errors: kIo with the system's words; kUsage: it is no file; kLimit: more than `most` bytes.
Result<SmallFile> read_small_file(const std::string& path, std::size_t most);

// Changes when one of these files is written, replaced, or comes or goes.
std::vector<std::int64_t> stamp_of_files(const std::vector<std::string>& paths);

}  // namespace mogura::console::detail
