#include "app/html_report.h"

#include "app/clock.h"
#include "report/html.h"

namespace mogura::app {

Result<HtmlReport> HtmlReport::open(const std::string& path) {
  Result<Output> output = Output::open(path);
  if (!output) return tl::unexpected(output.error());
  return HtmlReport(std::move(*output));
}

Result<void> HtmlReport::write(const report::Analysis& analysis, const std::vector<Learnt>& learnt,
                               const std::string& learned_into) {
  report::HtmlReport report{analysis, clock_now(), {}, learned_into};
  for (const finding::Finding& finding : analysis.findings) {
    report.details.push_back({activity_.timeline(finding), {}});
  }
  for (const Learnt& one : learnt) {
    for (const pattern::Pattern& candidate : one.candidates) {
      report.details[one.finding].candidates.push_back({candidate.id, pattern::write(candidate)});
    }
  }
  output_.write(report::write_html(report));
  return output_.close();
}

}  // namespace mogura::app
