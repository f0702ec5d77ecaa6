#include "report/detail/html_data.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/analysis_json.h"
#include "report/detail/sample_test.h"

namespace mogura::report::detail {
namespace {

using Json = nlohmann::ordered_json;

Json data_of(const HtmlReport& report) {
  std::string out;
  append_data(out, report);
  EXPECT_EQ(out.find_first_of("<>&\n"), std::string::npos);
  return Json::parse(out);
}

TEST(HtmlData, HoldsTheAnalysisDocumentAsItIs) {
  const Analysis analysis = testing::sample_analysis();
  const Json data = data_of({analysis, testing::at(1'795'331'470'000'001), {}, {}});
  EXPECT_EQ(data["schema"], "mogura.report/1");
  EXPECT_EQ(data["written"], "2026-11-22T07:11:10.000001Z");
  EXPECT_EQ(data["analysis"], Json::parse(write_json(analysis)));
  EXPECT_EQ(data["left_out"], Json::parse(R"({"inputs":0,"findings":0,"details":0})"));
  EXPECT_EQ(data["details"], Json::array());
  EXPECT_FALSE(data.contains("learned_into"));
}

TEST(HtmlData, HasTimelinesAndCandidatesInTheOrderOfTheFindings) {
  const Analysis analysis = testing::sample_analysis();
  HtmlReport report{analysis, {}, {}, "learnt"};
  report.details.resize(2);
  report.details[0].timeline = {
      testing::at(0), testing::at(4'000'000), {{"10.0.0.1", 3, {0, 2, 0, 1}}}, true};
  report.details[0].candidates = {{"ssh-in-connect-1", "format = 1\n"}};
  const Json data = data_of(report);
  EXPECT_EQ(data["learned_into"], "learnt");
  EXPECT_EQ(data["details"][0], Json::parse(R"({"timeline":{"from":"1970-01-01T00:00:00.000000Z",
      "to":"1970-01-01T00:00:04.000000Z","slices":4,
      "clients":[{"client":"10.0.0.1","sessions":3,"cells":[1,2,3,1]}],"cut":true},
      "candidates":[{"id":"ssh-in-connect-1","text":"format = 1\n"}]})"));
  EXPECT_EQ(data["details"][1], Json::parse(R"({"candidates":[]})")) << "nothing is known of it";
}

TEST(HtmlData, LeavesOutFindingsFromTheEndBeyondTheirBudget) {
  Analysis analysis = testing::sample_analysis();
  const std::size_t size = write_finding_line(analysis.findings[0]).size();
  const std::size_t fit = kHtmlFindingBytes / size;
  analysis.findings.assign(fit, testing::tunnel_finding());
  EXPECT_EQ(data_of({analysis, {}, {}, {}})["left_out"]["findings"], 0) << "at the limit";
  analysis.findings.resize(fit + 1, testing::tunnel_finding());
  const Json data = data_of({analysis, {}, {}, {}});
  EXPECT_EQ(data["left_out"]["findings"], 1);
  EXPECT_EQ(data["analysis"]["findings"].size(), fit);
}

TEST(HtmlData, LeavesOutDetailsBeyondTheirBudget) {
  Analysis analysis = testing::sample_analysis();
  HtmlReport report{analysis, {}, {}, {}};
  report.details.resize(2);
  report.details[0].candidates = {{"a", std::string(1000, 'x')}};
  report.details[1].candidates = {{"b", std::string(kHtmlDetailBytes - 1000, 'x')}};
  const Json data = data_of(report);
  EXPECT_EQ(data["details"].size(), 1u);
  EXPECT_EQ(data["left_out"]["details"], 1);
}

TEST(HtmlData, CutsKeysInputsAndErrorsThatNobodyReads) {
  Analysis analysis = testing::sample_analysis();
  analysis.groups[1].rows[0].key = std::string(kHtmlKeyBytes + 1, 'x');
  analysis.groups[1].rows[1].key = std::string(kHtmlKeyBytes, 'y');
  analysis.inputs[0].errors.assign(kHtmlErrors + 3, {ErrorCode::kTruncated, "place", "cause"});
  analysis.inputs.resize(kHtmlInputs + 2, analysis.inputs[2]);
  const Json data = data_of({analysis, {}, {}, {}});
  const Json& rows = data["analysis"]["groups"]["user_agent"];
  EXPECT_EQ(rows[0]["key"], std::string(kHtmlKeyBytes - 3, 'x') + "…");
  EXPECT_EQ(rows[1]["key"], std::string(kHtmlKeyBytes, 'y'));
  EXPECT_EQ(data["left_out"]["inputs"], 2);
  EXPECT_EQ(data["analysis"]["inputs"].size(), kHtmlInputs);
  const Json& errors = data["analysis"]["inputs"][0]["errors"];
  EXPECT_EQ(errors.size(), kHtmlErrors + 1);
  EXPECT_EQ(errors.back(), "samples/day.pcap.gz: and 3 more");
}

}  // namespace
}  // namespace mogura::report::detail
