#pragma once

// The file of a site's secret (docs/formats/challenge.md): 64 hexadecimal digits and a line end, for its
// owner's eyes only. What is in it is never written anywhere else.

#include <string>

#include "base/result.h"
#include "challenge/token.h"

namespace mogura::app {

// Errors: kIo; kUsage where others than its owner may read or change the file, or it is no file; kFormat.
Result<challenge::Secret> read_secret(const std::string& path);
// The same; where there is no file, a random secret is put into a new one (mode 0600). Of several programs
// that do so at once, all get the same: the file appears whole, and once. `created`, where asked for, is set.
Result<challenge::Secret> read_or_create_secret(const std::string& path, bool* created = nullptr);

}  // namespace mogura::app
