// IRC (RFC 2812 §3.1, IRCv3 capability negotiation): how a client registers, how a server answers or greets.

#include <array>

#include "protocol/detail/inner_recognisers.h"
#include "protocol/detail/inner_text.h"

namespace mogura::protocol::inner {
namespace {

constexpr std::array<std::string_view, 1> kPass{"PASS"};
constexpr std::array<std::string_view, 1> kNotice{"NOTICE"};
constexpr std::size_t kMostPrefix = 128;
constexpr int kMostPasswords = 2;

// FTP and POP3 have USER too, with one parameter; here it has four.
Match user_command(const Line& line) {
  if (match_any_case(line.text, "USER ") == Match::kNo) return Match::kNo;
  std::size_t spaces = 0;
  for (const char c : line.text) spaces += c == ' ' ? 1 : 0;
  if (spaces >= 4) return Match::kYes;
  return line.is_complete ? Match::kNo : Match::kNeedMore;
}

Match capability_command(std::string_view text) {
  Match best = Match::kNo;
  for (const std::string_view start : {"CAP LS", "CAP REQ :", "CAP END"}) {
    best = better(best, match_any_case(text, start));
  }
  return best;
}

// "NICK ", and something that can be a nickname.
Match nick_command(std::string_view text) {
  const Match match = match_any_case(text, "NICK ");
  if (match != Match::kYes) return match;
  if (text.size() == 5) return Match::kNeedMore;
  return text[5] > ' ' && is_printable(text.substr(5, 1)) ? Match::kYes : Match::kNo;
}

// PASS says nothing yet: POP3 and FTP have it too.
Match registration(std::string_view rest) {
  for (int passwords = 0; passwords <= kMostPasswords; ++passwords) {
    const std::string_view here = rest;
    const Match pass = match_command(here, kPass);
    const Match other = better(capability_command(here), nick_command(here));
    if (pass != Match::kYes && other == Match::kNo && match_any_case(here, "USER ") == Match::kNo)
      return pass;
    const Line line = next_line(rest);
    if (pass == Match::kYes && line.is_complete) continue;
    if (pass == Match::kYes) return Match::kNeedMore;
    return better(better(pass, user_command(line)), other);
  }
  return Match::kNo;
}

// A numeric reply ("001 ") or NOTICE.
Match reply(std::string_view text) {
  for (std::size_t i = 0; i < 3; ++i) {
    if (i == text.size()) return Match::kNeedMore;
    if (!is_digit(text[i])) return match_command(text, kNotice);
  }
  if (text.size() == 3) return Match::kNeedMore;
  return text[3] == ' ' ? Match::kYes : Match::kNo;
}

Match server_message(std::string_view text) {
  if (text.empty() || text.front() != ':') {
    return better(match_any_case(text, "NOTICE AUTH :"), match_any_case(text, "NOTICE * :"));
  }
  std::size_t end = 1;
  while (end < text.size() && end < kMostPrefix &&
         (is_letter_or_digit(text[end]) || text[end] == '.' || text[end] == '-')) {
    ++end;
  }
  if (end == text.size()) return end < kMostPrefix ? Match::kNeedMore : Match::kNo;
  if (end == 1 || text[end] != ' ') return Match::kNo;
  return reply(text.substr(end + 1));
}

}  // namespace

Verdict judge_irc(const EarlyBytes& early) {
  return by_either(early, registration(as_text(early.up)), server_message(as_text(early.down)));
}

}  // namespace mogura::protocol::inner
