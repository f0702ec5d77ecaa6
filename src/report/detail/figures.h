#pragma once

// Numbers for people. Private to the room.

#include <cstdint>
#include <string>

#include "base/time.h"

namespace mogura::report::detail {

std::string with_thousands(std::uint64_t number);              // 1,234,567
std::string with_unit(std::uint64_t bytes);                    // 999 B, 1.2 kB, 123 MB: powers of 1000
std::string percent(std::uint64_t part, std::uint64_t whole);  // 12.3 %; empty where whole is 0
std::string span_of(Duration duration);                        // 0.4 s, 12 s, 3 min 5 s, 1 h 28 min, 2 d 3 h
std::string day_of(Timestamp time);                            // 2026-11-22
std::string time_of(Timestamp time);                           // 06:26:57
std::string plural(std::uint64_t count, const char* noun);     // 1 session, 2 sessions

}  // namespace mogura::report::detail
