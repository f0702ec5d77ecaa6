#include "report/detail/terminal_groups.h"

#include <gtest/gtest.h>

#include "report/detail/sample_test.h"

namespace mogura::report::detail {
namespace {

TEST(TerminalGroups, SaysNoneForAnEmptyTableAndNamesAnEmptyKey) {
  Analysis analysis;
  analysis.groups[1] = {{testing::group("", 1, 1)}, 1};
  Page page({.width = 80});
  write_groups(page, analysis);
  const std::string text = page.take();
  EXPECT_NE(text.find("By destination  0 groups"), std::string::npos);
  EXPECT_NE(text.find("\n  none\n"), std::string::npos);
  EXPECT_NE(text.find("\n  (empty)"), std::string::npos);
}

}  // namespace
}  // namespace mogura::report::detail
