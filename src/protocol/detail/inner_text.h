#pragma once

// Lines and words of the protocols that people could type: SMTP, FTP, POP3, IMAP, IRC. Letters of commands
// count in either case; a line ends with LF, with or without CR before it.

#include <span>
#include <string_view>

#include "protocol/detail/inner_verdict.h"

namespace mogura::protocol::inner {

struct Line {
  std::string_view text;     // without CR LF
  bool is_complete = false;  // its LF was there
};

// Takes the next line off `rest`.
Line next_line(std::string_view& rest);

// No control characters but TAB. Bytes above 0x7F pass: greetings come in any character set.
bool is_printable(std::string_view text);
bool is_digit(char c);
bool is_letter_or_digit(char c);

// `text` begins with `word` in any case.
Match match_any_case(std::string_view text, std::string_view word);
// `text` begins with one of `words` in any case, and a space or the end of the line after it.
Match match_command(std::string_view text, std::span<const std::string_view> words);
// `text` has `word`, just so, with neither a letter nor a digit before or after it.
bool has_word(std::string_view text, std::string_view word);

}  // namespace mogura::protocol::inner
