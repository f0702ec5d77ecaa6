#include "population/detail/sentence.h"

#include <gtest/gtest.h>

namespace mogura::population::detail {
namespace {

TEST(Sentence, CountsInTheRightNumber) {
  EXPECT_EQ(counted(0, "client"), "0 clients");
  EXPECT_EQ(counted(1, "client"), "1 client");
  EXPECT_EQ(counted(2, "cipher list"), "2 cipher lists");
}

TEST(Sentence, ShowsOneDecimalWhereItIsNotZero) {
  EXPECT_EQ(decimal(6.24), "6.2");
  EXPECT_EQ(decimal(3.0), "3");
  EXPECT_EQ(decimal(2.96), "3");
  EXPECT_EQ(decimal(0.04), "0");
  EXPECT_EQ(decimal(-1), "0");
}

TEST(Sentence, QuotesNamesAndCutsLongOnesBetweenCharacters) {
  EXPECT_EQ(in_quotes("curl/7"), "\"curl/7\"");
  EXPECT_EQ(in_quotes(std::string(kNamedBytes, 'x')), "\"" + std::string(kNamedBytes, 'x') + "\"");
  EXPECT_EQ(in_quotes(std::string(kNamedBytes + 1, 'x')), "\"" + std::string(kNamedBytes, 'x') + "…\"");
  EXPECT_EQ(in_quotes(std::string(kNamedBytes - 1, 'x') + "é and more"),
            "\"" + std::string(kNamedBytes - 1, 'x') + "…\"");
  EXPECT_EQ(in_quotes(std::string(200, '\x80')).size(), kNamedBytes - 4 + 5) << "no character at all";
}

}  // namespace
}  // namespace mogura::population::detail
