#pragma once

// Opening a file of ours: settings of the connection, schema. Errors as Store::open.

#include <string>

#include "base/result.h"
#include "store/detail/database.h"

namespace mogura::store::detail {

// With mode 0600.
Result<void> create_if_missing(const std::string& path);
// An existing file: ours, or empty. An older schema is brought up to date.
Result<Database> open_ours(const std::string& path);

}  // namespace mogura::store::detail
