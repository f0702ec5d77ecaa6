#pragma once

// Environment files as systemd reads them (systemd.exec(5), EnvironmentFile=), as far as our units use them:
// one variable holds further options of a command. Any thread.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::doctor {

// The last assignment of a variable, without its outer quotes; empty where there is none.
std::string assigned_in(std::string_view file, std::string_view variable);
// Split at white space; quotes hold words together and are taken off.
std::vector<std::string> words_of(std::string_view text);
// The value behind the last "--name VALUE" or "--name=VALUE".
std::optional<std::string> value_of(const std::vector<std::string>& words, std::string_view option);

}  // namespace mogura::doctor
