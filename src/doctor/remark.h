#pragma once

// What the doctor says: one remark for each thing looked at. Texts may hold names from files and the system;
// they are escaped by whoever writes them. A value.

#include <cstdint>
#include <string>
#include <vector>

namespace mogura::doctor {

enum class Level : std::uint8_t {
  kOk,
  kUnseen,   // could not be looked at, mostly for want of permission
  kWarning,  // works, and may not be what was meant, or not for long
  kProblem,  // does not work, or is open to others
};

struct Remark {
  Level level = Level::kOk;
  std::string check;    // what was looked at, as docs/guides/doctor.md lists them: "database"
  std::string subject;  // which one: a file, an interface; may be empty
  std::string text;     // what is so
  std::string advice;   // what to do; empty where nothing is to be done
};

using Remarks = std::vector<Remark>;

}  // namespace mogura::doctor
