#include "pattern/detail/zeek_signatures.h"

#include <gtest/gtest.h>

#include "pattern/testing/golden_test.h"

namespace mogura::pattern::detail {
namespace {

TEST(ZeekSignatures, AreTheGolden) {
  Exported out;
  export_zeek_signatures(testing::sample_patterns(), out);
  testing::expect_golden("signatures.zeek", out.text);
  EXPECT_EQ(std::count(out.text.begin(), out.text.end(), '{'),
            std::count(out.text.begin(), out.text.end(), '}'));
}

}  // namespace
}  // namespace mogura::pattern::detail
