#include "base/toml_guard.h"

#include <algorithm>
#include <cstdint>

namespace mogura {
namespace {

constexpr char kMark = '~';
constexpr std::string_view kDigits = "0123456789abcdef";
// What toml++ takes for the end of a line.
constexpr std::string_view kLineEnds = "\n\v\f\r";

void skip_blanks(std::string_view& text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
}

bool begins_key(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' ||
         c == '"' || c == '\'';
}

// An inline table ends on its line and not behind a comma, so this refuses nothing that is TOML but texts.
bool has_safe_braces(std::string_view line) {
  char before = ',';  // the last character that is no blank
  for (const char c : line) {
    if (c == '}' && (before == ',' || before == '[')) return false;
    if (c != ' ' && c != '\t') before = c;
  }
  return true;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Does what toml++ may take for a date end at the blank, and something of one digit stand behind it? It looks
// at the hyphens alone: "4060-01-3= 2" is one for it, too.
bool splits_date(std::string_view line, std::size_t blank) {
  constexpr std::size_t kDateBytes = 10;  // "2030-01-31"; underscores come on top
  constexpr std::string_view kAround = " \t,[]{}#";
  constexpr std::string_view kOfTimes = "0123456789-_:.+TtZz";
  const std::string_view before = line.substr(0, blank);
  const std::size_t other = before.find_last_of(kAround);
  const std::string_view date = before.substr(other == std::string_view::npos ? 0 : other + 1);
  if (date.size() < kDateBytes || std::count(date.begin(), date.end(), '-') < 2) return false;
  const std::string_view behind = line.substr(blank + 1);
  if (behind.empty() || !is_digit(behind[0])) return false;
  return behind.size() == 1 || kOfTimes.find(behind[1]) == std::string_view::npos;
}

// Texts of one line are passed over. Where one of several lines begins or ends nothing is taken for a text.
bool has_safe_dates(std::string_view line) {
  const bool knows_texts =
      line.find("\"\"\"") == std::string_view::npos && line.find("'''") == std::string_view::npos;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != 0) {
      if (c == '\\' && quote == '"') ++i;
      if (c == quote) quote = 0;
    } else if (knows_texts && (c == '"' || c == '\'')) {
      quote = c;
    } else if (knows_texts && c == '#') {
      return true;
    } else if (c == ' ' && splits_date(line, i)) {
      return false;
    }
  }
  return true;
}

// Bytes of the UTF-8 sequence (RFC 3629) that `text` begins with; 0: it begins with none.
std::size_t sequence_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const auto follows = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4 || !follows(1)) return 0;
  if (first < 0xE0) return 2;
  const bool is_overlong = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xF0 && byte(1) < 0x90);
  const bool is_outside = (first == 0xED && byte(1) >= 0xA0) || (first == 0xF4 && byte(1) >= 0x90);
  if (is_overlong || is_outside || !follows(2)) return 0;
  if (first < 0xF0) return 3;
  return follows(3) ? 4 : 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = sequence_size(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

bool has_safe_begin(std::string_view line) {
  skip_blanks(line);
  if (!line.starts_with('[')) return true;
  line.remove_prefix(1);
  if (line.starts_with('[')) line.remove_prefix(1);
  skip_blanks(line);
  return !line.empty() && begins_key(line.front());
}

// The byte that two digits behind a mark stand for, if ascii_toml() would have written them.
std::optional<char> marked_byte(std::string_view digits) {
  if (digits.size() < 2) return std::nullopt;
  const std::size_t high = kDigits.find(digits[0]);
  const std::size_t low = kDigits.find(digits[1]);
  if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
  const std::size_t byte = high << 4 | low;
  if (byte < 0x80 && byte != static_cast<std::size_t>(kMark)) return std::nullopt;
  return static_cast<char>(static_cast<std::uint8_t>(byte));
}

}  // namespace

std::optional<std::size_t> unsafe_toml_line(std::string_view toml) {
  std::size_t number = 1;
  while (true) {
    const std::size_t end = toml.find_first_of(kLineEnds);
    const std::string_view line = toml.substr(0, end);
    if (!has_safe_begin(line) || !has_safe_braces(line) || !has_safe_dates(line) || !is_utf8(line))
      return number;
    if (end == std::string_view::npos) return {};
    number += toml[end] == '\n' ? 1u : 0u;
    toml.remove_prefix(end + 1);
  }
}

std::string ascii_toml(std::string_view toml) {
  std::string ascii;
  ascii.reserve(toml.size());
  for (const char c : toml) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte < 0x80 && c != kMark) {
      ascii += c;
    } else {
      ascii += {kMark, kDigits[byte >> 4], kDigits[byte & 0xF]};
    }
  }
  return ascii;
}

std::string text_of_ascii_toml(std::string_view text) {
  std::string original;
  original.reserve(text.size());
  while (!text.empty()) {
    const auto byte = text.front() == kMark ? marked_byte(text.substr(1)) : std::nullopt;
    original += byte.value_or(text.front());
    text.remove_prefix(byte ? 3 : 1);
  }
  return original;
}

}  // namespace mogura
