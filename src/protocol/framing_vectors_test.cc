#include "protocol/framing_vectors_test.h"

#include <gtest/gtest.h>

#include <set>

using namespace mogura::protocol::testing;

TEST(FramingVectors, AreManyAndEachHasItsName) {
  const auto vectors = read_vectors();
  std::set<std::string> names;
  for (const Vector& vector : vectors) {
    EXPECT_TRUE(names.insert(vector.name).second) << vector.name;
    EXPECT_FALSE(vector.why.empty()) << vector.name;
  }
  EXPECT_GE(vectors.size(), 150u);
}

TEST(FramingVectors, AreReadAsTheTableSays) {
  for (const Vector& vector : read_vectors())
    EXPECT_EQ(outcome_of(vector, vector.bytes), vector.expected) << vector.name << ": " << vector.why;
}

TEST(FramingVectors, CutOffAreNeverRefusedForAnotherReason) {
  for (const Vector& vector : read_vectors()) {
    bool was_refused = false;
    for (std::size_t size = 0; size < vector.bytes.size(); ++size) {
      const std::vector<char> exact(vector.bytes.begin(),
                                    vector.bytes.begin() + static_cast<std::ptrdiff_t>(size));
      const std::string outcome = outcome_of(vector, {exact.data(), size});
      if (!was_refused && (outcome == "more" || outcome == "pass")) continue;
      was_refused = true;
      EXPECT_EQ(outcome, vector.expected) << vector.name << " after " << size;
    }
  }
}
