#include "report/detail/terminal_groups.h"

#include <algorithm>

#include "report/detail/figures.h"
#include "report/detail/table.h"

namespace mogura::report::detail {
namespace {

using population::Group;
using population::GroupBy;

constexpr std::size_t kBarCells = 8;
constexpr std::size_t kIndent = 2;

struct Rows {
  const Page& page;
  const std::vector<Group>& groups;
  std::size_t shown;

  // The larger `importance`, the longer the column stays when the page is narrow.
  [[nodiscard]] Column text(std::string title, unsigned importance, CutAt cut,
                            std::string Group::*field) const {
    Column column{std::move(title), false, importance, Paint::kPlain, cut, {}};
    for (std::size_t i = 0; i < shown; ++i) column.cells.push_back(page.escape(groups[i].*field));
    return column;
  }
  [[nodiscard]] Column number(std::string title, unsigned importance, std::uint64_t Group::*field,
                              std::string (*format)(std::uint64_t) = with_thousands) const {
    Column column{std::move(title), true, importance, Paint::kPlain, CutAt::kEnd, {}};
    for (std::size_t i = 0; i < shown; ++i) column.cells.push_back(format(groups[i].*field));
    return column;
  }
  [[nodiscard]] Column bars(unsigned importance) const {
    Column column{"", false, importance, Paint::kBar, CutAt::kEnd, {}};
    const std::uint64_t largest = shown == 0 ? 0 : groups[0].sessions;
    for (std::size_t i = 0; i < shown; ++i) {
      column.cells.push_back(bar(groups[i].sessions, largest, kBarCells, page.style().utf8));
    }
    return column;
  }
};

std::vector<Column> columns_of(GroupBy by, const Rows& rows) {
  switch (by) {
    case GroupBy::kDestination:
      return {rows.text("destination", 9, CutAt::kMiddle, &Group::key),
              rows.number("sessions", 8, &Group::sessions),
              rows.bars(4),
              rows.number("clients", 7, &Group::clients),
              rows.number("agents", 6, &Group::user_agents),
              rows.number("ciphers", 5, &Group::cipher_lists),
              rows.number("sent", 2, &Group::bytes_up, with_unit),
              rows.number("received", 3, &Group::bytes_down, with_unit)};
    case GroupBy::kUserAgent:
      return {rows.text("User-Agent", 9, CutAt::kMiddle, &Group::key),
              rows.number("sessions", 8, &Group::sessions),
              rows.bars(4),
              rows.number("clients", 7, &Group::clients),
              rows.number("destinations", 6, &Group::destinations),
              rows.number("ciphers", 5, &Group::cipher_lists)};
    case GroupBy::kCipherSuites:
      return {rows.text("cipher list", 9, CutAt::kEnd, &Group::key),
              rows.text("JA4", 2, CutAt::kEnd, &Group::ja4),
              rows.number("sessions", 8, &Group::sessions),
              rows.bars(4),
              rows.number("clients", 7, &Group::clients),
              rows.number("destinations", 6, &Group::destinations),
              rows.number("agents", 5, &Group::user_agents)};
    case GroupBy::kJa4:  // these two are in the JSON document only
    case GroupBy::kRegistrableDomain:
      break;
  }
  return {};
}

void write_table(Page& page, GroupBy by, std::string_view title, const GroupList& list) {
  const std::size_t shown = std::min(list.rows.size(), page.style().group_rows);
  std::string note = plural(list.groups, "group");
  if (shown < list.groups) note += ", the " + with_thousands(shown) + " with most sessions";
  page.heading(title, note);
  if (shown == 0) return page.add(Line().pad_to(kIndent).add("none"));
  std::vector<Column> columns = columns_of(by, {page, list.rows, shown});
  for (std::string& name : columns[0].cells) {
    if (name.empty()) name = "(empty)";
  }
  page.add(lay_out(std::move(columns), kIndent, page.style()));
}

}  // namespace

void write_groups(Page& page, const Analysis& analysis) {
  const auto table = [&](GroupBy by, std::string_view title) {
    write_table(page, by, title, analysis.groups[static_cast<std::size_t>(by)]);
  };
  table(GroupBy::kDestination, "By destination");
  table(GroupBy::kUserAgent, "By User-Agent");
  table(GroupBy::kCipherSuites, "By cipher list");
}

}  // namespace mogura::report::detail
