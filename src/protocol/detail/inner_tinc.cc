// tinc by the ID request of its meta protocol, which both sides begin with: "0 name 17\n", or 17.x from
// tinc 1.1, where a joining client says "?key" or "^name" for its name. One line of text is too little; both
// together are not.

#include "protocol/detail/inner_recognisers.h"
#include "protocol/detail/inner_text.h"

namespace mogura::protocol::inner {
namespace {

constexpr std::size_t kMostName = 64;
constexpr std::size_t kMostMinor = 3;

bool is_name_char(char c, std::size_t at) {
  return is_letter_or_digit(c) || c == '_' || c == '-' || (at == 0 && (c == '?' || c == '^'));
}

bool is_minor(std::string_view text) {
  if (text.empty()) return true;
  text.remove_prefix(1);
  for (const char c : text) {
    if (!is_digit(c)) return false;
  }
  return text.size() <= kMostMinor;
}

// "17", or "17." and a number, and the end of the line.
Match protocol_version(std::string_view text) {
  const Match major = match_any_case(text, "17");
  if (major != Match::kYes) return major;
  const std::size_t end = text.find('\n');
  const std::string_view minor = text.substr(2, end == std::string_view::npos ? end : end - 2);
  if (!minor.empty() && minor.front() != '.') return Match::kNo;
  if (!is_minor(minor)) return Match::kNo;
  if (end == std::string_view::npos) return Match::kNeedMore;
  return minor.size() == 1 ? Match::kNo : Match::kYes;
}

Match id_request(ByteView bytes) {
  std::string_view text = as_text(bytes);
  const Match kind = match_any_case(text, "0 ");
  if (kind != Match::kYes) return kind;
  text.remove_prefix(2);
  std::size_t name = 0;
  while (name < text.size() && name < kMostName && is_name_char(text[name], name)) ++name;
  if (name == text.size()) return Match::kNeedMore;
  if (name == 0 || text[name] != ' ') return Match::kNo;
  return protocol_version(text.substr(name + 1));
}

}  // namespace

Verdict judge_tinc(const EarlyBytes& early) {
  const Match up = settled(id_request(early.up), early.up_is_final);
  const Match down = settled(id_request(early.down), early.down_is_final);
  if (up == Match::kNo || down == Match::kNo) return Verdict::kNo;
  if (up == Match::kYes && down == Match::kYes) return Verdict::kYes;
  return better(up, down) == Match::kYes ? Verdict::kLikely : Verdict::kMaybe;
}

}  // namespace mogura::protocol::inner
