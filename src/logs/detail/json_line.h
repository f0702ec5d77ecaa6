#pragma once

// One line of JSON, an object, walked through field by field. What is not UTF-8 in it, and bare controls,
// become harmless characters: a line is not lost for them. simdjson inside. One thread.

// No conversion that throws is then to be had from the library: all errors are codes.
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mogura::logs::detail {

namespace ondemand = simdjson::ondemand;

// A number as an integer no larger than `Number` takes. False: it is not one.
template <class Number>
bool read_number(ondemand::value& value, Number& number) {
  std::uint64_t wide = 0;
  if (value.get_uint64().get(wide) != simdjson::SUCCESS) return false;
  number = static_cast<Number>(wide);
  return number == wide;
}
bool read_text(ondemand::value& value, std::string& text);
bool is_null(ondemand::value& value);
// A value of any kind as text: strings without quotes, numbers and truths as they stand, lists of these with
// commas between. Nothing for null and objects.
bool read_as_text(ondemand::value& value, std::string& text);

// Calls on_field(key, value) for each field, until one returns false or the JSON is wrong. Keys are as they
// stand, with escapes.
template <class OnField>
bool walk(ondemand::object& object, OnField&& on_field) {
  for (auto read : object) {
    ondemand::field field;
    if (std::move(read).get(field) != simdjson::SUCCESS) return false;
    const char* const key = field.key().raw();
    const char* end = key;
    while (*end != '"') ++end;  // there is one: begin() has refused lines with a text that does not end
    if (!on_field(std::string_view(key, static_cast<std::size_t>(end - key)), field.value())) return false;
  }
  return true;
}

class JsonLine {
 public:
  // True: a whole object, and on_field was true each time.
  template <class OnField>
  bool read(std::string_view line, OnField&& on_field) {
    if (!begin(line)) return false;
    ondemand::object object;
    if (document_.get_object().get(object) != simdjson::SUCCESS) return false;
    return walk(object, on_field) && is_at_end();
  }

 private:
  bool begin(std::string_view line);
  void copy(std::string_view line);
  [[nodiscard]] simdjson::error_code iterate();
  // Behind the object there is nothing.
  bool is_at_end();

  ondemand::parser parser_;
  ondemand::document document_;
  std::unique_ptr<char[]> padded_;
  std::size_t room_ = 0;
  std::size_t size_ = 0;
};

}  // namespace mogura::logs::detail
