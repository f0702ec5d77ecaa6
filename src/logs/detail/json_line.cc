#include "logs/detail/json_line.h"

#include <algorithm>
#include <cstring>

#include "report/utf8.h"

namespace mogura::logs::detail {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// The same line, with what JSON does not allow inside texts replaced.
std::string harmless(std::string_view line) {
  std::string clean;
  clean.reserve(line.size() + line.size() / 8);
  while (!line.empty()) {
    const report::Utf8Character c = report::first_character(line);
    if (!c.is_valid) {
      clean += "\uFFFD";
    } else if (c.code_point < 0x20) {
      clean += ' ';
    } else {
      clean += line.substr(0, c.size);
    }
    line.remove_prefix(c.size);
  }
  return clean;
}

// As it stands between its quotes: for texts with escapes that mean nothing, such as half a surrogate pair.
void take_raw(ondemand::value& value, std::string& text) {
  std::string_view raw = value.raw_json_token();
  while (!raw.empty() && is_space(raw.back())) raw.remove_suffix(1);
  if (raw.size() >= 2) text = raw.substr(1, raw.size() - 2);
}

void append_scalar(ondemand::value& value, ondemand::json_type type, std::string& text) {
  if (type == ondemand::json_type::string) {
    std::string_view view;
    if (value.get_string().get(view) == simdjson::SUCCESS) text += view;
  } else if (type == ondemand::json_type::number || type == ondemand::json_type::boolean) {
    std::string_view raw = value.raw_json_token();
    while (!raw.empty() && is_space(raw.back())) raw.remove_suffix(1);
    text += raw;
  }
}

}  // namespace

bool read_text(ondemand::value& value, std::string& text) {
  ondemand::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS || type != ondemand::json_type::string) return false;
  std::string_view view;
  if (value.get_string().get(view) == simdjson::SUCCESS) {
    text = view;
  } else {
    take_raw(value, text);
  }
  return true;
}

bool is_null(ondemand::value& value) {
  bool null = false;
  return value.is_null().get(null) == simdjson::SUCCESS && null;
}

bool read_as_text(ondemand::value& value, std::string& text) {
  text.clear();
  ondemand::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return false;
  if (type == ondemand::json_type::null || type == ondemand::json_type::object) return false;
  if (type == ondemand::json_type::string) return read_text(value, text);
  if (type != ondemand::json_type::array) return append_scalar(value, type, text), true;
  ondemand::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) return false;
  for (auto read : array) {
    ondemand::value element;
    ondemand::json_type element_type{};
    if (std::move(read).get(element) != simdjson::SUCCESS) return false;
    if (element.type().get(element_type) != simdjson::SUCCESS) return false;
    if (!text.empty()) text += ',';
    append_scalar(element, element_type, text);
  }
  return true;
}

void JsonLine::copy(std::string_view line) {
  if (line.size() > room_ || padded_ == nullptr) {
    room_ = std::max(line.size(), 2 * room_);
    padded_ = std::make_unique<char[]>(room_ + simdjson::SIMDJSON_PADDING);
  }
  std::memcpy(padded_.get(), line.data(), line.size());
  // Blank, so that the library never meets what an earlier line left there.
  std::memset(padded_.get() + line.size(), ' ', simdjson::SIMDJSON_PADDING);
  size_ = line.size();
}

simdjson::error_code JsonLine::iterate() {
  return parser_.iterate(padded_.get(), size_, size_ + simdjson::SIMDJSON_PADDING).get(document_);
}

bool JsonLine::is_at_end() {
  return document_.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

bool JsonLine::begin(std::string_view line) {
  if (line.empty()) return false;
  copy(line);
  const simdjson::error_code error = iterate();
  if (error == simdjson::SUCCESS) return true;
  if (error != simdjson::UTF8_ERROR && error != simdjson::UNESCAPED_CHARS) return false;
  copy(harmless(line));
  return iterate() == simdjson::SUCCESS;
}

}  // namespace mogura::logs::detail
