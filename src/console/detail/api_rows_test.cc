#include "console/detail/api_rows.h"

#include <gtest/gtest.h>

namespace mogura::console::detail {
namespace {

template <class Row>
std::string json_of(const Row& row) {
  std::string out;
  JsonReader reader;
  report::JsonWriter json(out, report::JsonWriter::Layout::kLine);
  write_row(json, reader, row);
  return out;
}

template <class Row>
std::string heading_of(const Row& row) {
  std::string out;
  CsvWriter csv(out);
  CsvHeading names(csv);
  describe(row, names);
  return out;
}

TEST(DescribeFinding, NamesItsColumnsAsDocumented) {
  EXPECT_EQ(heading_of(report::FindingRow{}),
            "finding_id,destination,kind,score,severity,status,application,class,sessions,clients,first,last,"
            "current,assignee,notes,evidence");
}

TEST(DescribeSession, KeepsItsLineOutOfCsv) {
  report::SessionRow row;
  row.session_id = "s";
  row.line = R"({"kind":"ssl"})";
  EXPECT_NE(json_of(row).find(R"("line":{"kind":"ssl"})"), std::string::npos);
  EXPECT_EQ(heading_of(row),
            "session_id,start,end,client,destination,kind,user_agent,inner_protocol,ja4,exchanges_up,"
            "exchanges_down,bytes_up,bytes_down");
}

TEST(DescribeClient, TellsAnEmptyUserAgentFromNone) {
  EXPECT_EQ(json_of(report::ClientRow{.client = "c"}).find(R"({"client":"c","user_agent":"","sessions")"),
            0u);
  EXPECT_EQ(
      json_of(report::ClientRow{.client = "c", .has_user_agent = false}).find(R"({"client":"c","sessions")"),
      0u);
}

TEST(DescribeAlert, PutsItsIdBeforeTheLine) {
  EXPECT_EQ(json_of(report::AlertRow{7, R"({"kind":"pattern","id":9})"}), R"({"id":7,"kind":"pattern"})");
  EXPECT_EQ(json_of(report::AlertRow{-7, "x"}), R"({"id":0,"line_error":true})");
  EXPECT_EQ(heading_of(report::AlertRow{}),
            "id,alert_id,time,kind,severity,score,pattern_id,pattern_name,finding_id,application,session_id,"
            "client_ip,client_port,server_ip,server_port,destination,client_forwarded,user_agent,clients,"
            "sentences");
}

TEST(DescribeGroup, HasTheColumnsOfItsTable) {
  using population::GroupBy;
  const struct {
    GroupBy by;
    const char* heading;
  } rows[] = {
      {GroupBy::kDestination, "key,sessions,clients,user_agents,cipher_lists,bytes_up,bytes_down,first,last"},
      {GroupBy::kUserAgent, "key,sessions,clients,destinations,cipher_lists,first,last"},
      {GroupBy::kCipherSuites, "key,ja3,ja4,sessions,clients,destinations,user_agents,first,last"},
      {GroupBy::kJa4, "key,sessions,clients,destinations,user_agents,first,last"},
      {GroupBy::kRegistrableDomain,
       "key,sessions,clients,user_agents,cipher_lists,bytes_up,bytes_down,first,last"},
  };
  for (const auto& row : rows) EXPECT_EQ(heading_of(GroupRow{{}, row.by}), row.heading);
}

TEST(DescribeHour, NamesKindsAsSessionLinesDo) {
  EXPECT_EQ(heading_of(report::Hour{}),
            "hour,get-post,connect,ssl,websocket,other,bytes_up,bytes_down,analysed_connect,analysed_ssl");
}

TEST(DescribeRest, NamesItsColumnsAsDocumented) {
  EXPECT_EQ(heading_of(report::FindingGroupRow{}), "key,findings,sessions,highest_score");
  EXPECT_EQ(heading_of(report::VerdictRow{}), "time,client,user_agent,host,verdict,score,evidence");
  EXPECT_EQ(heading_of(report::ChallengeHour{}), "hour,last,client,user_agent,host,state,reason,count");
  EXPECT_EQ(heading_of(report::AuditEntry{}), "time,user,address,action,subject,detail");
  EXPECT_EQ(heading_of(report::Note{}), "id,time,by,text");
  EXPECT_EQ(heading_of(report::Totals{}),
            "sessions,first,last,findings_new,findings_sanctioned,findings_confirmed,alerts");
  EXPECT_EQ(heading_of(PatternRow{}),
            "id,name,application,author,date,source_finding,note,candidate,service_sessions,service_hits,"
            "ordinary_sessions,ordinary_hits");
}

TEST(DescribePattern, LeavesOutRatesThatNobodyMeasured) {
  EXPECT_EQ(json_of(PatternRow{.id = "a"}), R"({"id":"a","candidate":false})");
}

}  // namespace
}  // namespace mogura::console::detail
