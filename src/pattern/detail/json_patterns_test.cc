#include "pattern/detail/json_patterns.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "pattern/testing/golden_test.h"

namespace mogura::pattern::detail {
namespace {

TEST(JsonPatterns, AreTheGoldenAndParse) {
  Exported out;
  export_json(testing::sample_patterns(), out);
  testing::expect_golden("patterns.json", out.text);
  const auto document = nlohmann::json::parse(out.text);
  EXPECT_EQ(document["schema"], "mogura.patterns/1");
  EXPECT_EQ(document["patterns"].size(), testing::sample_patterns().size());
  EXPECT_EQ(document["patterns"][0]["all"][2]["bytes"]["hex"], "5353482d322e302d4f70656e5353485f");
  EXPECT_EQ(document["patterns"][7]["note"], "n\nlevel: low");
}

}  // namespace
}  // namespace mogura::pattern::detail
