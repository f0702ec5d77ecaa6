#pragma once

// Reads the list of sanctioned services from a file.

#include <string>

#include "base/result.h"
#include "finding/allow.h"

namespace mogura::app {

Result<finding::AllowList> read_allow_file(const std::string& path);

}  // namespace mogura::app
