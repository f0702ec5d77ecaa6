#pragma once

// Small words on text that several rules need. Private to the room.

#include <cstdint>
#include <string>
#include <string_view>

namespace mogura::finding::detail {

// "1 session", "2 sessions".
std::string counted(std::uint64_t count, std::string_view noun);
// At most so many bytes of it, and then "…" behind them; what was cut so already stays.
std::string cut_text(std::string_view text, std::size_t bytes);
// "4.2", "17", "0.05": as few digits as say it.
std::string number(double value);
// "12 s", "4.5 min", "3.1 h".
std::string span(double seconds);

}  // namespace mogura::finding::detail
