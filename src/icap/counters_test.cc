#include "icap/counters.h"

#include <gtest/gtest.h>

#include <set>

namespace mogura::icap {
namespace {

TEST(Passed, EachHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (std::size_t n = 0; n < kPassed; ++n) names.insert(name_of(static_cast<Passed>(n)));
  EXPECT_EQ(names.size(), kPassed);
  EXPECT_EQ(names.count("unknown"), 0u);
  EXPECT_EQ(name_of(static_cast<Passed>(kPassed)), "unknown") << "kPassed counts them all";
}

}  // namespace
}  // namespace mogura::icap
