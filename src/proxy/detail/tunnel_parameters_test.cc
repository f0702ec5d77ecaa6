#include <gtest/gtest.h>

#include "proxy/detail/parameter_rows.h"

namespace mogura::proxy::detail {
namespace {

TEST(TunnelParameters, AreOneSectionWithSafeDefaults) {
  std::vector<Parameter> rows;
  add_tunnel_rows(rows);
  ASSERT_EQ(rows.size(), 5u);
  const Options options;
  const std::string_view kDefaults[] = {"\"observe\"", "[]", "\"2s\"", "\"\"", "\"observe\""};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].section, "tunnels");
    EXPECT_EQ(rows[i].write(options), kDefaults[i]) << rows[i].key;
  }
}

}  // namespace
}  // namespace mogura::proxy::detail
