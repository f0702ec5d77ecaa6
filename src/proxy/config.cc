#include "proxy/config.h"

#include <algorithm>
#include <utility>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "base/toml_guard.h"
#include "proxy/detail/access_control.h"
#include "proxy/detail/codecs.h"
#include "proxy/detail/interception.h"
#include "proxy/detail/parameter_table.h"

namespace mogura::proxy {
namespace {

using detail::Complaint;
using detail::Parameter;
using detail::Written;

constexpr std::int64_t kFormatVersion = 1;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kCommentColumns = 100;

Written written_of(const toml::node& node) {
  Written written;
  written.line = node.source().begin.line;
  if (const auto* const text = node.as_string()) written.value = text_of_ascii_toml(text->get());
  if (const auto* const integer = node.as_integer()) written.value = integer->get();
  if (const auto* const flag = node.as_boolean()) written.value = flag->get();
  if (const auto* const array = node.as_array()) {
    auto& elements = written.value.emplace<std::vector<Written>>();
    // Deeper lists are not looked into: no parameter has them.
    for (const toml::node& element : *array) {
      elements.push_back(element.is_array() ? Written{{}, element.source().begin.line, false}
                                            : written_of(element));
    }
  }
  return written;
}

// Reads one file, section by section, into a copy of the options.
class FileReader {
 public:
  FileReader(const std::string& name, const Options& options) : name_(name), options_(options) {}

  Result<Options> read(const toml::table& root) {
    for (const auto& [key, node] : root) {
      Result<void> taken = take_section(key, node);
      if (!taken) return tl::unexpected(std::move(taken.error()));
    }
    return std::move(options_);
  }

 private:
  [[nodiscard]] tl::unexpected<Error> refuse(std::size_t line, std::string cause) const {
    return fail(ErrorCode::kFormat, name_ + " line " + std::to_string(line), std::move(cause));
  }

  Result<void> take_section(const toml::key& key, const toml::node& node) {
    const std::size_t line = key.source().begin.line;
    const std::string name = shown(key);
    if (name == "format") {
      if (node.value_exact<std::int64_t>() == kFormatVersion) return {};
      return refuse(line, "format: must be 1");
    }
    if (!detail::is_section(name)) return refuse(line, unknown_section(name));
    const toml::table* const section = node.as_table();
    if (section == nullptr) return refuse(line, name + ": must be a section: [" + name + "]");
    for (const auto& [inner, value] : *section) {
      Result<void> taken = take_value(name, inner, value);
      if (!taken) return taken;
    }
    return {};
  }

  Result<void> take_value(const std::string& section, const toml::key& key, const toml::node& node) {
    const std::string name = shown(key);
    const Parameter* const parameter = detail::find_parameter(section, name);
    if (parameter == nullptr) return refuse(key.source().begin.line, unknown_key(section, name));
    const Complaint wrong = parameter->read(written_of(node), options_);
    if (wrong) return refuse(wrong->line, parameter->name() + ": " + wrong->cause);
    return {};
  }

  // Quoted keys may hold anything; a terminal is to see none of it.
  static std::string shown(const toml::key& key) {
    std::string name = text_of_ascii_toml(key.str());
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    std::replace_if(name.begin(), name.end(), is_control, '?');
    return name;
  }
  static std::string suggestion(const std::string& nearest) {
    return nearest.empty() ? std::string() : "; the nearest is " + nearest;
  }
  static std::string unknown_section(const std::string& name) {
    std::string nearest = detail::nearest_section(name);
    if (nearest.empty()) nearest = detail::nearest_parameter("", name);
    return name + ": there is no such section" + suggestion(nearest);
  }
  static std::string unknown_key(const std::string& section, const std::string& key) {
    return section + "." + key + ": there is no such key" +
           suggestion(detail::nearest_parameter(section, key));
  }

