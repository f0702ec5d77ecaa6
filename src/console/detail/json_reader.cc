#include "console/detail/json_reader.h"

// No conversion that throws is then to be had from the library: all errors are codes.
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <algorithm>
#include <limits>

namespace mogura::console::detail {
namespace {

namespace dom = simdjson::dom;

void write_value(const dom::element& value, report::JsonWriter& json);

void write_members(const dom::object& object, report::JsonWriter& json, std::string_view but) {
  for (const dom::key_value_pair member : object) {
    if (member.key == but && !but.empty()) continue;
    json.untrusted_key(member.key);
    write_value(member.value, json);
  }
}

void write_array(const dom::array& array, report::JsonWriter& json) {
  json.begin_array();
  for (const dom::element item : array) write_value(item, json);
  json.end_array();
}

// Whole numbers below zero as well: the writer writes them without a fraction.
double as_double(const dom::element& value) {
  double number = std::numeric_limits<double>::quiet_NaN();
  return value.get_double().get(number) == simdjson::SUCCESS ? number
                                                             : std::numeric_limits<double>::quiet_NaN();
}

// Each get() fits the type that was asked for just before.
void write_value(const dom::element& value, report::JsonWriter& json) {
  switch (value.type()) {
    case dom::element_type::OBJECT: {
      json.begin_object();
      write_members(value.get_object().value_unsafe(), json, {});
      json.end_object();
      return;
    }
    case dom::element_type::ARRAY:
      return write_array(value.get_array().value_unsafe(), json);
    case dom::element_type::STRING:
      return json.value(value.get_string().value_unsafe());
    case dom::element_type::UINT64:
      return json.value(std::uint64_t{value.get_uint64().value_unsafe()});
    case dom::element_type::INT64: {
      const std::int64_t number = value.get_int64().value_unsafe();
      return number < 0 ? json.value(static_cast<double>(number))
                        : json.value(static_cast<std::uint64_t>(number));
    }
    case dom::element_type::DOUBLE:
      return json.value(as_double(value));
    case dom::element_type::BOOL:
      return json.value(bool{value.get_bool().value_unsafe()});
    case dom::element_type::NULL_VALUE:
      return json.value(std::numeric_limits<double>::quiet_NaN());
  }
}

std::string text_of(const dom::element& value);

std::string joined(const dom::array& array) {
  std::string text;
  for (const dom::element item : array) {
    if (!text.empty()) text += "; ";
    if (!item.is_array()) text += text_of(item);
  }
  return text;
}

std::string text_of(const dom::element& value) {
  std::string_view text;
  if (value.get_string().get(text) == simdjson::SUCCESS) return std::string(text);
  dom::array array;
  if (value.get_array().get(array) == simdjson::SUCCESS) return joined(array);
  if (value.is_object() || value.is_null()) return {};
  std::string written;
  report::JsonWriter json(written, report::JsonWriter::Layout::kLine);
  write_value(value, json);
  return written;
}

}  // namespace

struct JsonReader::State {
  dom::parser parser{kJsonLineBytes};
  std::size_t room = 0;

  bool read(std::string_view text, dom::object& object) {
    if (text.size() > kJsonLineBytes) return false;
    if (text.size() > room || room == 0) {
      room = std::clamp<std::size_t>(2 * text.size(), 4096, kJsonLineBytes);
      if (parser.allocate(room, kJsonDepth) != simdjson::SUCCESS) return room = 0, false;
    }
    dom::element root;
    return parser.parse(text.data(), text.size()).get(root) == simdjson::SUCCESS &&
           root.get_object().get(object) == simdjson::SUCCESS;
  }
};

JsonReader::JsonReader() : state_(std::make_unique<State>()) {}
JsonReader::~JsonReader() = default;
JsonReader::JsonReader(JsonReader&&) noexcept = default;
JsonReader& JsonReader::operator=(JsonReader&&) noexcept = default;

Result<JsonReader::Members> JsonReader::texts(std::string_view object) {
  dom::object read;
  if (!state_->read(object, read)) return fail(ErrorCode::kFormat, {}, "the body is no JSON object");
  Members members;
  for (const dom::key_value_pair member : read) {
    const auto has_key = [&](const auto& known) { return known.first == member.key; };
    if (std::any_of(members.begin(), members.end(), has_key)) {
      return fail(ErrorCode::kFormat, std::string(member.key), "is there twice");
    }
    std::string_view text;
    if (member.value.get_string().get(text) != simdjson::SUCCESS) {
      return fail(ErrorCode::kFormat, std::string(member.key), "must be a text");
    }
    members.emplace_back(member.key, text);
    if (members.size() > kJsonDepth) return fail(ErrorCode::kFormat, {}, "the body has too many members");
  }
  return members;
}

bool JsonReader::rewrite(std::string_view object, report::JsonWriter& json) {
  dom::object read;
  if (!state_->read(object, read)) return false;
  json.begin_object();
  write_members(read, json, {});
  json.end_object();
  return true;
}

bool JsonReader::rewrite_members(std::string_view object, report::JsonWriter& json, std::string_view but) {
  dom::object read;
  if (!state_->read(object, read)) return false;
  write_members(read, json, but);
  return true;
}

bool JsonReader::values(std::string_view object, std::span<const std::string_view> keys,
                        std::vector<std::string>& values) {
  values.assign(keys.size(), {});
  dom::object read;
  if (!state_->read(object, read)) return false;
  for (const dom::key_value_pair member : read) {
    const auto key = std::find(keys.begin(), keys.end(), member.key);
    if (key != keys.end()) values[static_cast<std::size_t>(key - keys.begin())] = text_of(member.value);
  }
  return true;
}

std::vector<std::string> JsonReader::list(std::string_view object, std::string_view key) {
  dom::object read;
  dom::element value;
  std::vector<std::string> texts;
  if (!state_->read(object, read) || read.at_key(key).get(value) != simdjson::SUCCESS) return texts;
  std::string_view text;
  if (value.get_string().get(text) == simdjson::SUCCESS) texts.emplace_back(text);
  dom::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) return texts;
  for (const dom::element item : array) {
    if (item.get_string().get(text) == simdjson::SUCCESS) texts.emplace_back(text);
  }
  return texts;
}

}  // namespace mogura::console::detail
