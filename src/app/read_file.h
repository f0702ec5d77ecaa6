#pragma once

// Small files as text: configuration, patterns, lists.

#include <cstddef>
#include <string>

#include "base/result.h"

namespace mogura::app {

// Errors: kIo with the system's words; kLimit for more than `limit` bytes.
Result<std::string> read_file(const std::string& path, std::size_t limit);

}  // namespace mogura::app
