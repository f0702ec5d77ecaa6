#include "challenge/question.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace mogura::challenge {
namespace {

// Without line breaks and the signs of markup.
std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::string text, word;
  while (file >> word) {
    std::erase(word, '`');
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

TEST(QuestionCards, EachHasAPageThatSaysTheSame) {
  for (const QuestionCard& card : question_cards()) {
    const std::string path =
        std::string(MOGURA_SOURCE_DIR) + "/docs/guides/challenges/" + std::string(card.name) + ".md";
    const std::string page = text_of(path);
    EXPECT_THAT(page, ::testing::HasSubstr("*Question:* " + std::string(card.asks))) << path;
    EXPECT_THAT(page, ::testing::HasSubstr("*Asked:* of " + std::string(card.asked_of) + ".")) << path;
    EXPECT_THAT(page, ::testing::HasSubstr("*Costs:* " + std::string(card.costs) + ".")) << path;
    EXPECT_THAT(page, ::testing::HasSubstr("*May disturb:* " + std::string(card.disturbs) + ".")) << path;
  }
}

TEST(QuestionCards, AreInTheirOrder) {
  for (std::size_t i = 0; i < kQuestions; ++i) {
    EXPECT_EQ(question_cards()[i].question, static_cast<Question>(i));
  }
}

TEST(QuestionSet, HasWhatWasAdded) {
  QuestionSet set{Question::kDecoys, Question::kRefresh};
  EXPECT_TRUE(set.has(Question::kDecoys) && set.has(Question::kRefresh));
  EXPECT_FALSE(set.has(Question::kReport));
  set.add(Question::kReport);
  EXPECT_TRUE(set.has(Question::kReport));
  EXPECT_TRUE(QuestionSet().is_empty());
}

}  // namespace
}  // namespace mogura::challenge
