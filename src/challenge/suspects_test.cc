#include "challenge/suspects.h"

#include <gtest/gtest.h>

#include <string>

namespace mogura::challenge {
namespace {

using std::chrono::hours;

const Timestamp kNow{hours(480'000)};

TEST(Suspects, WithoutAPopulationEverybodyIsAsked) {
  EXPECT_TRUE(Suspects().asks("Browser/1", "www.test")) << "no analysis yet";
  SuspectMemory memory;
  memory.note("Browser/1", "www.test", false);
  EXPECT_TRUE(memory.refresh({}, kNow).asks("Browser/1", "www.test")) << "one of too little";
}

TEST(Suspects, WhatWasJudgedHarmlessIsOrdinary) {
  SuspectMemory memory(7);
  memory.note("Browser/1", "www.test", false);
  memory.note("Browser/1", "rare.test", false);
  memory.note("Odd/1", "www.test", false);
  memory.note("Browser/1", "other.test", false);
  memory.note("Implant/1", "other.test", true);
  memory.note("Both/1", "www.test", true);
  memory.note("Both/1", "www.test", false);
  const Suspects suspects =
      memory.refresh({.has_population = true, .hosts = {"rare.test"}, .programs = {"Odd/1"}}, kNow);
  memory.note("Browser/1", "late.test", false);
  const struct {
    const char* user_agent;
    const char* host;
    bool is_asked;
    const char* why;
  } cases[] = {
      {"Browser/1", "www.test", false, "ordinary"},
      {"Browser/1", "new.test", true, "nobody was judged there"},
      {"Browser/1", "late.test", true, "nobody was, when this was made"},
      {"New/1", "www.test", true, "not this program"},
      {"Browser/1", "rare.test", true, "a suspicious service"},
      {"Odd/1", "www.test", true, "a suspicious program"},
      {"Implant/1", "other.test", true, "it is accused there"},
      {"Browser/1", "other.test", false, "not this one"},
      {"Both/1", "www.test", true, "of several machines, one is accused"},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(suspects.asks(each.user_agent, each.host), each.is_asked) << each.why;
  }
  const Suspects later = memory.refresh({.has_population = true}, kNow + hours(1));
  EXPECT_FALSE(later.asks("Browser/1", "late.test"));
  EXPECT_FALSE(later.asks("Browser/1", "rare.test")) << "not suspicious any more";
}

TEST(Suspects, AreAskedAgainSomeDay) {
  SuspectMemory memory(7, hours(24));
  memory.note("b", "www.test", false);
  const SuspectMemory::Analysis analysis{.has_population = true};
  (void)memory.refresh(analysis, kNow);
  EXPECT_FALSE(memory.refresh(analysis, kNow + hours(25)).asks("b", "www.test"));
  EXPECT_TRUE(memory.refresh(analysis, kNow + hours(50)).asks("b", "www.test"));
}

TEST(Suspects, AreBounded) {
  SuspectMemory memory;
  for (std::size_t i = 0; i <= SuspectMemory::kMost; ++i) memory.note("b", std::to_string(i), false);
  const Suspects suspects = memory.refresh({.has_population = true}, kNow);
  EXPECT_FALSE(suspects.asks("b", "0"));
  EXPECT_TRUE(suspects.asks("b", std::to_string(SuspectMemory::kMost))) << "unknown, so asked";
}

}  // namespace
}  // namespace mogura::challenge
