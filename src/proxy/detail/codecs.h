#pragma once

// How one kind of value is read from what was written, and written so that it is read the same. A codec says
// in words what it takes (type, range: the document's columns); read() leaves `value` alone when it
// complains. Plain values, no state. Any thread.
//
//   type()   "time"          range()  "1s to 24h"
//   read()   Written → value, or a complaint that follows "section.key: "
//   write()  value → TOML

#include <chrono>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/network.h"
#include "proxy/detail/text_rules.h"
#include "proxy/detail/units.h"
#include "proxy/detail/written.h"
#include "proxy/options.h"

namespace mogura::proxy::detail {

inline constexpr std::size_t kListEntries = 10'000;

// The plain values inside; of an argument, also text that says them. Nothing: it is something else.
std::optional<bool> flag_in(const Written& written);
std::optional<std::int64_t> integer_in(const Written& written);
std::optional<std::string_view> text_in(const Written& written);
// `text` as a basic string of TOML that base/toml_guard.h lets through. Bytes that are not UTF-8 become "?".
std::string toml_text(std::string_view text);
// "a", "a or b", "a, b or c".
std::string one_of(std::span<const std::string_view> words);

struct FlagCodec {
  using Value = bool;
  static std::string type() { return "true or false"; }
  static std::string range() { return {}; }
  static Complaint read(const Written& written, bool& value);
  static std::string write(bool value) { return value ? "true" : "false"; }
};

template <class Number>
struct CountCodec {
  using Value = Number;
  Number least, most;

  static std::string type() { return "number"; }
  [[nodiscard]] std::string range() const { return std::to_string(least) + " to " + std::to_string(most); }
  Complaint read(const Written& written, Number& value) const {
    const auto number = integer_in(written);
    if (!number || std::cmp_less(*number, least) || std::cmp_greater(*number, most)) {
      return Wrong{"must be a number from " + range(), written.line};
    }
    value = static_cast<Number>(*number);
    return {};
  }
  static std::string write(Number value) { return std::to_string(value); }
};

struct SizeCodec {
  using Value = std::size_t;
  std::size_t least, most;

  static std::string type() { return "size"; }
  [[nodiscard]] std::string range() const { return write_size(least) + " to " + write_size(most); }
  Complaint read(const Written& written, std::size_t& value) const;
  static std::string write(std::size_t value) { return toml_text(write_size(value)); }
};

// What a time is, before anybody asks whether it is whole seconds; nothing: it is none.
std::optional<std::chrono::milliseconds> time_in(const Written& written);

template <class Span>
struct TimeCodec {
  using Value = Span;
  std::chrono::milliseconds least, most;

  static std::string type() { return "time"; }
  [[nodiscard]] std::string range() const { return write_time(least) + " to " + write_time(most); }
  Complaint read(const Written& written, Span& value) const {
    const auto time = time_in(written);
    if (!time || *time < least || *time > most) {
      return Wrong{"must be a time from " + range() + ", like \"" + write_time(least) + "\"", written.line};
    }
    const Span rounded = std::chrono::duration_cast<Span>(*time);
    if (rounded != *time) return Wrong{"must be whole seconds", written.line};
    value = rounded;
    return {};
  }
  static std::string write(Span value) {
    return toml_text(write_time(std::chrono::duration_cast<std::chrono::milliseconds>(value)));
  }
};

struct TextCodec {
  using Value = std::string;
  const TextRule* rule;

  [[nodiscard]] std::string type() const { return std::string(rule->type); }
  [[nodiscard]] std::string range() const { return std::string(rule->range); }
  Complaint read(const Written& written, std::string& value) const;
  static std::string write(const std::string& value) { return toml_text(value); }
};

// The same, but what is written shows no password.
struct StoreCodec : TextCodec {
  static std::string write(const std::string& value) { return toml_text(without_password(value)); }
};

template <class Enum>
struct ChoiceCodec {
  using Value = Enum;
  // By the enumerators' values.
  std::span<const std::string_view> words;

  static std::string type() { return "word"; }
  [[nodiscard]] std::string range() const { return one_of(words); }
  Complaint read(const Written& written, Enum& value) const {
    const auto text = text_in(written);
    for (std::size_t i = 0; text && i < words.size(); ++i) {
      if (words[i] != *text) continue;
      value = static_cast<Enum>(i);
      return {};
    }
    return Wrong{"must be " + range(), written.line};
  }
  [[nodiscard]] std::string write(Enum value) const {
    return toml_text(words[static_cast<std::size_t>(value)]);
  }
};

struct EndpointCodec {
  using Value = Endpoint;
  static std::string type() { return "ADDR:PORT"; }
  static std::string range() { return {}; }
  static Complaint read(const Written& written, Endpoint& value);
  static std::string write(const Endpoint& value) { return toml_text(value.to_string()); }
};

struct NetworkCodec {
  using Value = Network;
  static std::string type() { return "network"; }
  static std::string range() { return {}; }
  static Complaint read(const Written& written, Network& value);
  static std::string write(const Network& value) { return toml_text(value.to_string()); }
};

// The elements of a list; one value that is no list counts as a list of one on the command line only. Nothing
// (and a complaint in `wrong`): it is no list, or has too many.
const std::vector<Written>* elements_in(const Written& written, Complaint& wrong);

template <class Element>
struct ListCodec {
  using Value = std::vector<typename Element::Value>;
  Element element;

  [[nodiscard]] std::string type() const { return "list of " + element.type(); }
  [[nodiscard]] std::string range() const { return element.range(); }
  Complaint read(const Written& written, Value& value) const {
    Complaint wrong;
    const std::vector<Written>* const elements = elements_in(written, wrong);
    if (elements == nullptr) return wrong;
    Value read;
    for (const Written& one : *elements) {
      typename Element::Value item{};
      wrong = element.read(one, item);
      if (wrong) return wrong;
      read.push_back(std::move(item));
    }
    value = std::move(read);
    return {};
  }
  [[nodiscard]] std::string write(const Value& value) const {
    std::string text = "[";
    for (const auto& item : value) text += (text.size() == 1 ? "" : ", ") + element.write(item);
    return text + "]";
  }
};

// A set of them, written as a list. Set: has(Enum), add(Enum).
template <class Set, class Enum>
struct SetCodec {
  using Value = Set;
  ChoiceCodec<Enum> element;

  [[nodiscard]] std::string type() const { return list().type(); }
  [[nodiscard]] std::string range() const { return list().range(); }
  Complaint read(const Written& written, Set& value) const {
    std::vector<Enum> chosen;
    Complaint wrong = list().read(written, chosen);
    if (wrong) return wrong;
    value = {};
    for (const Enum one : chosen) value.add(one);
    return {};
  }
  [[nodiscard]] std::string write(const Set& value) const {
    std::vector<Enum> chosen;
    for (std::size_t i = 0; i < element.words.size(); ++i) {
      if (value.has(static_cast<Enum>(i))) chosen.push_back(static_cast<Enum>(i));
    }
    return list().write(chosen);
  }

 private:
  [[nodiscard]] ListCodec<ChoiceCodec<Enum>> list() const { return {element}; }
};

// Access::connect_ports and any_connect_port: a list of ports, or "all".
struct PortsCodec {
  using Value = Access;
  static std::string type() { return "list of number"; }
  static std::string range() { return "1 to 65535, or \"all\""; }
  static Complaint read(const Written& written, Access& value);
  static std::string write(const Access& value);
};

}  // namespace mogura::proxy::detail
