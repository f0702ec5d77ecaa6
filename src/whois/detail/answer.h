#pragma once

// Reads what a whois server said. There is no format (RFC 3912 has none): "key: value" lines, "[key] value"
// lines of the Japanese registries, in any order, any language, any encoding, and possibly with intent.
// Nothing here believes a length or an encoding.

#include <cstddef>
#include <string>
#include <string_view>

namespace mogura::whois::detail {

// Of a value that is read out of an answer.
inline constexpr std::size_t kValueBytes = 200;
// Lines looked at, and how much of one.
inline constexpr std::size_t kLines = 20'000;
inline constexpr std::size_t kLineBytes = 1024;

struct Facts {
  bool operator==(const Facts&) const = default;
  std::string organisation, country, registrar, created, network;  // clean: see clean_value()
  std::string referral;        // HOST or HOST:PORT of the next server; empty without one
  bool knows_nothing = false;  // "no match", or no text at all
  bool is_refusal = false;     // too many questions
};

Facts read_answer(std::string_view text);

// Without control characters, with bytes that are no UTF-8 replaced by "?", cut to kValueBytes between
// characters.
std::string clean_value(std::string_view text);
// An answer for people: lines kept, other control characters gone, UTF-8 as above. Not cut.
std::string clean_text(std::string_view text);

}  // namespace mogura::whois::detail
