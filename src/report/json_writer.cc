#include "report/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "report/detail/width_table.h"
#include "report/utf8.h"

namespace mogura::report {
namespace {

constexpr std::size_t kShortKey = 32;

constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x7F; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

// Of eight bytes, whether none needs an escape: no control, quote, backslash, DEL or byte beyond ASCII. Sets,
// for each byte, the top bit where a property holds; carries between bytes can only make it say no where yes
// were true.
bool all_plain(const char* bytes) {
  constexpr std::uint64_t kOnes = 0x0101010101010101u;
  constexpr std::uint64_t kTops = kOnes * 0x80;
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  const auto has_zero = [](std::uint64_t w) { return (w - kOnes) & ~w & kTops; };
  const std::uint64_t below_space = (word - kOnes * 0x20) & ~word & kTops;
  const std::uint64_t beyond = (word | (word + kOnes)) & kTops;  // 0x7F and above
  return (below_space | beyond | has_zero(word ^ (kOnes * '"')) | has_zero(word ^ (kOnes * '\\'))) == 0;
}

std::size_t plain_length(std::string_view text) {
  std::size_t length = 0;
  while (text.size() - length >= 8 && all_plain(text.data() + length)) length += 8;
  while (length < text.size() && kPlain[static_cast<std::uint8_t>(text[length])]) ++length;
  return length;
}

void append_unit(std::string& out, std::uint32_t unit) {
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += "0123456789abcdef"[unit >> shift & 0xF];
}

void append_code_point(std::string& out, char32_t c) {
  const auto value = static_cast<std::uint32_t>(c);
  if (value < 0x10000) return append_unit(out, value);
  append_unit(out, 0xD800 + ((value - 0x10000) >> 10));
  append_unit(out, 0xDC00 + (value & 0x3FF));
}

void append_special(std::string& out, const Utf8Character& c, std::string_view bytes) {
  if (!c.is_valid) {
    out += "\uFFFD";
    return;
  }
  switch (c.code_point) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (detail::is_hidden(c.code_point)) return append_code_point(out, c.code_point);
  out += bytes;
}

void append_digits(char*& at, unsigned value, unsigned count) {
  for (unsigned i = count; i-- > 0; value /= 10) at[i] = static_cast<char>('0' + value % 10);
  at += count;
}

}  // namespace

void append_rfc3339(std::string& out, Timestamp time) {
  using namespace std::chrono;
  // In microseconds the days at both ends of the range can still be counted.
  const auto cut = floor<microseconds>(time);
  const auto day = floor<days>(cut);
  const year_month_day date(day);
  const auto in_day = static_cast<std::uint64_t>((cut - day).count());
  const auto second = static_cast<unsigned>(in_day / 1'000'000);
  std::array<char, 32> text;
  char* at = text.data();
  // Nanoseconds in 64 bits reach from 1677 to 2262.
  append_digits(at, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  *at++ = '-';
  append_digits(at, static_cast<unsigned>(date.month()), 2);
  *at++ = '-';
  append_digits(at, static_cast<unsigned>(date.day()), 2);
  *at++ = 'T';
  append_digits(at, second / 3600, 2);
  *at++ = ':';
  append_digits(at, second / 60 % 60, 2);
  *at++ = ':';
  append_digits(at, second % 60, 2);
  *at++ = '.';
  append_digits(at, static_cast<unsigned>(in_day % 1'000'000), 6);
  *at++ = 'Z';
  out.append(text.data(), static_cast<std::size_t>(at - text.data()));
}

void JsonWriter::new_line() {
  if (layout_ == Layout::kLine) return;
  if (one_line_depth_ != 0) {
    out_ += ' ';
    return;
  }
  out_ += '\n';
  out_.append(std::size_t{2} * depth_, ' ');
}

// What stands between the value before and this one.
void JsonWriter::separate() {
  if (follows_key_) {
    follows_key_ = false;
    return;
  }
  if (needs_comma_) out_ += ',';
  if (depth_ != 0 && (needs_comma_ || one_line_depth_ == 0)) new_line();
}

void JsonWriter::begin(char bracket, Open open) {
  separate();
  out_ += bracket;
  ++depth_;
  if (open == Open::kOneLine && one_line_depth_ == 0) one_line_depth_ = depth_;
  needs_comma_ = false;
}

void JsonWriter::end(char bracket) {
  const bool was_one_line = one_line_depth_ != 0;
  if (one_line_depth_ == depth_) one_line_depth_ = 0;
  --depth_;
  if (needs_comma_ && !was_one_line) new_line();
  out_ += bracket;
  needs_comma_ = true;
}

void JsonWriter::key(std::string_view name) {
  if (layout_ == Layout::kLine && !follows_key_ && name.size() <= kShortKey) {
    // One append instead of five: lines are many, and mostly keys.
    std::array<char, kShortKey + 4> text;
    char* at = text.data();
    if (needs_comma_) *at++ = ',';
    *at++ = '"';
    at += name.copy(at, name.size());
    *at++ = '"';
    *at++ = ':';
    out_.append(text.data(), static_cast<std::size_t>(at - text.data()));
  } else {
    separate();
    out_ += '"';
    out_ += name;
    out_ += layout_ == Layout::kLine ? "\":" : "\": ";
  }
  follows_key_ = true;
  needs_comma_ = true;
}

void JsonWriter::untrusted_key(std::string_view name) {
  separate();
  append_text(name);
  out_ += layout_ == Layout::kLine ? ":" : ": ";
  follows_key_ = true;
  needs_comma_ = true;
}

void JsonWriter::append_text(std::string_view text) {
  out_ += '"';
  while (!text.empty()) {
    const std::size_t plain = plain_length(text);
    out_ += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const Utf8Character c = first_character(text);
    append_special(out_, c, text.substr(0, c.size));
    text.remove_prefix(c.size);
  }
  out_ += '"';
}

void JsonWriter::value(std::string_view text) {
  separate();
  append_text(text);
  needs_comma_ = true;
}

void JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
  needs_comma_ = true;
}

void JsonWriter::value(Timestamp time) {
  separate();
  out_ += '"';
  append_rfc3339(out_, time);
  out_ += '"';
  needs_comma_ = true;
}

void JsonWriter::value(bool truth) {
  separate();
  out_ += truth ? "true" : "false";
  needs_comma_ = true;
}

void JsonWriter::value(double number) {
  separate();
  needs_comma_ = true;
  if (!std::isfinite(number)) {
    out_ += "null";
    return;
  }
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  out_.append(text.data(), static_cast<std::size_t>(end - text.data()));
}

void JsonWriter::integer(std::uint64_t number) {
  separate();
  std::array<char, 24> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  out_.append(text.data(), static_cast<std::size_t>(end - text.data()));
  needs_comma_ = true;
}

}  // namespace mogura::report
