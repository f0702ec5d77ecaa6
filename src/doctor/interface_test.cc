#include "doctor/interface.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

namespace mogura::doctor {
namespace {

InterfaceFacts good() {
  InterfaceFacts facts;
  facts.name = "eth1";
  facts.is_up = facts.has_carrier = true;
  facts.gro = facts.lro = facts.tso = facts.gso = facts.vlan_stripping = false;
  facts.received = 1'000'000;
  return facts;
}

Level worst(const InterfaceFacts& facts) {
  const Remarks remarks = judge_interface(facts);
  return std::max_element(remarks.begin(), remarks.end(),
                          [](const Remark& a, const Remark& b) { return a.level < b.level; })
      ->level;
}

std::string advice(const InterfaceFacts& facts) {
  std::string all;
  for (const Remark& remark : judge_interface(facts)) all += remark.advice;
  return all;
}

TEST(JudgeInterface, NamesWhatGluesSegments) {
  EXPECT_EQ(worst(good()), Level::kOk);
  InterfaceFacts facts = good();
  facts.gro = true;
  EXPECT_EQ(worst(facts), Level::kWarning);
  EXPECT_EQ(advice(facts), "ethtool -K eth1 gro off");
  facts.lro = true;
  EXPECT_EQ(advice(facts), "ethtool -K eth1 gro off lro off");
}

TEST(JudgeInterface, SendingOffloadsMatterOnlyWhereThisMachineSends) {
  InterfaceFacts facts = good();
  facts.tso = facts.gso = true;
  EXPECT_EQ(worst(facts), Level::kOk);
  facts.has_address = true;
  EXPECT_EQ(worst(facts), Level::kWarning);
}

TEST(JudgeInterface, SaysWhatItCannotSee) {
  InterfaceFacts facts = good();
  facts.gro.reset();
  facts.lro.reset();
  EXPECT_EQ(worst(facts), Level::kUnseen);
}

TEST(JudgeInterface, MustBeThereAndUp) {
  InterfaceFacts facts = good();
  facts.is_up = false;
  EXPECT_EQ(worst(facts), Level::kProblem);
  facts = good();
  facts.has_carrier = false;
  EXPECT_EQ(worst(facts), Level::kWarning);
  for (const char* name : {"", "nothing0", "a name that is longer than any", "../x"}) {
    const InterfaceFacts none = look_at_interface(name);
    EXPECT_EQ(none.error, ENODEV) << name;
    EXPECT_EQ(worst(none), Level::kProblem) << name;
  }
}

TEST(JudgeInterface, CountsTheCardsLosses) {
  InterfaceFacts facts = good();
  facts.dropped = 50;
  EXPECT_EQ(worst(facts), Level::kOk);
  facts.dropped = 5000;
  EXPECT_EQ(worst(facts), Level::kWarning);
}

TEST(LookAtInterface, SeesLoopback) {
  const InterfaceFacts facts = look_at_interface("lo");
  EXPECT_EQ(facts.error, 0);
  EXPECT_TRUE(facts.is_loopback);
}

TEST(Counters, AreReadFromTheLastLine) {
  const auto counters =
      parse_counters(R"({"event":"counters","packets":990000,"kernel_drops":10000,"freezes":0})");
  ASSERT_TRUE(counters);
  EXPECT_EQ(counters->packets, 990'000u);
  EXPECT_EQ(counters->kernel_drops, 10'000u);
  EXPECT_EQ(judge_counters("f", *counters).level, Level::kWarning);
  EXPECT_EQ(judge_counters("f", {990'000, 0}).level, Level::kOk);
  EXPECT_EQ(judge_counters("f", {0, 0}).level, Level::kOk);
}

TEST(Counters, AreNotReadFromAnythingElse) {
  for (const char* line : {"", "{}", R"({"packets":})", R"({"packets":1})",
                           R"({"packets":99999999999999999999,"kernel_drops":0})"}) {
    EXPECT_FALSE(parse_counters(line)) << line;
  }
}

}  // namespace
}  // namespace mogura::doctor
