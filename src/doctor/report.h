#pragma once

// Remarks for people and for programs (docs/formats/doctor.md). Everything is escaped. Any thread.

#include <string>

#include "base/time.h"
#include "doctor/remark.h"

namespace mogura::doctor {

// "ok", "unseen", "warning", "problem".
const char* name_of(Level level);
std::size_t count(const Remarks& remarks, Level level);

// One line a remark, what to do on the line below it, and a line that counts.
std::string to_text(const Remarks& remarks, bool utf8);
// The document mogura.doctor/1.
std::string to_json(const Remarks& remarks, const std::string& version, Timestamp now);

}  // namespace mogura::doctor
