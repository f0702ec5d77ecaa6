#include "doctor/disk.h"

#include <gtest/gtest.h>

#include <limits>

namespace mogura::doctor {
namespace {

constexpr std::uint64_t kGigabyte = std::uint64_t{1} << 30;

TEST(JudgeDisk, ComparesRoomWithGrowth) {
  struct Case {
    std::uint64_t bytes, free_bytes;
    double a_day;
    Level expected;
    const char* why;
  };
  const Case cases[] = {
      {100 * kGigabyte, 50 * kGigabyte, 0, Level::kOk, "plenty"},
      {100 * kGigabyte, 50 * kGigabyte, 1e9, Level::kOk, "50 days"},
      {100 * kGigabyte, 50 * kGigabyte, 1e10, Level::kWarning, "5 days"},
      {100 * kGigabyte, 50 * kGigabyte, 1e11, Level::kProblem, "half a day"},
      {100 * kGigabyte, 4 * kGigabyte, 0, Level::kWarning, "nearly full"},
      {100 * kGigabyte, 0, 0, Level::kProblem, "full"},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(judge_disk("/var", {true, one.bytes, one.free_bytes}, one.a_day).level, one.expected)
        << one.why;
  }
  EXPECT_EQ(judge_disk("/var", {}, 0).level, Level::kUnseen);
}

TEST(LookAtDisk, KnowsTheRootFileSystem) {
  EXPECT_GT(look_at_disk("/").bytes, 0u);
  EXPECT_FALSE(look_at_disk("/no such folder").is_known);
}

TEST(Descriptors, AreReadFromLimits) {
  EXPECT_EQ(
      parse_descriptors(
          "Limit Soft Hard\nMax open files            1024                 524288               files\n"),
      1024u);
  EXPECT_EQ(parse_descriptors("Max open files            unlimited            unlimited            files\n"),
            std::numeric_limits<std::uint64_t>::max());
  for (const char* text : {"", "Max open files", "Max open files   ", "Max open files x"})
    EXPECT_FALSE(parse_descriptors(text)) << text;
}

TEST(Descriptors, TwoForEachConnection) {
  EXPECT_EQ(judge_descriptors("x", 40'256, 20'000).level, Level::kOk);
  EXPECT_EQ(judge_descriptors("x", 40'255, 20'000).level, Level::kWarning);
}

}  // namespace
}  // namespace mogura::doctor
