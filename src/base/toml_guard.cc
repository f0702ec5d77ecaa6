#include "base/toml_guard.h"

namespace mogura {
namespace {

// Walks over the text, knowing no more of TOML than quotes, comments and lines.
class Scanner {
 public:
  explicit Scanner(std::string_view toml) : rest_(toml) {}

  std::optional<std::size_t> run() {
    while (!rest_.empty()) {
      if (is_line_begin_ && !has_safe_begin()) return line_;
      const char c = rest_.front();
      if (c == '"' || c == '\'') {
        skip_text(c);
      } else if (c == '#') {
        skip_comment();
      } else if (static_cast<unsigned char>(c) >= 0x80) {
        return line_;
      } else {
        step();
      }
    }
    return {};
  }

 private:
  // What toml++ takes for the end of a line.
  static bool ends_line(char c) { return c == '\n' || c == '\v' || c == '\f' || c == '\r'; }
  static bool begins_key(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '_' || c == '"' || c == '\'';
  }
  static void skip_blanks(std::string_view& text) {
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  }

  void step() {
    is_line_begin_ = ends_line(rest_.front());
    if (rest_.front() == '\n') ++line_;
    rest_.remove_prefix(1);
  }

  [[nodiscard]] bool has_safe_begin() const {
    std::string_view line = rest_;
    skip_blanks(line);
    if (!line.starts_with('[')) return true;
    line.remove_prefix(1);
    if (line.starts_with('[')) line.remove_prefix(1);
    skip_blanks(line);
    return !line.empty() && begins_key(line.front());
  }

  void skip_comment() {
    while (!rest_.empty() && !ends_line(rest_.front())) step();
  }

  // "…", '…', and either three times over several lines. Where the closing quote is missing, to the end of
  // the line.
  void skip_text(char quote) {
    const bool is_long = rest_.size() >= 3 && rest_[1] == quote && rest_[2] == quote;
    for (int i = 0; i < (is_long ? 3 : 1); ++i) step();
    while (!rest_.empty()) {
      if (!is_long && ends_line(rest_.front())) return;
      if (rest_.front() == '\\' && quote == '"') {
        step();
        if (!rest_.empty() && (is_long || !ends_line(rest_.front()))) step();
        continue;
      }
      const bool is_end =
          is_long ? rest_.size() >= 3 && rest_[0] == quote && rest_[1] == quote && rest_[2] == quote
                  : rest_.front() == quote;
      if (is_end) {
        for (int i = 0; i < (is_long ? 3 : 1); ++i) step();
        return;
      }
      step();
    }
  }

  std::string_view rest_;
  std::size_t line_ = 1;
  bool is_line_begin_ = true;
};

}  // namespace

std::optional<std::size_t> unsafe_toml_line(std::string_view toml) {
  return Scanner(toml).run();
}

}  // namespace mogura
