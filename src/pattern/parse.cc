// The text format's reader: toml++ does the lexing, what is here checks keys, values and limits.

#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>

#include "base/limits.h"
#include "base/toml_guard.h"
#include "pattern/detail/vocabulary.h"
#include "pattern/pattern.h"

namespace mogura::pattern {
namespace {

using On = Condition::On;

constexpr std::int64_t kFormat = 1;
constexpr std::string_view kSuffix = ".toml";

std::string id_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  if (path.ends_with(kSuffix)) path.remove_suffix(kSuffix.size());
  return std::string(path);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// "5353??" into values and mask; false where it is something else.
bool read_hex(std::string_view hex, BytesCondition& bytes) {
  if (hex.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = hex_digit(hex[i]), low = hex_digit(hex[i + 1]);
    const bool is_wildcard = hex[i] == '?' && hex[i + 1] == '?';
    if (!is_wildcard && (high < 0 || low < 0)) return false;
    bytes.bytes += is_wildcard ? '\0' : static_cast<char>(high << 4 | low);
    bytes.mask += is_wildcard ? '\0' : '\xff';
  }
  return true;
}

bool is_full_date(std::string_view text) {
  if (text.size() != 10) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 4 || i == 7;
    if (is_dash ? text[i] != '-' : (text[i] < '0' || text[i] > '9')) return false;
  }
  return true;
}

std::string text_of(const toml::date& date) {
  std::string text = "0000-00-00";
  const auto put = [&](std::size_t last, unsigned value) {
    for (std::size_t at = last; value != 0; value /= 10) text[at--] = static_cast<char>('0' + value % 10);
  };
  put(3, date.year);
  put(6, date.month);
  put(9, date.day);
  return text;
}

// Reads one file. The first error stops everything; it is kept in error_.
class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path) {}

  Result<Pattern> read(const toml::table& file) {
    Pattern pattern;
    pattern.id = id_of(path_);
    if (!is_pattern_id(pattern.id)) {
      return fail(ErrorCode::kFormat, path_, "the file's name is no id of a pattern: a-z, 0-9 and - only");
    }
    read_format(file);
    if (ok()) read_head(file, pattern);
    if (ok()) read_top(file, pattern.condition);
    if (ok()) read_rates(file, pattern);
    if (error_) return tl::unexpected(*error_);
    return pattern;
  }

 private:
  [[nodiscard]] bool ok() const { return !error_; }

  void complain(const toml::node& node, std::string_view key, std::string cause,
                ErrorCode code = ErrorCode::kFormat) {
    if (error_) return;
    error_ = Error{code, path_ + ":" + std::to_string(node.source().begin.line) + ": " + std::string(key),
                   std::move(cause)};
  }

  // Keys of `table` that are none of `known`.
  void check_keys(const toml::table& table, std::initializer_list<std::string_view> known) {
    for (const auto& [key, value] : table) {
      const auto is_same = [name = key.str()](std::string_view other) { return name == other; };
      if (std::none_of(known.begin(), known.end(), is_same)) {
        complain(value, key.str(), "there is no such key here");
      }
    }
  }

  void read_format(const toml::table& file) {
    const toml::node* node = file.get("format");
    if (node == nullptr) return complain(file, "format", "is missing; this version of the format is 1");
    const std::optional<std::int64_t> version = node->value_exact<std::int64_t>();
    if (!version || *version < 1) return complain(*node, "format", "must be 1");
    if (*version > kFormat) {
      complain(*node, "format", "is newer than this program, which reads 1", ErrorCode::kUnsupported);
    }
  }

  void read_head(const toml::table& file, Pattern& pattern) {
    check_keys(file, {"format", "name", "application", "author", "date", "source_finding", "note",
                      "candidate", "all", "any", "rates"});
    read_text(file, "name", pattern.name);
    read_text(file, "application", pattern.application);
    read_text(file, "author", pattern.author);
    read_text(file, "source_finding", pattern.source_finding);
    read_text(file, "note", pattern.note);
    if (const toml::node* node = file.get("candidate")) {
      const std::optional<bool> value = node->value_exact<bool>();
      if (!value) complain(*node, "candidate", "must be true or false");
      pattern.is_candidate = value.value_or(false);
    }
    if (const toml::node* node = file.get("date")) read_date(*node, pattern.date);
  }

  void read_date(const toml::node& node, std::string& date) {
    if (const toml::value<toml::date>* value = node.as_date()) date = text_of(value->get());
    if (const toml::value<std::string>* value = node.as_string()) date = value->get();
    if (!is_full_date(date)) complain(node, "date", "must be a date such as 2026-11-22");
  }

  void read_text(const toml::table& table, std::string_view key, std::string& text) {
    const toml::node* node = table.get(key);
    if (node != nullptr) read_text(*node, key, text);
  }

  void read_text(const toml::node& node, std::string_view key, std::string& text) {
    const toml::value<std::string>* value = node.as_string();
    if (value == nullptr) return complain(node, key, "must be text");
    if (text_of_ascii_toml(value->get()).size() > kConditionTextBytes) {
      return complain(node, key, "is longer than 4096 bytes", ErrorCode::kLimit);
    }
    text = text_of_ascii_toml(value->get());
  }

  template <class Number>
  bool read_number(const toml::table& table, std::string_view key, Number& number) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return false;
    if constexpr (std::is_floating_point_v<Number>) {
      const std::optional<double> value = node->value<double>();
      if (value && std::isfinite(*value) && *value >= 0) return number = *value, true;
      complain(*node, key, "must be a number, not below 0");
    } else {
      const std::optional<std::int64_t> value = node->value_exact<std::int64_t>();
      constexpr auto kMax = std::min<std::uint64_t>(std::numeric_limits<Number>::max(),
                                                    std::numeric_limits<std::int64_t>::max());
      if (value && *value >= 0 && static_cast<std::uint64_t>(*value) <= kMax) {
        return number = static_cast<Number>(*value), true;
      }
      complain(*node, key, "must be a whole number, not below 0");
    }
    return false;
  }

  void require_number(const toml::table& table, std::string_view key, auto& number) {
    if (!read_number(table, key, number)) complain(table, key, "is missing");
  }

  void read_rates(const toml::table& file, Pattern& pattern) {
    const toml::node* node = file.get("rates");
    if (node == nullptr) return;
    const toml::table* table = as_table(*node, "rates");
    if (table == nullptr) return;
    check_keys(*table, {"service_sessions", "service_hits", "ordinary_sessions", "ordinary_hits"});
    Pattern::Rates& rates = pattern.rates.emplace();
    require_number(*table, "service_sessions", rates.service_sessions);
    require_number(*table, "service_hits", rates.service_hits);
    require_number(*table, "ordinary_sessions", rates.ordinary_sessions);
    require_number(*table, "ordinary_hits", rates.ordinary_hits);
  }

  void read_top(const toml::table& file, Condition& condition) {
    const toml::node* all = file.get("all");
    const toml::node* any = file.get("any");
    if ((all == nullptr) == (any == nullptr)) {
      return complain(file, "all", "there must be either all or any, a list of conditions");
    }
    condition.on = all != nullptr ? On::kAll : On::kAny;
    read_parts(all != nullptr ? *all : *any, condition, 1);
  }

  void read_parts(const toml::node& node, Condition& condition, unsigned depth) {
    const std::string_view key = name_of(condition.on);
    const toml::array* list = node.as_array();
    if (list == nullptr || list->empty()) return complain(node, key, "must be a list of conditions");
    if (depth > kConditionDepth) return complain(node, key, "is nested too deeply", ErrorCode::kLimit);
    for (const toml::node& part : *list) {
      if (++conditions_ > kConditions) complain(part, key, "too many conditions", ErrorCode::kLimit);
      if (!ok()) return;
      read_condition(part, key, condition.parts.emplace_back(), depth);
    }
  }

  void read_condition(const toml::node& node, std::string_view list, Condition& condition, unsigned depth) {
    const toml::table* table = node.as_table();
    if (table == nullptr || table->size() != 1) {
      return complain(node, list, "each condition is a table with one key, such as { kind = \"connect\" }");
    }
    const auto entry = table->begin();
    const std::string_view key = entry->first.str();
    const std::optional<On> on = detail::condition_named(key);
    if (!on) return complain(entry->second, key, "there is no such condition");
    condition.on = *on;
    read_value(entry->second, key, condition, depth);
  }

  void read_value(const toml::node& node, std::string_view key, Condition& condition, unsigned depth) {
    switch (condition.on) {
      case On::kKind:
      case On::kInner:
        return read_word(node, key, condition);
      case On::kDestination:
      case On::kUserAgent:
      case On::kCipherSuites:
      case On::kJa4:
      case On::kSni:
      case On::kMethod:
      case On::kUpgrade:
        return read_condition_text(node, key, condition.text);
      case On::kNoUserAgent:
      case On::kNoSni:
        if (node.value_exact<bool>() != true) complain(node, key, "can only be true");
        return;
      case On::kLength:
        return read_length(as_table(node, key), condition.length);
      case On::kBytes:
        return read_bytes(as_table(node, key), condition.bytes);
      case On::kRhythm:
        return read_rhythm(as_table(node, key), condition.rhythm);
      case On::kExchanges:
        return read_exchanges(as_table(node, key), condition.exchanges);
      case On::kDuration:
        return read_duration(node, key, condition.seconds);
      case On::kLongBody:
        return read_long_body(as_table(node, key), condition.long_body);
      case On::kAll:
      case On::kAny:
        return read_parts(node, condition, depth + 1);
    }
  }

  // Nothing, and an error, where it is no table.
  const toml::table* as_table(const toml::node& node, std::string_view key) {
    if (!node.is_table()) complain(node, key, "must be a table");
    return node.as_table();
  }

  void read_condition_text(const toml::node& node, std::string_view key, std::string& text) {
    read_text(node, key, text);
    // A User-Agent may well be empty; what else is empty was not seen.
    if (ok() && text.empty() && key != name_of(On::kUserAgent)) complain(node, key, "is empty");
  }

  void read_word(const toml::node& node, std::string_view key, Condition& condition) {
    read_text(node, key, condition.text);
    const bool is_known = condition.on == On::kKind ? detail::kind_named(condition.text).has_value()
                                                    : detail::inner_named(condition.text).has_value();
    if (!is_known) return complain(node, key, "there is no such value; see docs/formats/session.md");
    if (condition.text == "none") complain(node, key, "nothing can match: absence is never certain");
  }

  void read_direction(const toml::table& table, session::Direction& direction) {
    std::string word;
    read_text(table, "dir", word);
    const std::optional<session::Direction> value = detail::direction_named(word);
    if (value)
      direction = *value;
    else
      complain(table, "dir", "must be \"up\" or \"down\"");
  }

  void read_message(const toml::table& table, std::optional<std::uint32_t>& message) {
    std::uint32_t number = 0;
    if (!read_number(table, "message", number)) return;
    message = number;
    if (number >= Limits{}.kept_messages) complain(table, "message", "only the first 48 are kept");
  }

  void read_length(const toml::table* table, LengthCondition& length) {
    if (table == nullptr) return;
    check_keys(*table, {"dir", "length", "at_least", "message"});
    read_direction(*table, length.direction);
    require_number(*table, "length", length.length);
    const bool has_count = read_number(*table, "at_least", length.at_least);
    if (length.at_least == 0) complain(*table, "at_least", "must be 1 or more");
    read_message(*table, length.message);
    if (has_count && length.message) complain(*table, "at_least", "one message has one length");
  }

  void read_bytes(const toml::table* table, BytesCondition& bytes) {
    if (table == nullptr) return;
    check_keys(*table, {"dir", "message", "offset", "hex", "text"});
    read_direction(*table, bytes.direction);
    read_message(*table, bytes.message);
    std::uint32_t offset = 0;
    if (read_number(*table, "offset", offset)) bytes.offset = offset;
    read_byte_values(*table, bytes);
    if (ok() && offset + std::uint64_t{bytes.bytes.size()} > Limits{}.kept_bytes_per_message) {
      complain(*table, "bytes", "only the first 64 bytes of a message are kept");
    }
  }

  void read_byte_values(const toml::table& table, BytesCondition& bytes) {
    const toml::node* hex = table.get("hex");
    const toml::node* text = table.get("text");
    if ((hex == nullptr) == (text == nullptr)) {
      return complain(table, "bytes", "there must be either hex or text");
    }
    std::string value;
    read_text(hex != nullptr ? *hex : *text, hex != nullptr ? "hex" : "text", value);
    if (text != nullptr) {
      bytes.bytes = value;
      bytes.mask.assign(value.size(), '\xff');
    } else if (!read_hex(value, bytes)) {
      return complain(*hex, "hex", "must be pairs of hexadecimal digits or ??");
    }
    if (bytes.mask.find('\xff') == std::string::npos) complain(table, "bytes", "no byte counts");
  }

  void read_rhythm(const toml::table* table, RhythmCondition& rhythm) {
    if (table == nullptr) return;
    check_keys(*table, {"min_s", "max_s", "max_mad_ratio"});
    require_number(*table, "min_s", rhythm.min_s);
    require_number(*table, "max_s", rhythm.max_s);
    read_number(*table, "max_mad_ratio", rhythm.max_mad_ratio);
    if (rhythm.min_s > rhythm.max_s) complain(*table, "rhythm", "min_s is above max_s");
  }

  void read_exchanges(const toml::table* table, ExchangesCondition& exchanges) {
    if (table == nullptr) return;
    check_keys(*table, {"up", "down"});
    read_number(*table, "up", exchanges.up);
    read_number(*table, "down", exchanges.down);
    if (exchanges.up + std::uint64_t{exchanges.down} == 0) complain(*table, "exchanges", "asks for none");
  }

  void read_duration(const toml::node& node, std::string_view key, double& seconds) {
    const std::optional<double> value = node.value<double>();
    if (!value || !std::isfinite(*value) || *value <= 0) return complain(node, key, "must be above 0");
    seconds = *value;
  }

  void read_long_body(const toml::table* table, LongBodyCondition& body) {
    if (table == nullptr) return;
    check_keys(*table, {"dir", "at_least_s"});
    read_direction(*table, body.direction);
    require_number(*table, "at_least_s", body.at_least_s);
    if (ok() && body.at_least_s <= 0) complain(*table, "at_least_s", "must be above 0");
  }

  const std::string& path_;
  std::optional<Error> error_;
  std::size_t conditions_ = 1;  // the outermost
};

}  // namespace

bool is_pattern_id(std::string_view id) {
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !id.empty() && id.size() <= kPatternIdBytes && id.front() != '-' &&
         std::all_of(id.begin(), id.end(), is_plain);
}

Result<Pattern> parse(std::string_view text, const std::string& path) {
  if (text.size() > kPatternFileBytes) return fail(ErrorCode::kLimit, path, "is larger than 64 KB");
  if (const auto line = unsafe_toml_line(text)) {
    return fail(ErrorCode::kFormat, path + ":" + std::to_string(*line),
                "a bracket without a key, a misplaced brace, or bytes that are not UTF-8");
  }
  try {
    Result<Pattern> pattern = Reader(path).read(toml::parse(ascii_toml(text)));
    if (!pattern) pattern.error().cause = text_of_ascii_toml(pattern.error().cause);
    return pattern;
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::kFormat, path + ":" + std::to_string(error.source().begin.line),
                text_of_ascii_toml(error.description()));
  }
}

}  // namespace mogura::pattern
