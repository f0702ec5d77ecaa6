#include "report/detail/page.h"

#include <gtest/gtest.h>

namespace mogura::report::detail {
namespace {

std::string rendered(const Line& line, const TerminalStyle& style) {
  std::string out;
  line.render(out, style);
  return out;
}

TEST(Bar, ShowsAnythingAboveZeroAndNeverExceedsItsCells) {
  EXPECT_EQ(bar(0, 100, 8, true), "");
  EXPECT_EQ(bar(1, 1'000'000, 8, true), "▏");
  EXPECT_EQ(bar(50, 100, 8, true), "████");
  EXPECT_EQ(bar(51, 100, 1, true), "▌");
  EXPECT_EQ(bar(100, 100, 8, true), "████████");
  EXPECT_EQ(bar(200, 100, 2, true), "██");
  EXPECT_EQ(bar(5, 0, 8, true), "");
  EXPECT_EQ(bar(1, 100, 8, false), "#");
  EXPECT_EQ(bar(100, 100, 4, false), "####");
}

TEST(Line, IsCutAtTheWidthWithAnEllipsis) {
  Line line;
  line.add("abc").add("defgh", Paint::kRed);
  EXPECT_EQ(rendered(line, {.width = 8}), "abcdefgh\n");
  EXPECT_EQ(rendered(line, {.width = 7}), "abcdef…\n");
  EXPECT_EQ(rendered(line, {.width = 7, .color = true}), "abc\x1b[31mdef\x1b[0m…\n");
  EXPECT_EQ(rendered(line, {.width = 7, .utf8 = false}), "abcd...\n");
}

TEST(Line, EndsWithoutSpaces) {
  EXPECT_EQ(rendered(Line().add("a  ").pad_to(20), {.width = 40}), "a\n");
  EXPECT_EQ(rendered(Line().pad_to(20), {.width = 40, .color = true}), "\n");
}

TEST(Line, AlignsByCellsNotBytes) {
  EXPECT_EQ(rendered(Line().add("日").pad_to(4).add("|").add_right("ä", 3), {.width = 40}), "日  |  ä\n");
}

TEST(Page, BreaksParagraphsAtSpacesAndLongWordsAnywhere) {
  Page page({.width = 40});
  page.paragraph(Line().add("+"), 4, "one two " + std::string(50, 'x') + " three");
  EXPECT_EQ(page.take(),
            "+   one two\n    " + std::string(36, 'x') + "\n    " + std::string(14, 'x') + " three\n");
}

TEST(Page, CutsParagraphsThatWouldFillIt) {
  Page page({.width = 500});
  page.paragraph({}, 0, std::string(kParagraphCells + 1, 'x'));
  const std::string text = page.take();
  EXPECT_EQ(text, std::string(500, 'x') + "\n" + std::string(499, 'x') + "…\n");
}

TEST(Page, BreaksItemsOnlyBetweenThem) {
  Page page({.width = 40});
  page.items(2, {"one and a half", "two and a half", "three and a half"}, Paint::kPlain);
  EXPECT_EQ(page.take(), "  one and a half · two and a half\n  three and a half\n");
}

TEST(Page, PutsBlocksBesideEachOtherWhereBothFit) {
  const Lines left{Line().add("left")};
  const Lines right{Line().add("right"), Line().add(std::string(20, 'r'))};
  Page wide({.width = 40});
  wide.side_by_side(left, right);
  EXPECT_EQ(wide.take(), "left      right\n          rrrrrrrrrrrrrrrrrrrr\n");
  Page narrow({.width = 40});
  narrow.side_by_side({Line().add(std::string(20, 'l'))}, right);
  EXPECT_EQ(narrow.take(), std::string(20, 'l') + "\n\nright\n" + std::string(20, 'r') + "\n");
}

}  // namespace
}  // namespace mogura::report::detail
