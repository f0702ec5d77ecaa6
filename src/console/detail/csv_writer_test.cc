#include "console/detail/csv_writer.h"

#include <gtest/gtest.h>

#include <limits>

namespace mogura::console::detail {
namespace {

std::string cell(std::string_view text) {
  std::string out;
  CsvWriter(out).text(text);
  return out;
}

TEST(CsvWriter, WritesRowsByRfc4180) {
  std::string out;
  CsvWriter csv(out);
  csv.text("a");
  csv.text("b,c");
  csv.text("");
  csv.end_row();
  csv.number(42);
  csv.decimal(0.5);
  csv.time(Timestamp(std::chrono::milliseconds(1'500)));
  csv.time({});
  csv.decimal(std::numeric_limits<double>::quiet_NaN());
  csv.end_row();
  EXPECT_EQ(out, "a,\"b,c\",\r\n42,0.5,1970-01-01T00:00:01.500000Z,,\r\n");
}

TEST(CsvWriter, MakesTextHarmless) {
  const struct {
    std::string text;
    std::string cell;
    const char* why;
  } rows[] = {
      {"plain", "plain", "nothing to do"},
      {"say \"hi\"", "\"say \"\"hi\"\"\"", "quotes are doubled"},
      {"a,b", "\"a,b\"", "separator"},
      {" a", "\" a\"", "blank at the beginning"},
      {"a\nb\r", "a\\x0ab\\x0d", "a cell is one line"},
      {"=1+1", "\"'=1+1\"", "formula"},
      {"+1", "\"'+1\"", "formula"},
      {"-1", "\"'-1\"", "formula"},
      {"@SUM(A1)", "\"'@SUM(A1)\"", "formula"},
      {"\t=1", "\"'\\x09=1\"", "tab before a formula"},
      {"\r=1", "\"'\\x0d=1\"", "return before a formula"},
      {"\uFF1D1", "\"'\uFF1D1\"", "in full width"},
      {"=cmd|' /C calc'!A0,\"x\"", "\"'=cmd|' /C calc'!A0,\"\"x\"\"\"", "all at once"},
      {"a=1", "a=1", "no formula"},
      {"\xff\x1b[2J", "\\xff\\x1b[2J", "no UTF-8, controls"},
      {"\u202eevil", "\\u202eevil", "bidirectional"},
      {"back\\slash", "back\\\\slash", "cannot be mistaken for an escape"},
      {std::string("\0", 1), "\\x00", "NUL"},
      {"日本語", "日本語", "ordinary characters"},
  };
  for (const auto& row : rows) EXPECT_EQ(cell(row.text), row.cell) << row.why;
}

TEST(LooksLikeFormula, KnowsEmptyText) {
  EXPECT_FALSE(looks_like_formula(""));
  EXPECT_TRUE(looks_like_formula("="));
}

}  // namespace
}  // namespace mogura::console::detail
