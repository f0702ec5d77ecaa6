#include "challenge/detail/question.h"

#include <gtest/gtest.h>

namespace mogura::challenge::detail {
namespace {

TEST(Ladder, IsInTheOrderOfTheQuestions) {
  for (std::size_t i = 0; i < kQuestions; ++i) {
    EXPECT_EQ(ladder()[i]->question(), static_cast<Question>(i));
    EXPECT_EQ(&asker_of(static_cast<Question>(i)), ladder()[i]);
  }
}

// What people would notice comes last.
TEST(Ladder, WhatIsAnsweredInAnOriginsPlaceComesAfterWhatIsNot) {
  bool is_in_place = false;
  for (const Asker* asker : ladder()) {
    EXPECT_FALSE(is_in_place && asker->in_place() == OwnAnswer::kNone) << name_of(asker->question());
    is_in_place = asker->in_place() != OwnAnswer::kNone;
  }
}

}  // namespace
}  // namespace mogura::challenge::detail
