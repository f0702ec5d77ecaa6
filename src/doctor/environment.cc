#include "doctor/environment.h"

#include <algorithm>
#include <utility>

namespace mogura::doctor {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

bool is_quote(char c) {
  return c == '"' || c == '\'';
}

}  // namespace

std::string assigned_in(std::string_view file, std::string_view variable) {
  std::string value;
  while (!file.empty()) {
    const std::size_t end = std::min(file.find('\n'), file.size());
    const std::string_view line = trimmed(file.substr(0, end));
    file.remove_prefix(std::min(end + 1, file.size()));
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || trimmed(line.substr(0, equals)) != variable) continue;
    std::string_view text = trimmed(line.substr(equals + 1));
    if (text.size() >= 2 && is_quote(text.front()) && text.back() == text.front()) {
      text = text.substr(1, text.size() - 2);
    }
    value = text;
  }
  return value;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  char quote = 0;
  bool is_open = false;
  for (const char c : text) {
    if (quote != 0 ? c == quote : is_quote(c)) {
      quote = quote != 0 ? '\0' : c;
      is_open = true;
    } else if (quote == 0 && (kBlanks.find(c) != std::string_view::npos || c == '\n')) {
      if (is_open) words.push_back(std::exchange(word, {}));
      is_open = false;
    } else {
      word += c;
      is_open = true;
    }
  }
  if (is_open) words.push_back(std::move(word));
  return words;
}

std::optional<std::string> value_of(const std::vector<std::string>& words, std::string_view option) {
  std::optional<std::string> value;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == option && i + 1 < words.size()) value = words[i + 1];
    if (word.starts_with(option) && word.size() > option.size() && word[option.size()] == '=') {
      value = word.substr(option.size() + 1);
    }
  }
  return value;
}

}  // namespace mogura::doctor
