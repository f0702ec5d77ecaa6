#include "doctor/rights.h"

#include <gtest/gtest.h>

#include <string>

namespace mogura::doctor {
namespace {

TEST(Rights, ReadTheEffectiveSet) {
  EXPECT_EQ(parse_effective("Name:\tx\nCapPrm:\tffff\nCapEff:\t0000000000002000\nCapBnd:\t0\n"), 0x2000u);
  for (const char* text : {"", "CapEff:\t", "CapEff:\tx", "CapEff: 1", "CapEff:\t11112222333344445555"}) {
    EXPECT_FALSE(parse_effective(text)) << text;
  }
}

TEST(Rights, ReadTheFilesSetOfBothHalves) {
  // magic 0x02000001, permitted 0x2000, inheritable 0; permitted (high) 1, inheritable (high) 0
  const std::string attribute(
      "\x01\0\0\x02"
      "\0\x20\0\0"
      "\0\0\0\0"
      "\x01\0\0\0"
      "\0\0\0\0",
      20);
  EXPECT_EQ(parse_file_capabilities(attribute), 0x100002000u);
  for (std::size_t size = 0; size < attribute.size(); ++size) {
    EXPECT_FALSE(parse_file_capabilities(attribute.substr(0, size))) << size;
  }
}

TEST(Rights, OneWayToCaptureIsEnough) {
  EXPECT_EQ(judge_rights({true, false, false}).level, Level::kOk);
  EXPECT_EQ(judge_rights({false, true, false}).level, Level::kOk);
  EXPECT_EQ(judge_rights({false, false, true}).level, Level::kOk);
  EXPECT_EQ(judge_rights({false, false, false}).level, Level::kWarning);
}

}  // namespace
}  // namespace mogura::doctor
