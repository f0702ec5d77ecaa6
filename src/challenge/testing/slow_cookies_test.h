#pragma once

// For tests: what Cookies::strip() is to do, written a second time and without regard to speed. Splits the
// field into pieces, decides about each, and puts what stays together again.

#include <string>
#include <vector>

#include "challenge/cookies.h"

namespace mogura::challenge::testing {

inline std::string without_spaces(std::string text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

class SlowStrip {
 public:
  SlowStrip(const Tokens& tokens, std::string base, const Cookies& cookies)
      : tokens_(tokens), base_(std::move(base)), cookies_(cookies) {}

  std::string operator()(const std::string& cookie) {
    std::vector<std::string> kept, kept_separators;
    unsigned checked = 0;
    bool is_any_ours = false, is_any_left = false;
    for (std::size_t at = 0; at <= cookie.size();) {
      std::string separator;
      if (at != 0) {
        separator = ";";
        while (at < cookie.size() && (cookie[at] == ' ' || cookie[at] == '\t')) separator += cookie[at++];
      }
      std::string piece;
      while (at < cookie.size() && cookie[at] != ';') piece += cookie[at++];
      ++at;  // the semicolon, or beyond the end
      if (is_ours(piece, checked)) {
        is_any_ours = true;
        continue;
      }
      kept.push_back(piece);
      kept_separators.push_back(separator);
      if (!without_spaces(piece).empty()) is_any_left = true;
    }
    if (!is_any_ours) return cookie;
    if (!is_any_left) return "";
    std::string out;
    for (std::size_t i = 0; i < kept.size(); ++i) out += (i == 0 ? "" : kept_separators[i]) + kept[i];
    return out;
  }

 private:
  bool is_ours(const std::string& piece, unsigned& checked) {
    if (piece.find('=') == std::string::npos) return false;
    const std::string name = without_spaces(piece.substr(0, piece.find('=')));
    std::string value = without_spaces(piece.substr(piece.find('=') + 1));
    if (value.size() > 1 && value[0] == '"' && value[value.size() - 1] == '"') {
      value = value.substr(1, value.size() - 2);
    }
    if (!Tokens::is_well_formed(value)) return false;
    for (std::size_t i = 0; i < kCookieKinds; ++i) {
      if (name == cookies_.name(static_cast<CookieKind>(i))) return true;
    }
    if (!is_variant(name.rfind("__Host-", 0) == 0 ? name.substr(7) : name) || checked == Cookies::kOtherNames)
      return false;
    ++checked;
    return tokens_.is_ours(value);
  }
  bool is_variant(const std::string& name) const {
    if (name == base_) return true;
    if (name.size() != base_.size() + 5 || name.substr(0, base_.size() + 1) != base_ + "-") return false;
    return name.find_first_not_of("0123456789abcdef", base_.size() + 1) == std::string::npos;
  }

  const Tokens& tokens_;
  std::string base_;
  const Cookies& cookies_;
};

}  // namespace mogura::challenge::testing
