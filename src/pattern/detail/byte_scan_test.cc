#include "pattern/detail/byte_scan.h"

#include <gtest/gtest.h>

#include "pattern/testing/sessions.h"

namespace mogura::pattern::detail {
namespace {

using session::Direction;
using testing::add_message;
using testing::bytes_at;

TEST(WantedMessages, AreTheOnesThatConditionsName) {
  WantedMessages wanted;
  EXPECT_TRUE(wanted.empty());
  wanted.add(bytes_at(Direction::kUp, 2, 0, "a").bytes);
  EXPECT_TRUE(wanted.has(Direction::kUp, 2));
  EXPECT_FALSE(wanted.has(Direction::kUp, 3));
  EXPECT_FALSE(wanted.has(Direction::kDown, 2));
  wanted.add(bytes_at(Direction::kDown, {}, 0, "a").bytes);
  EXPECT_TRUE(wanted.has(Direction::kDown, 0));
  EXPECT_TRUE(wanted.has(Direction::kDown, 1000));
}

TEST(WantedMessages, FarNumbersShareTheLastBit) {
  WantedMessages wanted;
  wanted.add(bytes_at(Direction::kUp, 62, 0, "a").bytes);
  EXPECT_FALSE(wanted.has(Direction::kUp, 63));
  wanted.add(bytes_at(Direction::kUp, 80, 0, "a").bytes);
  EXPECT_TRUE(wanted.has(Direction::kUp, 63));
  EXPECT_TRUE(wanted.has(Direction::kUp, 80));
}

class ByteScanTest : public ::testing::Test {
 protected:
  ByteScanTest() {
    add_message(session_, Direction::kUp, "abc");
    add_message(session_, Direction::kDown, "abc");
    add_message(session_, Direction::kUp, "bcd");
  }

  // Which of the conditions are found.
  std::string found(const std::vector<Condition>& conditions) {
    std::vector<const BytesCondition*> bytes;
    WantedMessages wanted;
    for (const Condition& condition : conditions) {
      bytes.push_back(&condition.bytes);
      wanted.add(condition.bytes);
    }
    const Result<ByteScan> scan = ByteScan::make(bytes);
    ByteScan::Scratch scratch = scan->scratch();
    scan->scan(session_, wanted, scratch);
    std::string answers;
    for (std::uint32_t i = 0; i < conditions.size(); ++i) answers += scratch.found(i) ? 'y' : 'n';
    return answers;
  }

  session::Session session_;
};

TEST_F(ByteScanTest, TellsConditionsApartThatShareTheirBytes) {
  EXPECT_EQ(found({bytes_at(Direction::kUp, 0, 0, "bc"), bytes_at(Direction::kUp, 1, 0, "bc"),
                   bytes_at(Direction::kUp, {}, 0, "bc"), bytes_at(Direction::kDown, {}, 0, "bc"),
                   bytes_at(Direction::kDown, {}, {}, "bc"), bytes_at(Direction::kUp, 0, 1, "bc")}),
            "nyynyy");
}

TEST_F(ByteScanTest, WithoutConditionsFindsNothing) {
  EXPECT_EQ(found({}), "");
}

TEST_F(ByteScanTest, EveryKeptOffsetIsReached) {
  session_ = {};
  std::string text;
  for (char c = 0; c < 64; ++c) text += c;
  add_message(session_, Direction::kUp, text);
  std::vector<Condition> conditions;
  for (std::uint32_t at = 0; at < 64; ++at)
    conditions.push_back(bytes_at(Direction::kUp, 0, at, {static_cast<char>(at)}));
  EXPECT_EQ(found(conditions), std::string(64, 'y'));
}

TEST_F(ByteScanTest, OnlyTheLatestScanCounts) {
  const Condition condition = bytes_at(Direction::kUp, 0, 0, "abc");
  WantedMessages wanted;
  wanted.add(condition.bytes);
  const Result<ByteScan> scan = ByteScan::make({&condition.bytes});
  ByteScan::Scratch scratch = scan->scratch();
  scan->scan(session_, wanted, scratch);
  EXPECT_TRUE(scratch.found(0));
  scan->scan(session::Session{}, wanted, scratch);
  EXPECT_FALSE(scratch.found(0));
}

}  // namespace
}  // namespace mogura::pattern::detail
