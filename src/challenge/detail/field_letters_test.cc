#include "challenge/detail/field_letters.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace mogura::challenge::detail {
namespace {

TEST(FieldLetters, AreThoseOfTheFormatsPage) {
  std::ifstream page(std::string(MOGURA_SOURCE_DIR) + "/docs/formats/header-order.md");
  int rows = 0;
  for (std::string line; std::getline(page, line);) {
    // | `A` | Accept |
    if (line.size() < 10 || !line.starts_with("| `") || line[4] != '`') continue;
    const char letter = line[3];
    std::string name = line.substr(8);
    name = name.substr(0, name.find_first_of(",|"));
    while (!name.empty() && name.back() == ' ') name.pop_back();
    if (letter == kOtherField) continue;
    ++rows;
    EXPECT_EQ(field_of(letter), name);
    if (const std::size_t dots = name.find("…"); dots != std::string::npos) name.replace(dots, 3, "Any");
    EXPECT_EQ(letter_of(name, protocol::field_id(name)), letter) << name;
  }
  EXPECT_EQ(rows, 34);
}

TEST(FieldLetters, OthersHaveNone) {
  for (const std::string_view name : {"X-Mine", "Sec-Purpose", "Age", "Date", "Sec-", "d", ""}) {
    EXPECT_EQ(letter_of(name, protocol::field_id(name)), kOtherField) << name;
  }
  EXPECT_EQ(field_of(kOtherField), "");
}

TEST(FieldLetters, CaseDoesNotMatter) {
  for (const std::string_view name : {"sec-gpc", "Sec-GPC", "dnt", "DNT"}) {
    EXPECT_EQ(letter_of(name, protocol::field_id(name)), 'd');
  }
  for (const std::string_view name : {"dpr", "RTT", "Ect", "downlink", "Device-Memory", "viewport-width"}) {
    EXPECT_EQ(letter_of(name, protocol::field_id(name)), 'Q') << name;
  }
}

}  // namespace
}  // namespace mogura::challenge::detail
