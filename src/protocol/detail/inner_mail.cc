// SMTP (RFC 5321), FTP (RFC 959), POP3 (RFC 1939) and IMAP (RFC 9051): the server greets, the client
// commands. SMTP and FTP greet alike with 220, so the client's first command decides, and where it says
// nothing of use the words of the greeting.

#include <array>

#include "protocol/detail/inner_recognisers.h"
#include "protocol/detail/inner_scan.h"
#include "protocol/detail/inner_text.h"

namespace mogura::protocol::inner {
namespace {

constexpr std::array<std::string_view, 3> kSmtpCommands{"EHLO", "HELO", "LHLO"};
constexpr std::array<std::string_view, 13> kFtpCommands{
    "USER", "AUTH", "FEAT", "SYST", "OPTS", "HOST", "PASS", "PASV", "EPSV", "PORT", "ACCT", "CLNT", "LANG"};
constexpr std::array<std::string_view, 7> kPop3Commands{"USER", "CAPA", "APOP", "AUTH",
                                                        "STLS", "QUIT", "NOOP"};
constexpr std::array<std::string_view, 4> kImapCommands{"CAPABILITY", "LOGIN", "AUTHENTICATE", "STARTTLS"};
constexpr std::size_t kMostTag = 32;

enum class Service : std::uint8_t { kOther, kSmtp, kFtp };

struct Greeting {
  Match match = Match::kNeedMore;
  Service service = Service::kOther;
};

Service service_of(std::string_view text) {
  if (has_word(text, "ESMTP")) return Service::kSmtp;
  if (has_word(text, "FTP") || text.find("FTPd") != text.npos || text.find("FTPD") != text.npos)
    return Service::kFtp;
  return has_word(text, "SMTP") ? Service::kSmtp : Service::kOther;
}

// "220 text" or "220-text"; of several lines the first.
Greeting greeting_220(ByteView bytes) {
  std::string_view rest = as_text(bytes);
  if (match_any_case(rest, "220") == Match::kNo) return {Match::kNo};
  const Line line = next_line(rest);
  if (!is_printable(line.text.substr(0, line.text.find('\r')))) return {Match::kNo};
  if (!line.is_complete) return {Match::kNeedMore};
  if (line.text.size() < 4 || (line.text[3] != ' ' && line.text[3] != '-')) return {Match::kNo};
  return {Match::kYes, service_of(line.text)};
}

// Once the client's command is known to be none of the protocol's own, and before that.
Verdict by_greeting(const EarlyBytes& early, Match up, const Greeting& greeting, Service service) {
  const Match down = settled(greeting.match, early.down_is_final);
  if (down == Match::kNo) return Verdict::kNo;
  const bool is_named = down == Match::kYes && greeting.service == service;
  if (settled(up, early.up_is_final) == Match::kNo) {
    if (down == Match::kNeedMore) return Verdict::kMaybe;
    return is_named ? Verdict::kYes : Verdict::kNo;
  }
  return is_named ? Verdict::kLikely : Verdict::kMaybe;
}

Match imap_command(std::string_view text) {
  std::size_t tag = 0;
  while (tag < text.size() && tag < kMostTag && (is_letter_or_digit(text[tag]) || text[tag] == '.')) ++tag;
  if (tag == text.size()) return tag < kMostTag ? Match::kNeedMore : Match::kNo;
  if (tag == 0 || text[tag] != ' ') return Match::kNo;
  return match_command(text.substr(tag + 1), kImapCommands);
}

Match imap_greeting(std::string_view text) {
  Match best = Match::kNo;
  for (const std::string_view start : {"* OK ", "* PREAUTH ", "* BYE "}) {
    best = better(best, match_any_case(text, start));
  }
  return best;
}

}  // namespace

Verdict judge_smtp(const EarlyBytes& early) {
  const Match up = better(match_command(as_text(early.up), kSmtpCommands),
                          match_any_case(as_text(early.up), "MAIL FROM:"));
  if (up == Match::kYes) return Verdict::kYes;
  const Verdict verdict = by_greeting(early, up, greeting_220(early.down), Service::kSmtp);
  // Whatever the server says, the client may still say it is SMTP.
  return up == Match::kNeedMore && !early.up_is_final ? better(verdict, Verdict::kMaybe) : verdict;
}

Verdict judge_ftp(const EarlyBytes& early) {
  const Match up = match_command(as_text(early.up), kFtpCommands);
  const Greeting greeting = greeting_220(early.down);
  if (up == Match::kYes && greeting.match == Match::kYes) return Verdict::kYes;
  return by_greeting(early, up, greeting, Service::kFtp);
}

Verdict judge_pop3(const EarlyBytes& early) {
  const Match up = match_command(as_text(early.up), kPop3Commands);
  Match down = match_literal(early.down, "+OK");
  // Redis says a bare +OK; a greeting has text.
  if (down == Match::kYes && up == Match::kNeedMore) down = match_literal(early.down, "+OK ");
  if (up != Match::kYes) return by_client(early, up, down);
  down = settled(down, early.down_is_final);
  return down == Match::kYes ? Verdict::kYes : down == Match::kNo ? Verdict::kNo : Verdict::kMaybe;
}

Verdict judge_imap(const EarlyBytes& early) {
  return by_either(early, imap_command(as_text(early.up)), imap_greeting(as_text(early.down)));
}

}  // namespace mogura::protocol::inner
