#include "console/detail/api_fields.h"

#include <array>

namespace mogura::console::detail {
namespace {

using Rates = PatternRow::Rates;
struct Rate {
  std::string_view name;
  std::uint64_t Rates::*count;
};
constexpr std::array<Rate, 4> kRates{{{"service_sessions", &Rates::service_sessions},
                                      {"service_hits", &Rates::service_hits},
                                      {"ordinary_sessions", &Rates::ordinary_sessions},
                                      {"ordinary_hits", &Rates::ordinary_hits}}};

}  // namespace

void JsonFields::time(std::string_view name, Timestamp time) {
  if (time != Timestamp{}) json_.field(name, time);
}

void JsonFields::texts(std::string_view name, const std::vector<std::string>& texts) {
  json_.key(name);
  json_.begin_array();
  for (const std::string& text : texts) json_.value(text);
  json_.end_array();
}

void JsonFields::rates(const std::optional<Rates>& rates) {
  if (!rates) return;
  json_.key("rates");
  json_.begin_object();
  for (const Rate& rate : kRates) json_.field(rate.name, (*rates).*rate.count);
  json_.end_object();
}

// Whether the line can be written is known before its key has to be.
void JsonFields::line(std::string_view name, const std::string& line) {
  std::string written;
  report::JsonWriter writer(written, report::JsonWriter::Layout::kLine);
  if (!reader_.rewrite(line, writer)) return json_.field("line_error", true);
  json_.key(name);
  json_.raw(written);
}

void JsonFields::members(const std::string& line, std::span<const std::string_view>) {
  if (!reader_.rewrite_members(line, json_, "id")) json_.field("line_error", true);
}

void CsvFields::texts(std::string_view, const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) (all += all.empty() ? "" : "; ") += text;
  csv_.text(all);
}

void CsvFields::rates(const std::optional<Rates>& rates) {
  for (const Rate& rate : kRates) {
    if (rates) {
      csv_.number((*rates).*rate.count);
    } else {
      csv_.text({});
    }
  }
}

void CsvFields::members(const std::string& line, std::span<const std::string_view> columns) {
  reader_.values(line, columns, values_);
  for (const std::string& value : values_) csv_.text(value);
}

void CsvHeading::rates(const std::optional<Rates>&) {
  for (const Rate& rate : kRates) csv_.text(rate.name);
}

}  // namespace mogura::console::detail
