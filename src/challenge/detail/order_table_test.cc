#include "challenge/detail/order_table.h"

#include <gtest/gtest.h>

namespace mogura::challenge::detail {
namespace {

TEST(OrderTable, PatternsFitAsTheirHeaderSays) {
  struct Case {
    std::string_view letters, pattern;
    bool fits;
  };
  const Case kCases[] = {
      {"HUA", "HUA", true},      {"HUA", "HU", false},
      {"HU", "HUA", false},      {"HA", "HU?A", true},
      {"HUA", "HU?A", true},     {"HUUA", "HU?A", false},
      {"HKU", "H[KP]U", true},   {"HU", "H[KP]U", false},
      {"HU", "H[KP]?U", true},   {"HRCE", "H[CR]*E", true},
      {"HE", "H[CR]*E", true},   {"HRAE", "H[CR]*E", false},
      {"xHpUx", "HU", true},     {"", "", true},
      {"x", "", true},           {"H", "", false},
      {"HCRCR", "H[CR]*", true}, {"H", "H[CR]*", true},
  };
  for (const Case& one : kCases)
    EXPECT_EQ(fits_pattern(one.letters, one.pattern), one.fits) << one.letters << " " << one.pattern;
}

TEST(OrderTable, WhatARelayChangesIsNotLookedAt) {
  EXPECT_TRUE(fits_pattern("UH", "UPKH", true));
  EXPECT_TRUE(fits_pattern("HU", "UPKH", true)) << "it may have moved Host";
  EXPECT_TRUE(fits_pattern("UPKH", "UPKH", true)) << "or have left all in its place";
  EXPECT_TRUE(fits_pattern("UHA", "H[KP]UA", true));
  EXPECT_FALSE(fits_pattern("UH", "H[KA]U", true)) << "the other one should be there";
  EXPECT_FALSE(fits_pattern("HAU", "HUA", true));
}

TEST(OrderTable, RowsAreWellFormed) {
  for (const FamilyOrder& row : known_orders()) {
    EXPECT_NE(row.wires, 0);
    EXPECT_LT(static_cast<std::size_t>(row.family), kFamilies);
    EXPECT_FALSE(row.required.empty());
    bool is_inside = false;
    for (const char c : row.pattern) {
      if (c == '[' || c == ']') {
        EXPECT_EQ(is_inside, c == ']') << row.pattern;
        is_inside = c == '[';
      } else {
        EXPECT_NE(c, 'x') << row.pattern;
        EXPECT_NE(c, 'p') << row.pattern;
      }
    }
    EXPECT_FALSE(is_inside) << row.pattern;
    for (const char c : row.required) EXPECT_NE(row.pattern.find(c), std::string_view::npos) << row.pattern;
  }
}

TEST(OrderTable, EveryFamilyWithAnOrderHasARow) {
  FamilySet families;
  for (const FamilyOrder& row : known_orders()) families.add(row.family);
  for (unsigned family = 0; family < kFamilies; ++family)
    EXPECT_TRUE(families.has(static_cast<Family>(family))) << family;
}

}  // namespace
}  // namespace mogura::challenge::detail
