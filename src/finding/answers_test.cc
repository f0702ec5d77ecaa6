#include "finding/answers.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mogura::finding {
namespace {

Timestamp at(int seconds) {
  return Timestamp(std::chrono::seconds(seconds));
}

Answer no_jar(const std::string& client, double weight = 0.8, int seconds = 1) {
  return {.time = at(seconds),
          .client = client,
          .user_agent = "Mozilla/5.0",
          .host = "c2.example",
          .verdict = Evidence{"no-jar", "none came back", weight, {}, {}}};
}

Answer noticed(const std::string& client, double weight, int seconds = 1) {
  Answer answer = no_jar(client, 0, seconds);
  answer.noticed = {{"header-order-unknown", "another order", weight, {}, {}}};
  return answer;
}

TEST(Answers, KeepProgramsByHostAndInOrder) {
  Answers answers;
  for (const char* client : {"10.0.0.2", "10.0.0.1", "10.0.0.2"}) answers.add(no_jar(client));
  ASSERT_EQ(answers.hosts().size(), 1u);
  const Answers::Programs& programs = answers.hosts().at("c2.example");
  ASSERT_EQ(programs.size(), 2u);
  EXPECT_EQ(programs[0].client, "10.0.0.1");
  EXPECT_EQ(answers.programs(), 2u);
}

// A host that a person's browser and something else use under one name: what the browser answers takes
// nothing back.
TEST(Answers, AreNotTakenBackByGoodOnes) {
  Answers answers;
  answers.add(no_jar("10.0.0.1", 0.8, 1));
  Answer good = no_jar("10.0.0.1", 0, 2);
  good.verdict->code = "browser";
  answers.add(good);
  EXPECT_EQ(answers.hosts().at("c2.example")[0].verdict->code, "no-jar");
  Answers others;
  others.add(good);
  EXPECT_TRUE(others.hosts().empty());
}

TEST(Answers, KeepTheHeaviestVerdictAndWhatWasNoticedLast) {
  Answers answers;
  answers.add(no_jar("10.0.0.1", 0.6, 1));
  answers.add(no_jar("10.0.0.1", 0.8, 2));
  answers.add(noticed("10.0.0.1", 0.1, 3));
  answers.add(noticed("10.0.0.1", 0.05, 2));
  const AnsweringProgram& program = answers.hosts().at("c2.example")[0];
  EXPECT_EQ(program.verdict->weight, 0.8);
  EXPECT_EQ(program.noticed[0].weight, 0.1);
  EXPECT_EQ(program.score(), 0.9);
  EXPECT_EQ(program.first, at(1));
  EXPECT_EQ(program.last, at(3));
}

TEST(Answers, WeighLittleWhereTheyAccuseNobody) {
  Answers answers;
  answers.add(no_jar("10.0.0.1", 0.3));
  answers.add(no_jar("10.0.0.2", 0.5));
  const Answers::Programs& programs = answers.hosts().at("c2.example");
  EXPECT_EQ(programs[0].score(), 0.1);
  EXPECT_FALSE(programs[0].accuses());
  EXPECT_EQ(programs[1].score(), 0.5);
  EXPECT_TRUE(programs[1].accuses());
}

TEST(Answers, AreForgottenWithTime) {
  Answers answers;
  answers.add(no_jar("10.0.0.1", 0.8, 10));
  answers.add(no_jar("10.0.0.2", 0.8, 20));
  answers.forget_before(at(10));
  EXPECT_EQ(answers.programs(), 2u);
  answers.forget_before(at(11));
  EXPECT_EQ(answers.programs(), 1u);
  answers.forget_before(at(21));
  EXPECT_TRUE(answers.hosts().empty());
  EXPECT_EQ(answers.programs(), 0u);
}

TEST(Answers, AreForgottenThatCameLater) {
  Answers answers;
  answers.add(no_jar("10.0.0.1", 0.8, 10));
  answers.add(no_jar("10.0.0.2", 0.8, 20));
  answers.forget_after(at(20));
  EXPECT_EQ(answers.programs(), 2u);
  answers.forget_after(at(19));
  EXPECT_EQ(answers.programs(), 1u);
  EXPECT_EQ(answers.hosts().at("c2.example")[0].client, "10.0.0.1");
}

TEST(Answers, AreBoundedForAHost) {
  Answers answers;
  for (std::size_t i = 0; i < Answers::kProgramsOfHost + 1; ++i) {
    EXPECT_EQ(answers.lost(), 0u);
    answers.add(no_jar("client " + std::to_string(i)));
  }
  EXPECT_EQ(answers.hosts().at("c2.example").size(), Answers::kProgramsOfHost);
  EXPECT_EQ(answers.lost(), 1u);
  answers.add(no_jar("client 0", 0.85));
  EXPECT_EQ(answers.lost(), 1u) << "what is known is kept up to date";
}

TEST(Answers, AreBoundedInAll) {
  Answers answers;
  for (std::size_t i = 0; i < Answers::kPrograms + 1; ++i) {
    EXPECT_EQ(answers.lost(), 0u);
    Answer answer = no_jar("10.0.0.1");
    answer.host = "host" + std::to_string(i);
    answers.add(answer);
  }
  EXPECT_EQ(answers.programs(), Answers::kPrograms);
  EXPECT_EQ(answers.hosts().size(), Answers::kPrograms);
  EXPECT_EQ(answers.lost(), 1u);
}

TEST(Answers, CutWhatIsTooLong) {
  Answers answers;
  Answer answer = no_jar(std::string(300, 'c'), NAN);
  answer.user_agent.assign(600, 'u');
  answer.verdict->weight = 7;
  answer.verdict->text.assign(Answers::kTextBytes + 1, 't');
  answer.noticed.assign(Answers::kNoticed + 1, {"cookie-from-nowhere", "x", NAN, {}, {}});
  answers.add(answer);
  const AnsweringProgram& program = answers.hosts().at("c2.example")[0];
  EXPECT_EQ(program.client, std::string(Answers::kHostBytes, 'c') + "…");
  EXPECT_EQ(program.user_agent, std::string(kUserAgentBytes, 'u') + "…");
  EXPECT_EQ(program.verdict->text, std::string(Answers::kTextBytes, 't') + "…");
  EXPECT_EQ(program.noticed.size(), Answers::kNoticed);
  EXPECT_EQ(program.score(), 1.0);
}

}  // namespace
}  // namespace mogura::finding
