#pragma once

// What a User-Agent says its program is: the product without versions, system and disguise. Browsers that
// share an engine share its TLS library too, so hellos are compared by engine. Private to the room. Any
// thread.

#include <string>
#include <string_view>

namespace mogura::population::detail {

struct ProgramName {
  std::string name;    // "Firefox", "Edge", "curl"; "Mozilla" for what says no more than that; "" if empty
  std::string engine;  // "Chrome" for all that say Chrome/ too; else the name
  bool is_browser = false;   // says that it is one that people use
  bool is_misspelt = false;  // begins with a word that is nearly, but not, "Mozilla"
};
ProgramName program_name_of(std::string_view user_agent);

}  // namespace mogura::population::detail
