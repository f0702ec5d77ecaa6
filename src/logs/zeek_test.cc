#include "logs/zeek.h"

#include <gtest/gtest.h>

#include "logs/log_source.h"

namespace mogura::logs {
namespace {

using Column = ZeekColumn;

TEST(ZeekTsv, FindsColumnsByTheHeader) {
  ZeekTsv tsv;
  ZeekRow row;
  for (const char* line :
       {"#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-", "#path\thttp",
        "#fields\tuid\tsomething\thost\tuser_agent\treferrer", "#types\tstring"}) {
    EXPECT_EQ(tsv.read(line, row), ZeekTsv::Line::kHeader) << line;
  }
  EXPECT_EQ(tsv.log(), ZeekLog::kHttp);
  ASSERT_EQ(tsv.read("C1\tx\ta.example\t(empty)\t-", row), ZeekTsv::Line::kRow);
  EXPECT_EQ(row.at(Column::kUid), "C1");
  EXPECT_EQ(row.at(Column::kHost), "a.example");
  EXPECT_TRUE(row.has(Column::kUserAgent));
  EXPECT_EQ(row.at(Column::kUserAgent), "");
  EXPECT_FALSE(row.has(Column::kReferrer));
}

TEST(ZeekTsv, UndoesEscapesBehindTheSplit) {
  ZeekTsv tsv;
  ZeekRow row;
  (void)tsv.read("#fields\tuser_agent\thost", row);
  ASSERT_EQ(tsv.read("a\\x09b\\x5cx\\xzz\\x2\t\\x2d", row), ZeekTsv::Line::kRow);
  EXPECT_EQ(row.at(Column::kUserAgent), "a\tb\\x\\xzz\\x2");
  EXPECT_EQ(row.at(Column::kHost), "-");
}

TEST(ZeekTsv, TakesOtherSeparatorsAndUnsetFields) {
  ZeekTsv tsv;
  ZeekRow row;
  for (const char* line : {"#separator \\x7c", "#unset_field|NULL", "#path|ssl", "#fields|uid|ja3"}) {
    (void)tsv.read(line, row);
  }
  ASSERT_EQ(tsv.read("C1|NULL", row), ZeekTsv::Line::kRow);
  EXPECT_EQ(tsv.log(), ZeekLog::kSsl);
  EXPECT_FALSE(row.has(Column::kJa3));
}

TEST(ZeekTsv, RefusesRowsThatDoNotFitTheHeader) {
  ZeekTsv tsv;
  ZeekRow row;
  EXPECT_FALSE(tsv.read("C1\t2", row));
  (void)tsv.read("#fields\tuid\thost", row);
  EXPECT_FALSE(tsv.read("C1", row));
  EXPECT_FALSE(tsv.read("C1\ta\tb", row));
  EXPECT_TRUE(tsv.read("C1\ta", row));
}

TEST(ZeekTsv, HasALimitOfColumns) {
  for (const std::size_t count : {kColumns - 1, kColumns, kColumns + 1}) {
    ZeekTsv tsv;
    ZeekRow row;
    std::string names = "#fields";
    std::string values = "1";
    for (std::size_t i = 0; i < count; ++i) names += "\tx";
    for (std::size_t i = 1; i < count; ++i) values += "\t1";
    (void)tsv.read(names, row);
    EXPECT_EQ(tsv.read(values, row).has_value(), count <= kColumns) << count;
  }
}

TEST(ZeekJson, ReadsTheSameColumns) {
  ZeekJson json;
  ZeekRow row;
  ASSERT_TRUE(json.read(
      R"({"ts":1672843056.913119,"uid":"C1","id.orig_p":55548,"proxied":["VIA -> x","Y -> z"],"host":"","what":[{}]})",
      row));
  EXPECT_EQ(row.at(Column::kTs), "1672843056.913119");
  EXPECT_EQ(row.at(Column::kOrigPort), "55548");
  EXPECT_EQ(row.at(Column::kProxied), "VIA -> x,Y -> z");
  EXPECT_TRUE(row.has(Column::kHost));
  EXPECT_FALSE(row.has(Column::kUri));
  EXPECT_FALSE(json.read("[]", row));
  EXPECT_FALSE(json.read("{\"ts\":", row));
}

TEST(LogOf, GoesByPathThenByColumns) {
  ZeekJson json;
  ZeekRow row;
  const auto log_in = [&](std::string_view line) {
    EXPECT_TRUE(json.read(line, row));
    return name_of(log_of(row));
  };
  EXPECT_EQ(log_in(R"({"_path":"ssl","trans_depth":1})"), "zeek-ssl");
  EXPECT_EQ(log_in(R"({"trans_depth":1,"version":"1.1"})"), "zeek-http");
  EXPECT_EQ(log_in(R"({"established":true,"version":"TLSv12"})"), "zeek-ssl");
  EXPECT_EQ(log_in(R"({"conn_state":"SF"})"), "zeek-conn");
  EXPECT_EQ(log_in(R"({"_path":"dns"})"), "zeek-other");
  EXPECT_EQ(log_in(R"({"uid":"C1"})"), "zeek-other");
}

}  // namespace
}  // namespace mogura::logs
