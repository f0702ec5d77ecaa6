// The text format's writer: keys in the order of the document, one condition a line.

#include "pattern/detail/number_text.h"
#include "pattern/detail/text_escape.h"
#include "pattern/detail/vocabulary.h"
#include "pattern/pattern.h"

namespace mogura::pattern {
namespace {

using On = Condition::On;

std::string quoted(std::string_view text) {
  return "\"" + detail::escape_toml(text) + "\"";
}

std::string direction_of(session::Direction direction) {
  return "dir = " + quoted(detail::name_of(direction));
}

std::string write_bytes(const BytesCondition& bytes) {
  std::string text = "{ " + direction_of(bytes.direction);
  if (bytes.message) text += ", message = " + std::to_string(*bytes.message);
  if (bytes.offset) text += ", offset = " + std::to_string(*bytes.offset);
  if (detail::is_plain_text(bytes.bytes) && bytes.mask.find('\0') == std::string::npos) {
    return text + ", text = " + quoted(bytes.bytes) + " }";
  }
  return text + ", hex = \"" + detail::hex_of(bytes) + "\" }";
}

std::string write_length(const LengthCondition& length) {
  std::string text = "{ " + direction_of(length.direction);
  if (length.message) text += ", message = " + std::to_string(*length.message);
  text += ", length = " + std::to_string(length.length);
  if (!length.message) text += ", at_least = " + std::to_string(length.at_least);
  return text + " }";
}

std::string write_rhythm(const RhythmCondition& rhythm) {
  return "{ min_s = " + detail::number_text(rhythm.min_s) + ", max_s = " + detail::number_text(rhythm.max_s) +
         ", max_mad_ratio = " + detail::number_text(rhythm.max_mad_ratio) + " }";
}

std::string write_exchanges(const ExchangesCondition& exchanges) {
  return "{ up = " + std::to_string(exchanges.up) + ", down = " + std::to_string(exchanges.down) + " }";
}

std::string write_long_body(const LongBodyCondition& body) {
  return "{ " + direction_of(body.direction) + ", at_least_s = " + detail::number_text(body.at_least_s) +
         " }";
}

std::string write_parts(const Condition& condition, std::size_t indent);

std::string write_value(const Condition& condition, std::size_t indent) {
  switch (condition.on) {
    case On::kKind:
    case On::kInner:
    case On::kDestination:
    case On::kUserAgent:
    case On::kCipherSuites:
    case On::kJa4:
    case On::kSni:
    case On::kMethod:
    case On::kUpgrade:
      return quoted(condition.text);
    case On::kNoUserAgent:
    case On::kNoSni:
      return "true";
    case On::kLength:
      return write_length(condition.length);
    case On::kBytes:
      return write_bytes(condition.bytes);
    case On::kRhythm:
      return write_rhythm(condition.rhythm);
    case On::kExchanges:
      return write_exchanges(condition.exchanges);
    case On::kDuration:
      return detail::number_text(condition.seconds);
    case On::kLongBody:
      return write_long_body(condition.long_body);
    case On::kAll:
    case On::kAny:
      return write_parts(condition, indent);
  }
  return {};
}

std::string write_parts(const Condition& condition, std::size_t indent) {
  std::string text = "[\n";
  for (const Condition& part : condition.parts) {
    text += std::string(indent + 2, ' ') + "{ " + std::string(name_of(part.on)) + " = " +
            write_value(part, indent + 2) + " },\n";
  }
  return text + std::string(indent, ' ') + "]";
}

void append_text(std::string& file, std::string_view key, const std::string& value) {
  if (!value.empty()) file += std::string(key) + " = " + quoted(value) + "\n";
}

std::string write_rates(const Pattern::Rates& rates) {
  return "\n[rates]\nservice_sessions = " + std::to_string(rates.service_sessions) +
         "\nservice_hits = " + std::to_string(rates.service_hits) +
         "\nordinary_sessions = " + std::to_string(rates.ordinary_sessions) +
         "\nordinary_hits = " + std::to_string(rates.ordinary_hits) + "\n";
}

}  // namespace

std::string write(const Pattern& pattern) {
  std::string file = "format = 1\n";
  append_text(file, "name", pattern.name);
  append_text(file, "application", pattern.application);
  append_text(file, "author", pattern.author);
  append_text(file, "date", pattern.date);
  append_text(file, "source_finding", pattern.source_finding);
  append_text(file, "note", pattern.note);
  if (pattern.is_candidate) file += "candidate = true\n";
  file +=
      "\n" + std::string(name_of(pattern.condition.on)) + " = " + write_parts(pattern.condition, 0) + "\n";
  if (pattern.rates) file += write_rates(*pattern.rates);
  return file;
}

}  // namespace mogura::pattern
