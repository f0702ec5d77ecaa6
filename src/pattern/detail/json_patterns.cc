#include "pattern/detail/json_patterns.h"

#include "pattern/detail/number_text.h"
#include "pattern/detail/text_escape.h"
#include "pattern/detail/vocabulary.h"

namespace mogura::pattern::detail {
namespace {

using On = Condition::On;

std::string quoted(std::string_view text) {
  return "\"" + escape_toml(text) + "\"";
}

void add_member(std::string& object, std::string_view key, const std::string& value) {
  object += (object == "{" ? "" : ",") + quoted(key) + ":" + value;
}

void add_text(std::string& object, std::string_view key, const std::string& text) {
  if (!text.empty()) add_member(object, key, quoted(text));
}

std::string object_for(session::Direction direction) {
  std::string object = "{";
  add_member(object, "dir", quoted(name_of(direction)));
  return object;
}

std::string json_for(const BytesCondition& bytes) {
  std::string object = object_for(bytes.direction);
  if (bytes.message) add_member(object, "message", std::to_string(*bytes.message));
  if (bytes.offset) add_member(object, "offset", std::to_string(*bytes.offset));
  add_member(object, "hex", quoted(hex_of(bytes)));
  return object + "}";
}

std::string json_for(const LengthCondition& length) {
  std::string object = object_for(length.direction);
  if (length.message) add_member(object, "message", std::to_string(*length.message));
  add_member(object, "length", std::to_string(length.length));
  if (!length.message) add_member(object, "at_least", std::to_string(length.at_least));
  return object + "}";
}

std::string json_for(const RhythmCondition& rhythm) {
  std::string object = "{";
  add_member(object, "min_s", number_text(rhythm.min_s));
  add_member(object, "max_s", number_text(rhythm.max_s));
  add_member(object, "max_mad_ratio", number_text(rhythm.max_mad_ratio));
  return object + "}";
}

std::string json_for(const ExchangesCondition& exchanges) {
  return "{\"up\":" + std::to_string(exchanges.up) + ",\"down\":" + std::to_string(exchanges.down) + "}";
}

std::string json_for(const LongBodyCondition& body) {
  std::string object = object_for(body.direction);
  add_member(object, "at_least_s", number_text(body.at_least_s));
  return object + "}";
}

std::string json_for(const Condition& condition);

std::string value_of(const Condition& condition) {
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
      return json_for(condition.length);
    case On::kBytes:
      return json_for(condition.bytes);
    case On::kRhythm:
      return json_for(condition.rhythm);
    case On::kExchanges:
      return json_for(condition.exchanges);
    case On::kDuration:
      return number_text(condition.seconds);
    case On::kLongBody:
      return json_for(condition.long_body);
    case On::kAll:
    case On::kAny:
      break;
  }
  std::string list = "[";
  for (const Condition& part : condition.parts) list += (list == "[" ? "" : ",") + json_for(part);
  return list + "]";
}

std::string json_for(const Condition& condition) {
  std::string object = "{";
  add_member(object, pattern::name_of(condition.on), value_of(condition));
  return object + "}";
}

std::string json_for(const Pattern::Rates& rates) {
  std::string object = "{";
  add_member(object, "service_sessions", std::to_string(rates.service_sessions));
  add_member(object, "service_hits", std::to_string(rates.service_hits));
  add_member(object, "ordinary_sessions", std::to_string(rates.ordinary_sessions));
  add_member(object, "ordinary_hits", std::to_string(rates.ordinary_hits));
  return object + "}";
}

std::string json_for(const Pattern& pattern) {
  std::string object = "{";
  add_text(object, "id", pattern.id);
  add_text(object, "name", pattern.name);
  add_text(object, "application", pattern.application);
  add_text(object, "author", pattern.author);
  add_text(object, "date", pattern.date);
  add_text(object, "source_finding", pattern.source_finding);
  add_text(object, "note", pattern.note);
  add_member(object, "candidate", pattern.is_candidate ? "true" : "false");
  add_member(object, pattern::name_of(pattern.condition.on), value_of(pattern.condition));
  if (pattern.rates) add_member(object, "rates", json_for(*pattern.rates));
  return object + "}";
}

}  // namespace

void export_json(const std::vector<Pattern>& patterns, Exported& out) {
  out.text = "{\"schema\":\"mogura.patterns/1\",\"patterns\":[";
  for (std::size_t i = 0; i < patterns.size(); ++i)
    out.text += (i == 0 ? "\n" : ",\n") + json_for(patterns[i]);
  out.text += "\n]}\n";
}

}  // namespace mogura::pattern::detail
