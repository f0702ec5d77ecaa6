#pragma once

// `--html FILE`: collects what the report shows beyond the analysis while sessions come, and writes it at the
// end. One thread.

#include <string>
#include <utility>
#include <vector>

#include "app/learning.h"
#include "app/output.h"
#include "finding/activity.h"
#include "report/analysis.h"

namespace mogura::app {

class HtmlReport {
 public:
  static Result<HtmlReport> open(const std::string& path);

  void add(const session::Session& session) { activity_.add(session); }
  // Closes the file. `learned_into`: where the candidates were written to; empty: nowhere.
  Result<void> write(const report::Analysis& analysis, const std::vector<Learnt>& learnt,
                     const std::string& learned_into);

 private:
  explicit HtmlReport(Output output) : output_(std::move(output)) {}

  Output output_;
  finding::Activity activity_;
};

}  // namespace mogura::app
