#include "base/toml_entries.h"

#include <chrono>
#include <utility>

// Header-only and without exceptions, whatever the installed library was built as.
#undef TOML_HEADER_ONLY
#undef TOML_SHARED_LIB
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "base/toml_guard.h"

namespace mogura {
namespace {

constexpr int kFirstYear = 1970;
constexpr int kLastYear = 2200;

std::optional<Timestamp> end_of_day(const std::optional<toml::date>& date) {
  if (!date || date->year < kFirstYear || date->year > kLastYear) return {};
  const std::chrono::year_month_day day{std::chrono::year(date->year), std::chrono::month(date->month),
                                        std::chrono::day(date->day)};
  if (!day.ok()) return {};
  return std::chrono::sys_days(day) + std::chrono::hours(24) - std::chrono::microseconds(1);
}

TomlEntry entry_of(const toml::table& table) {
  TomlEntry entry{table.source().begin.line, {}};
  for (const auto& [key, node] : table) {
    TomlValue value{text_of_ascii_toml(key.str()), node.source().begin.line, {}, {}};
    if (const toml::value<std::string>* text = node.as_string()) value.text = text_of_ascii_toml(text->get());
    if (node.is_date()) value.date = end_of_day(node.value<toml::date>());
    entry.values.push_back(std::move(value));
  }
  return entry;
}

tl::unexpected<Error> refuse(const std::string& name, std::size_t line, std::string cause) {
  return fail(ErrorCode::kFormat, toml_place(name, line), std::move(cause));
}

Result<std::vector<TomlEntry>> entries_of(const toml::table& root, const std::string& name,
                                          std::string_view entry, std::size_t limit) {
  std::vector<TomlEntry> entries;
  for (const auto& [key, node] : root) {
    const std::size_t line = node.source().begin.line;
    if (key.str() == "format" && node.value<std::int64_t>() == 1) continue;
    if (key.str() == "format") return refuse(name, line, "format must be 1");
    if (key.str() != entry || !node.is_array_of_tables()) {
      return refuse(name, line,
                    "there is no key \"" + text_of_ascii_toml(key.str()) + "\"; entries begin with [[" +
                        std::string(entry) + "]]");
    }
    const toml::array& tables = *node.as_array();
    if (tables.size() > limit) {
      return fail(ErrorCode::kLimit, toml_place(name, line),
                  "more than " + std::to_string(limit) + " entries");
    }
    for (const toml::node& table : tables) entries.push_back(entry_of(*table.as_table()));
  }
  return entries;
}

}  // namespace

std::string toml_place(const std::string& name, std::size_t line) {
  return name + " line " + std::to_string(line);
}

Result<std::vector<TomlEntry>> parse_toml_entries(std::string_view toml, const std::string& name,
                                                  std::string_view entry, std::size_t limit) {
  if (const auto line = unsafe_toml_line(toml)) {
    return refuse(name, *line, "a bracket without a key, a misplaced brace, or bytes that are not UTF-8");
  }
  const toml::parse_result parsed = toml::parse(ascii_toml(toml), name);
  if (!parsed) {
    return refuse(name, parsed.error().source().begin.line, text_of_ascii_toml(parsed.error().description()));
  }
  return entries_of(parsed.table(), name, entry, limit);
}

Result<std::string> text_of(const TomlValue& value, const std::string& name) {
  if (value.text.empty()) return refuse(name, value.line, value.key + " must be a text that is not empty");
  return value.text;
}

Result<Timestamp> date_of(const TomlValue& value, const std::string& name) {
  if (!value.date) return refuse(name, value.line, value.key + " must be a date: 2027-01-31");
  return *value.date;
}

}  // namespace mogura
