#include "console/detail/api_fields.h"

#include <gtest/gtest.h>

#include <array>

namespace mogura::console::detail {
namespace {

struct Everything {
  std::string line = R"({"id":"forged","a":"x","l":["1","2"]})";
  std::optional<PatternRow::Rates> rates = PatternRow::Rates{4, 3, 2, 1};
};

void describe(const Everything& row, Fields& fields) {
  static constexpr std::array<std::string_view, 3> kColumns{"a", "l", "none"};
  fields.text("text", "t");
  fields.text("unknown", "");
  fields.given_text("given", "");
  fields.number("number", 1);
  fields.decimal("decimal", 0.5);
  fields.time("time", Timestamp(std::chrono::seconds(1)));
  fields.time("never", {});
  fields.truth("truth", true);
  fields.texts("texts", {"a", "b"});
  fields.rates(row.rates);
  fields.line("line", row.line);
  fields.members(row.line, kColumns);
}

std::string as_json(const Everything& row) {
  std::string out;
  JsonReader reader;
  report::JsonWriter json(out, report::JsonWriter::Layout::kLine);
  write_row(json, reader, row);
  return out;
}

TEST(JsonFields, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ(as_json({}),
            R"({"text":"t","given":"","number":1,"decimal":0.5,"time":"1970-01-01T00:00:01.000000Z",)"
            R"("truth":true,"texts":["a","b"],"rates":{"service_sessions":4,"service_hits":3,)"
            R"("ordinary_sessions":2,"ordinary_hits":1},"line":{"id":"forged","a":"x","l":["1","2"]},)"
            R"("a":"x","l":["1","2"]})");
}

TEST(JsonFields, SaysWhereALineIsBroken) {
  const std::string json = as_json({.line = "{\"a\":", .rates = std::nullopt});
  EXPECT_NE(json.find(R"(["a","b"],"line_error":true)"), std::string::npos) << json;
  EXPECT_EQ(json.find("\"line\""), std::string::npos);
}

TEST(CsvFields, HaveAsManyCellsAsTheHeading) {
  JsonReader reader;
  for (const Everything& row : {Everything{}, Everything{.line = "broken", .rates = std::nullopt}}) {
    std::string heading, cells;
    CsvWriter heading_csv(heading), csv(cells);
    CsvHeading names(heading_csv);
    describe(row, names);
    CsvFields fields(csv, reader);
    describe(row, fields);
    EXPECT_EQ(heading,
              "text,unknown,given,number,decimal,time,never,truth,texts,service_sessions,service_hits,"
              "ordinary_sessions,ordinary_hits,a,l,none");
    EXPECT_EQ(std::count(cells.begin(), cells.end(), ','), std::count(heading.begin(), heading.end(), ','));
  }
}

TEST(CsvFields, WriteListsInOneCell) {
  std::string cells;
  JsonReader reader;
  CsvWriter csv(cells);
  CsvFields fields(csv, reader);
  describe(Everything{}, fields);
  EXPECT_EQ(cells, "t,,,1,0.5,1970-01-01T00:00:01.000000Z,,true,a; b,4,3,2,1,x,1; 2,");
}

}  // namespace
}  // namespace mogura::console::detail
