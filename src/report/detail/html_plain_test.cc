#include "report/detail/html_plain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/detail/sample_test.h"

namespace mogura::report::detail {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string plain(const Analysis& analysis) {
  std::string out;
  append_plain(out, {analysis, mogura::report::testing::at(0), {}, {}});
  return out;
}

TEST(HtmlPlain, SaysTable1AndWhyToLook) {
  const std::string text = plain(mogura::report::testing::sample_analysis());
  EXPECT_THAT(text, HasSubstr("<tr><th>CONNECT type</th><td>14</td></tr>"));
  EXPECT_THAT(text, HasSubstr("<tr><th>SSL type</th><td>71</td></tr>"));
  EXPECT_THAT(text, HasSubstr("<h3>high 0.80 <bdi>edge.example:443</bdi></h3>"));
  EXPECT_THAT(text, HasSubstr("<li>+0.60 51 sessions from 7 clients went through CONNECT"));
  EXPECT_THAT(text, HasSubstr("and 1 more</td>")) << "seven clients, six listed";
  EXPECT_THAT(text, HasSubstr("(empty)")) << "an empty User-Agent";
  EXPECT_THAT(text, HasSubstr("Ask: What is edge.example:443 used for?"));
  EXPECT_THAT(text, HasSubstr("missing.pcap: No such file"));
  EXPECT_THAT(text, Not(HasSubstr("plain.example"))) << "sanctioned, below 0.5";
  EXPECT_THAT(text, HasSubstr("1 more are in the JSON document"));
}

TEST(HtmlPlain, SaysThatThereIsNothing) {
  EXPECT_THAT(plain({}), HasSubstr("<p>None.</p>"));
}

TEST(HtmlPlain, EscapesEveryNameFromTheWire) {
  const std::string hostile = "</noscript><img src=x onerror=x()>\"'&\xE2\x80\xAE";
  Analysis analysis = mogura::report::testing::sample_analysis();
  finding::Finding& finding = analysis.findings[0];
  finding.destination = finding.application.name = hostile;
  finding.clients = finding.user_agents = finding.destinations = {hostile};
  finding.evidence[0].text = finding.question.search = finding.question.ask = hostile;
  analysis.inputs[0].path = hostile;
  analysis.inputs[1].errors = {{ErrorCode::kIo, hostile, hostile}};
  const std::string text = plain(analysis);
  EXPECT_THAT(text, Not(HasSubstr("<img")));
  EXPECT_THAT(text, Not(HasSubstr("</noscript")));
  EXPECT_THAT(text, Not(HasSubstr("\xE2\x80\xAE")));
}

TEST(HtmlPlain, TellsSoManyFindingsAndCountsTheRest) {
  Analysis analysis = mogura::report::testing::sample_analysis();
  analysis.findings.assign(kPlainFindings + 1, mogura::report::testing::tunnel_finding());
  const std::string text = plain(analysis);
  std::size_t told = 0;
  for (std::size_t at = text.find("<h3>"); at != std::string::npos; at = text.find("<h3>", at + 1)) ++told;
  EXPECT_EQ(told, kPlainFindings);
  EXPECT_THAT(text, HasSubstr("<p>1 more are in"));
}

}  // namespace
}  // namespace mogura::report::detail
