#include "report/detail/width_table.h"

#include <gtest/gtest.h>

namespace mogura::report::detail {
namespace {

TEST(WidthTable, HidesControlsAndFormatCharacters) {
  for (char32_t c = 0; c < 0x20; ++c) EXPECT_TRUE(is_hidden(c));
  for (char32_t c = 0x20; c < 0x7F; ++c) EXPECT_FALSE(is_hidden(c));
  for (char32_t c = 0x7F; c < 0xA0; ++c) EXPECT_TRUE(is_hidden(c));
  for (const char32_t c :
       {0xADu, 0x61Cu, 0x180Eu, 0x200Bu, 0x200Du, 0x200Eu, 0x200Fu, 0x2028u, 0x202Au, 0x202Eu, 0x2060u,
        0x2066u, 0x2069u, 0xFE0Fu, 0xFEFFu, 0xFFF9u, 0xE0001u, 0xE007Fu, 0xE0100u}) {
    EXPECT_TRUE(is_hidden(c)) << std::hex << static_cast<unsigned>(c);
  }
  for (const char32_t c : {0xA0u, 0xE9u, 0x301u, 0x2010u, 0x20ACu, 0x3042u, 0xFFFDu, 0x1F600u}) {
    EXPECT_FALSE(is_hidden(c)) << std::hex << static_cast<unsigned>(c);
  }
}

TEST(WidthTable, KnowsTheEdgesOfItsRanges) {
  const struct {
    char32_t c;
    unsigned cells;
  } rows[] = {{0x2FF, 1},   {0x300, 0},   {0x36F, 0},   {0x370, 1},   {0x10FF, 1},  {0x1100, 2},
              {0x1161, 0},  {0x2E7F, 1},  {0x2E80, 2},  {0x303F, 1},  {0x3041, 2},  {0x4E00, 2},
              {0xAC00, 2},  {0xD7A3, 2},  {0xFF00, 1},  {0xFF01, 2},  {0xFF60, 2},  {0xFF61, 1},
              {0x1F5FF, 2}, {0x1F600, 2}, {0x20000, 2}, {0x3FFFD, 2}, {0x10FFFF, 1}};
  for (const auto& row : rows)
    EXPECT_EQ(cells_of(row.c), row.cells) << std::hex << static_cast<unsigned>(row.c);
}

}  // namespace
}  // namespace mogura::report::detail
