#include "report/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "report/detail/report_css.h"
#include "report/detail/report_js.h"
#include "report/detail/sample_test.h"

namespace mogura::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string page_of(const Analysis& analysis) {
  return write_html({analysis, testing::at(1'795'331'470'000'001), {}, {}});
}

std::size_t count(const std::string& text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = text.find(begin) + begin.size();
  return text.substr(from, text.find(end, from) - from);
}

TEST(Html, AllowsItsOwnScriptAndStyleAndNothingElse) {
  const std::string page = page_of(testing::sample_analysis());
  const std::string policy = between(page, "Content-Security-Policy\" content=\"", "\"");
  const auto source = [](const std::string& text) {
    return "'sha256-" + to_base64(sha256(as_bytes(text))) + "'";
  };
  const std::string script = between(page, "<script>", "</script>");
  const std::string style = between(page, "<style>", "</style>");
  EXPECT_EQ(script, detail::report_js());
  EXPECT_EQ(style, detail::report_css());
  EXPECT_EQ(policy, "default-src 'none'; script-src " + source(script) + "; style-src " + source(style) +
                        "; img-src data:; base-uri 'none'; form-action 'none'");
}

TEST(Html, HasOneScriptOneStyleAndOneBlockOfData) {
  Analysis analysis = testing::sample_analysis();
  analysis.findings[0].destination = "</script><script>x()</script><style>";
  const std::string page = page_of(analysis);
  EXPECT_EQ(count(page, "<script>"), 1u);
  EXPECT_EQ(count(page, "<script "), 1u);
  EXPECT_EQ(count(page, "</script"), 2u);
  EXPECT_EQ(count(page, "<style"), 1u);
  EXPECT_THAT(page,
              HasSubstr("<script type=\"application/json\" id=\"data\">{\"schema\":\"mogura.report/1\""));
}

// What the parser of a browser would take for the end of the element, or for a comment that swallows it.
TEST(Html, EmbedsNothingThatWouldEndItsElement) {
  EXPECT_THAT(std::string(detail::report_js()), Not(HasSubstr("</script")));
  EXPECT_THAT(std::string(detail::report_js()), Not(HasSubstr("<!--")));
  EXPECT_THAT(std::string(detail::report_css()), Not(HasSubstr("</style")));
  EXPECT_THAT(std::string(detail::report_css()), Not(HasSubstr("url(")));
  EXPECT_THAT(std::string(detail::report_css()), Not(HasSubstr("@import")));
}

TEST(Html, NamesTheFirstInputInItsTitle) {
  Analysis analysis = testing::sample_analysis();
  EXPECT_THAT(page_of(analysis), HasSubstr("<title>mogura: samples/day.pcap.gz …</title>"));
  analysis.inputs.resize(1);
  analysis.inputs[0].path = "</title><script>";
  EXPECT_THAT(page_of(analysis), HasSubstr("<title>mogura: &lt;/title&gt;&lt;script&gt;</title>"));
  EXPECT_THAT(page_of({}), HasSubstr("<title>mogura</title>"));
}

}  // namespace
}  // namespace mogura::report
