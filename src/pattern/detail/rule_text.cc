#include "pattern/detail/rule_text.h"

#include <algorithm>

#include "base/digest.h"
#include "pattern/detail/text_escape.h"

namespace mogura::pattern::detail {
namespace {

constexpr std::uint32_t kFirstNumber = 1'000'000, kNumbers = 1'000'000;

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

std::uint32_t rule_number(std::string_view id, std::size_t alternative) {
  const auto digest = sha256(as_bytes(std::string(id) + "/" + std::to_string(alternative)));
  return kFirstNumber + load_be32(digest.data()) % kNumbers;
}

std::string title_of(const Pattern& pattern) {
  std::string title = pattern.name.empty() ? pattern.id : pattern.name;
  for (char& c : title) {
    if (!is_plain(c) && std::string_view(" -.,+/").find(c) == std::string_view::npos) c = '_';
  }
  return title.substr(0, 200);
}

std::string content_of(std::string_view bytes) {
  std::string content;
  bool is_hex = false;
  for (const char c : bytes) {
    if (is_hex == is_plain(c)) {
      content += '|';
      is_hex = !is_hex;
    } else if (is_hex) {
      content += ' ';
    }
    content += is_hex ? to_hex(as_bytes(std::string_view(&c, 1))) : std::string(1, c);
  }
  return is_hex ? content + "|" : content;
}

std::string regex_of(std::string_view bytes) {
  std::string regex;
  for (const char c : bytes) {
    regex += is_plain(c) ? std::string(1, c) : "\\x" + to_hex(as_bytes(std::string_view(&c, 1)));
  }
  return regex;
}

std::vector<std::string> pieces_of_glob(std::string_view glob) {
  std::vector<std::string> pieces;
  while (!glob.empty()) {
    const std::size_t star = std::min(glob.find('*'), glob.size());
    if (star != 0) pieces.emplace_back(glob.substr(0, star));
    glob.remove_prefix(std::min(star + 1, glob.size()));
  }
  return pieces;
}

std::vector<FixedRun> fixed_runs(const BytesCondition& condition) {
  std::vector<FixedRun> runs;
  for (std::size_t i = 0; i < condition.bytes.size(); ++i) {
    if (condition.mask[i] == '\0') continue;
    const bool goes_on = i != 0 && condition.mask[i - 1] != '\0';
    if (!goes_on) runs.push_back({i, {}});
    runs.back().bytes += condition.bytes[i];
  }
  return runs;
}

bool is_rare_anywhere(const BytesCondition& condition) {
  const auto fixed = std::count(condition.mask.begin(), condition.mask.end(), '\xff');
  return static_cast<std::size_t>(fixed) >= kBytesWithoutPlace;
}

void Losses::add(std::string what) {
  if (std::find(mine_.begin(), mine_.end(), what) != mine_.end()) return;
  out_.losses.push_back(pattern_.id + ": " + what);
  mine_.push_back(std::move(what));
}

std::string Losses::comments() const {
  std::string comments;
  for (const std::string& what : mine_) comments += "# " + pattern_.id + ": not expressed: " + what + "\n";
  return comments;
}

}  // namespace mogura::pattern::detail
