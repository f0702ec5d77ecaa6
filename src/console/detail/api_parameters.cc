#include "console/detail/api_parameters.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "console/detail/api_time.h"

namespace mogura::console::detail {
namespace {

template <class Number>
bool read_whole(const std::string& text, Number& number) {
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end;
}

std::string joined(std::span<const std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) (text += text.empty() ? "" : ", ") += word;
  return text;
}

}  // namespace

void Parameters::complain(std::string_view name, std::string_view cause) {
  if (!wrong_) wrong_ = bad_request(name, cause);
}

// nullptr: not given, or empty.
const std::string* Parameters::find(std::string_view name) {
  const std::string* found = nullptr;
  for (std::size_t i = 0; i < query_.size(); ++i) {
    if (query_[i].first != name) continue;
    if (found != nullptr) complain(name, "is given twice");
    is_known_[i] = true;
    found = &query_[i].second;
  }
  return found == nullptr || found->empty() ? nullptr : found;
}

std::string Parameters::text(std::string_view name, std::size_t limit) {
  const std::string* const value = find(name);
  if (value == nullptr) return {};
  if (value->size() <= limit) return *value;
  complain(name, "is longer than " + std::to_string(limit) + " bytes");
  return {};
}

std::string Parameters::one_of(std::string_view name, std::span<const std::string_view> words) {
  const std::string* const value = find(name);
  if (value == nullptr || std::find(words.begin(), words.end(), *value) != words.end()) {
    return value == nullptr ? std::string() : *value;
  }
  complain(name, "must be one of " + joined(words));
  return {};
}

bool Parameters::flag(std::string_view name) {
  constexpr std::array<std::string_view, 2> kWords{"0", "1"};
  return one_of(name, kWords) == "1";
}

std::optional<Timestamp> Parameters::time(std::string_view name) {
  const std::string* const value = find(name);
  if (value == nullptr) return std::nullopt;
  const auto time = parse_time(*value);
  if (!time) complain(name, "must be a time of RFC 3339, as 2026-11-22T06:00:00Z");
  return time;
}

std::uint64_t Parameters::number(std::string_view name, std::uint64_t least, std::uint64_t most,
                                 std::uint64_t otherwise) {
  const std::string* const value = find(name);
  if (value == nullptr) return otherwise;
  std::uint64_t number = 0;
  if (read_whole(*value, number) && number >= least && number <= most) return number;
  complain(name, "must be a number from " + std::to_string(least) + " to " + std::to_string(most));
  return otherwise;
}

double Parameters::decimal(std::string_view name, double least, double most, double otherwise) {
  const std::string* const value = find(name);
  if (value == nullptr) return otherwise;
  double number = 0;
  if (read_whole(*value, number) && number >= least && number <= most) return number;  // not a number: false
  complain(name, "must be a number within its range");
  return otherwise;
}

ListForm Parameters::list_form() {
  constexpr std::array<std::string_view, 3> kForms{"json", "csv", "json-lines"};
  ListForm form;
  form.page.limit = number("limit", 1, report::Page::kMost, form.page.limit);
  form.page.after = text("after", kSearchBytes);
  const std::string as = one_of("format", kForms);
  if (as == "csv") form.as = ListForm::As::kCsv;
  if (as == "json-lines") form.as = ListForm::As::kJsonLines;
  return form;
}

std::optional<Reply> Parameters::wrong() const {
  if (wrong_) return wrong_;
  for (std::size_t i = 0; i < query_.size(); ++i) {
    if (!is_known_[i]) return bad_request(query_[i].first, "is not known here");
  }
  return std::nullopt;
}

}  // namespace mogura::console::detail
