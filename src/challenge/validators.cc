#include "challenge/validators.h"

namespace mogura::challenge {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

struct Tag {
  std::string_view text;       // as it came, with white space around it
  std::string_view value;      // between the quotation marks; empty where it is no entity tag
  std::string_view separator;  // the comma before it
};

}  // namespace

// The elements of the list. What is no entity tag is one element to the end: it has no value.
class Validators::Tags {
 public:
  explicit Tags(std::string_view rest) : rest_(rest) {}

  bool next(Tag& tag) {
    if (is_over_) return false;
    tag = {};
    if (!is_first_) {
      tag.separator = rest_.substr(0, 1);
      rest_.remove_prefix(1);
    }
    is_first_ = false;
    std::size_t at = skip_space(0);
    if (rest_.substr(at).starts_with("W/")) at += 2;
    if (at < rest_.size() && rest_[at] == '"') {
      const std::size_t end = rest_.find('"', at + 1);
      if (end != std::string_view::npos) {
        const std::size_t behind = skip_space(end + 1);
        if (behind == rest_.size() || rest_[behind] == ',') {
          tag.value = rest_.substr(at + 1, end - at - 1);
          take(behind, tag);
          return true;
        }
      }
    }
    take(rest_.size(), tag);
    return true;
  }

 private:
  [[nodiscard]] std::size_t skip_space(std::size_t at) const {
    while (at < rest_.size() && (rest_[at] == ' ' || rest_[at] == '\t')) ++at;
    return at;
  }
  void take(std::size_t size, Tag& tag) {
    tag.text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    is_over_ = rest_.empty();
  }

  std::string_view rest_;
  bool is_first_ = true, is_over_ = false;
};

std::string Validators::line(std::string_view value) {
  return "ETag: W/\"" + std::string(value) + "\"\r\n";
}

bool Validators::is_ours(std::string_view value, unsigned& checks_left) const {
  if (!Tokens::is_well_formed(value)) return false;
  if (checks_left == 0) return true;
  --checks_left;
  return tokens_.is_ours(value);
}

Validators::Found Validators::find(std::string_view if_none_match) const {
  Found found;
  unsigned checks_left = kMost;
  Tags tags(if_none_match);
  for (Tag tag; tags.next(tag);) {
    if (!is_ours(tag.value, checks_left)) continue;
    if (!found.has_ours) found.value = tag.value;
    found.has_ours = true;
  }
  return found;
}

void Validators::strip(std::string_view if_none_match, std::string& out) const {
  const std::size_t start = out.size();
  unsigned checks_left = kMost;
  bool is_first = true, has_removed = false, has_content = false;
  Tags tags(if_none_match);
  for (Tag tag; tags.next(tag);) {
    if (is_ours(tag.value, checks_left)) {
      has_removed = true;
      continue;
    }
    if (!is_first) out += tag.separator;
    out += is_first && has_removed ? trimmed(tag.text) : tag.text;
    is_first = false;
    has_content |= !trimmed(tag.text).empty();
  }
  if (has_removed && !has_content) out.resize(start);
}

}  // namespace mogura::challenge