  const std::string& name_;
  Options options_;
};

// "# help (range)", in lines of their own.
std::string comment_of(const Parameter& parameter) {
  std::string words = std::string(parameter.help);
  if (!parameter.range.empty()) words += " (" + parameter.range + ")";
  std::string text;
  std::size_t column = 0;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    const bool fits = column != 0 && column + 1 + end <= kCommentColumns;
    if (!fits) text += column == 0 ? "#" : "\n#";
    column = (fits ? column : 1) + 1 + end;
    text += " " + words.substr(0, end);
    words.erase(0, end + 1);
  }
  return text + "\n";
}

// What the command line says, as if it had been written. A text that cannot hold a comma is cut at them.
Written written_of(const Parameter& parameter, const std::vector<std::string>& texts) {
  const auto argument = [](std::string text) { return Written{std::move(text), 0, true}; };
  if (!parameter.is_list) return texts.empty() ? Written{} : argument(texts.front());
  std::vector<Written> elements;
  const bool is_empty_list = texts.size() == 1 && texts.front().empty();
  for (const std::string& text : is_empty_list ? std::vector<std::string>{} : texts) {
    std::size_t begin = 0;
    while (!parameter.holds_commas && text.find(',', begin) != std::string::npos) {
      const std::size_t comma = text.find(',', begin);
      elements.push_back(argument(text.substr(begin, comma - begin)));
      begin = comma + 1;
    }
    elements.push_back(argument(text.substr(begin)));
  }
  return Written{std::move(elements), 0, true};
}

}  // namespace

Result<void> read_config(std::string_view toml, const std::string& name, Options& options) {
  if (toml.starts_with(kByteOrderMark)) toml.remove_prefix(kByteOrderMark.size());
  if (toml.size() > kConfigBytes) {
    return fail(ErrorCode::kLimit, name, "is larger than " + std::to_string(kConfigBytes) + " bytes");
  }
  if (const auto line = unsafe_toml_line(toml)) {
    return fail(ErrorCode::kFormat, name + " line " + std::to_string(*line),
                "a bracket without a key, a misplaced brace, or bytes that are not UTF-8");
  }
  const toml::parse_result parsed = toml::parse(ascii_toml(toml), name);
  if (!parsed) {
    return fail(ErrorCode::kFormat, name + " line " + std::to_string(parsed.error().source().begin.line),
                text_of_ascii_toml(parsed.error().description()));
  }
  Result<Options> read = FileReader(name, options).read(parsed.table());
  if (!read) return tl::unexpected(std::move(read.error()));
  options = std::move(*read);
  return {};
}

std::string write_config(const Options& options) {
  std::string text = "format = 1\n";
  std::string_view section;
  for (const Parameter& parameter : detail::parameters()) {
    if (parameter.section != section) text += "\n[" + std::string(parameter.section) + "]\n";
    section = parameter.section;
    text += comment_of(parameter);
    text += std::string(parameter.key) + " = " + parameter.write(options) + "\n";
  }
  return text;
}

Result<void> set_parameter(Options& options, std::string_view name, const std::vector<std::string>& texts) {
  const std::size_t dot = std::min(name.find('.'), name.size());
  const std::string_view section = name.substr(0, dot);
  const std::string_view key = dot == name.size() ? std::string_view() : name.substr(dot + 1);
  const Parameter* const parameter = detail::find_parameter(section, key);
  if (parameter == nullptr) {
    const std::string nearest = detail::nearest_parameter(section, key);
    return fail(ErrorCode::kUsage, std::string(name),
                "there is no such parameter" + (nearest.empty() ? nearest : "; the nearest is " + nearest));
  }
  if (!parameter->is_list && texts.size() != 1)
    return fail(ErrorCode::kUsage, std::string(name), "takes one");
  Complaint wrong = parameter->read(written_of(*parameter, texts), options);
  if (wrong) return fail(ErrorCode::kUsage, std::string(name), std::move(wrong->cause));
  return {};
}

Result<void> check_password_file(const Access& access) {
  const Result<std::unique_ptr<detail::AccessControl>> made = detail::AccessControl::make(access);
  if (!made) return tl::unexpected(made.error());
  return {};
}

Result<void> check_interception(const Intercept& intercept, Timestamp now) {
  return detail::check_interception_files(intercept, now);
}

}  // namespace mogura::proxy
