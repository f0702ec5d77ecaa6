#include <gtest/gtest.h>

#include "proxy/detail/parameter_rows.h"

namespace mogura::proxy::detail {
namespace {

TEST(InterceptParameters, NothingIsOpenedUnlessItIsSaid) {
  std::vector<Parameter> rows;
  add_intercept_rows(rows);
  ASSERT_EQ(rows.size(), 10u);
  EXPECT_EQ(rows.front().key, "enabled");
  EXPECT_EQ(rows.front().write(Options{}), "false");
  for (const Parameter& row : rows) EXPECT_EQ(row.section, "intercept") << row.key;
}

}  // namespace
}  // namespace mogura::proxy::detail
