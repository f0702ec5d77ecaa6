#include "store/detail/answer_rows.h"

#include <gtest/gtest.h>

#include "store/detail/scene_test.h"

namespace mogura::store::detail {
namespace {

using store::testing::at;
using store::testing::number;
using store::testing::Scene;

finding::Answer answer(const std::string& client, std::int64_t time) {
  return {
      .time = at(time),
      .client = client,
      .user_agent = "Mozilla/5.0 \u202e",
      .host = "c2.example",
      .verdict = finding::Evidence{"no-jar", "none \"came\"\nback", 0.8, {}, {}},
      .noticed = {{"header-order-unknown", "another", 0.1, 3, 0}, {"declared-program", "x", -0.2, {}, {}}}};
}

TEST(AnswerRows, ComeBackAsTheyWere) {
  Scene scene;
  finding::Answers answers;
  answers.add(answer("10.0.0.1", 5));
  answers.add(answer("10.0.0.1", 9));
  finding::Answer noticed = answer("10.0.0.2", 7);
  noticed.verdict.reset();
  answers.add(noticed);
  ASSERT_TRUE(scene.store().put_answers(answers));
  const auto read = scene.store().read_answers();
  ASSERT_TRUE(read);
  ASSERT_EQ(read->programs(), 2u);
  const finding::Answers::Programs& programs = read->hosts().at("c2.example");
  EXPECT_EQ(programs[0].client, "10.0.0.1");
  EXPECT_EQ(programs[0].user_agent, "Mozilla/5.0 \u202e");
  EXPECT_EQ(programs[0].first, at(5));
  EXPECT_EQ(programs[0].last, at(9));
  ASSERT_TRUE(programs[0].verdict);
  EXPECT_EQ(programs[0].verdict->code, "no-jar");
  EXPECT_EQ(programs[0].verdict->text, "none \"came\"\nback");
  EXPECT_EQ(programs[0].verdict->weight, 0.8);
  EXPECT_FALSE(programs[0].verdict->observed);
  ASSERT_EQ(programs[0].noticed.size(), 2u);
  EXPECT_EQ(programs[0].noticed[0].observed, 3);
  EXPECT_EQ(programs[0].noticed[1].weight, -0.2);
  EXPECT_FALSE(programs[1].verdict);
}

TEST(AnswerRows, TakeThePlaceOfThoseBefore) {
  Scene scene;
  finding::Answers answers;
  answers.add(answer("10.0.0.1", 5));
  ASSERT_TRUE(scene.store().put_answers(answers));
  ASSERT_TRUE(scene.store().put_answers(answers));
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM answers"), 3);
  ASSERT_TRUE(scene.store().put_answers({}));
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM answers"), 0);
}

TEST(AnswerRows, AreForgotten) {
  Scene scene;
  finding::Answers answers;
  answers.add(answer("10.0.0.1", 5));
  answers.add(answer("10.0.0.2", 50));
  ASSERT_TRUE(scene.store().put_answers(answers));
  ASSERT_TRUE(scene.store().forget_before(at(20)));
  EXPECT_EQ(number(scene.path(), "SELECT count(DISTINCT client) FROM answers"), 1);
}

}  // namespace
}  // namespace mogura::store::detail
