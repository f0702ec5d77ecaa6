#include "report/detail/table.h"

#include <gtest/gtest.h>

namespace mogura::report::detail {
namespace {

std::string rendered(std::vector<Column> columns, std::size_t width) {
  const TerminalStyle style{.width = width};
  std::string out;
  for (const Line& line : lay_out(std::move(columns), 0, style)) line.render(out, style);
  return out;
}

std::vector<Column> sample() {
  std::vector<Column> columns(3);
  columns[0] = {"name", false, 9, Paint::kPlain, CutAt::kMiddle, {"a", std::string(30, 'b'), "日本"}};
  columns[1] = {"count", true, 8, Paint::kPlain, CutAt::kEnd, {"1", "22", "3,333"}};
  columns[2] = {"more", true, 1, Paint::kPlain, CutAt::kEnd, {"x", "y", "z"}};
  return columns;
}

TEST(Table, AlignsColumnsByTheirWidestCell) {
  EXPECT_EQ(rendered(sample(), 60),
            "name                            count  more\n"
            "a                                   1     x\n"
            "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb     22     y\n"
            "日本                            3,333     z\n");
}

TEST(Table, CutsTheNamesFirst) {
  EXPECT_EQ(rendered(sample(), 40),
            "name                         count  more\n"
            "a                                1     x\n"
            "bbbbbbbbbbbbb…bbbbbbbbbbbbb     22     y\n"
            "日本                         3,333     z\n");
}

TEST(Table, ThenDropsTheLeastImportantColumn) {
  EXPECT_EQ(rendered(sample(), 33),
            "name                        count\n"
            "a                               1\n"
            "bbbbbbbbbbbbb…bbbbbbbbbbbb     22\n"
            "日本                        3,333\n");
}

TEST(Table, OfNothingIsNothing) {
  EXPECT_TRUE(lay_out({}, 2, {}).empty());
}

}  // namespace
}  // namespace mogura::report::detail
