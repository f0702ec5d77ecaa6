#include "protocol/detail/inner_text.h"

#include <algorithm>

namespace mogura::protocol::inner {
namespace {

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

Line next_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) {
    const Line line{rest, false};
    rest = {};
    return line;
  }
  Line line{rest.substr(0, end), true};
  if (line.text.ends_with('\r')) line.text.remove_suffix(1);
  rest.remove_prefix(end + 1);
  return line;
}

bool is_printable(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7F;
  });
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter_or_digit(char c) {
  return is_digit(c) || (upper(c) >= 'A' && upper(c) <= 'Z');
}

Match match_any_case(std::string_view text, std::string_view word) {
  const std::size_t common = std::min(text.size(), word.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (upper(text[i]) != upper(word[i])) return Match::kNo;
  }
  return common == word.size() ? Match::kYes : Match::kNeedMore;
}

Match match_command(std::string_view text, std::span<const std::string_view> words) {
  Match best = Match::kNo;
  for (const std::string_view word : words) {
    Match match = match_any_case(text, word);
    if (match == Match::kYes) {
      if (text.size() == word.size()) {
        match = Match::kNeedMore;
      } else if (std::string_view(" \r\n").find(text[word.size()]) == std::string_view::npos) {
        match = Match::kNo;
      }
    }
    best = better(best, match);
  }
  return best;
}

bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool starts = at == 0 || !is_letter_or_digit(text[at - 1]);
    const bool ends = end == text.size() || !is_letter_or_digit(text[end]);
    if (starts && ends) return true;
  }
  return false;
}

}  // namespace mogura::protocol::inner
