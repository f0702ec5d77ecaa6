#include "proxy/counters.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace mogura::proxy {
namespace {

TEST(Refusal, EachHasANameOfItsOwn) {
  std::set<std::string> names;
  for (std::size_t n = 0; n < kRefusals; ++n) {
    const std::string_view name = name_of(static_cast<Refusal>(n));
    EXPECT_NE(name, "unknown") << n;
    EXPECT_TRUE(
        std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; }))
        << "is a label and a word in logs: " << name;
    names.insert(std::string(name));
  }
  EXPECT_EQ(names.size(), kRefusals);
  EXPECT_EQ(name_of(static_cast<Refusal>(kRefusals)), "unknown") << "kRefusals counts them all";
}

TEST(Unopened, EachHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (std::size_t n = 0; n < kUnopened; ++n) names.insert(name_of(static_cast<Unopened>(n)));
  EXPECT_EQ(names.size(), kUnopened);
  EXPECT_FALSE(names.contains("unknown"));
  EXPECT_EQ(name_of(static_cast<Unopened>(kUnopened)), "unknown");
}

TEST(Count, GoesUpAndDown) {
  Count count;
  count.add();
  count.add(5);
  count.subtract(2);
  EXPECT_EQ(count.get(), 4u);
}

}  // namespace
}  // namespace mogura::proxy
