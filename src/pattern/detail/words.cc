#include "pattern/detail/words.h"

#include "pattern/detail/number_text.h"
#include "pattern/detail/text_escape.h"

namespace mogura::pattern::detail {
namespace {

using On = Condition::On;

std::string quoted(std::string_view text) {
  return "\"" + escape_toml(text) + "\"";
}

std::string seconds(double number) {
  std::string text = number_text(number);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text + " s";
}

std::string_view sender_of(session::Direction direction) {
  return direction == session::Direction::kUp ? "the client" : "the server";
}

std::string message_of(const std::optional<std::uint32_t>& message, session::Direction direction) {
  const std::string number = message ? "message " + std::to_string(*message) : "a message";
  return number + " from " + std::string(sender_of(direction));
}

std::string words_for_bytes(const BytesCondition& bytes) {
  const bool is_text = is_plain_text(bytes.bytes) && bytes.mask.find('\0') == std::string::npos;
  std::string words = message_of(bytes.message, bytes.direction) + " has ";
  words += is_text ? quoted(bytes.bytes) : "the bytes " + hex_of(bytes);
  return bytes.offset ? words + " at offset " + std::to_string(*bytes.offset) : words;
}

std::string words_for_length(const LengthCondition& length) {
  const std::string size = std::to_string(length.length) + " bytes";
  if (length.message) return message_of(length.message, length.direction) + " is " + size + " long";
  return std::to_string(length.at_least) + " or more messages of " + size + " from " +
         std::string(sender_of(length.direction));
}

std::string words_for_rhythm(const RhythmCondition& rhythm) {
  return "messages from the client every " + seconds(rhythm.min_s) + " to " + seconds(rhythm.max_s);
}

std::string words_for_exchanges(const ExchangesCondition& exchanges) {
  return std::to_string(exchanges.up) + " or more messages from the client and " +
         std::to_string(exchanges.down) + " from the server";
}

std::string words_for_long_body(const LongBodyCondition& body) {
  return "a body from " + std::string(sender_of(body.direction)) + " lasted " + seconds(body.at_least_s) +
         " or more";
}

std::string words_for_parts(const Condition& condition, std::string_view between) {
  std::string words;
  for (const Condition& part : condition.parts) {
    if (!words.empty()) words += between;
    words += words_for(part);
  }
  return "(" + words + ")";
}

}  // namespace

std::string words_for(const Condition& condition) {
  switch (condition.on) {
    case On::kKind:
      return "the kind is " + quoted(condition.text);
    case On::kInner:
      return "the inner protocol is " + quoted(condition.text);
    case On::kDestination:
      return "the destination is " + quoted(condition.text);
    case On::kUserAgent:
      return "the User-Agent is " + quoted(condition.text);
    case On::kNoUserAgent:
      return "there is no User-Agent";
    case On::kCipherSuites:
      return "the cipher list is " + quoted(condition.text);
    case On::kJa4:
      return "JA4 is " + quoted(condition.text);
    case On::kSni:
      return "the TLS server name is " + quoted(condition.text);
    case On::kNoSni:
      return "the TLS hello names no server";
    case On::kMethod:
      return "a request had the method " + quoted(condition.text);
    case On::kUpgrade:
      return "there was an upgrade to " + quoted(condition.text);
    case On::kLength:
      return words_for_length(condition.length);
    case On::kBytes:
      return words_for_bytes(condition.bytes);
    case On::kRhythm:
      return words_for_rhythm(condition.rhythm);
    case On::kExchanges:
      return words_for_exchanges(condition.exchanges);
    case On::kDuration:
      return "it lasted " + seconds(condition.seconds) + " or more";
    case On::kLongBody:
      return words_for_long_body(condition.long_body);
    case On::kAll:
      return words_for_parts(condition, " and ");
    case On::kAny:
      return words_for_parts(condition, " or ");
  }
  return {};
}

}  // namespace mogura::pattern::detail
