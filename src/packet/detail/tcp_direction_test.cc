#include "packet/detail/tcp_direction.h"

#include <gtest/gtest.h>

#include <limits>

namespace mogura::packet::detail {

namespace {

constexpr std::uint64_t kUnknown = std::numeric_limits<std::uint64_t>::max();
constexpr Timestamp kNow{};

}  // namespace

TEST(TcpElapsed, WrapsInsteadOfOverflowing) {
  EXPECT_EQ(elapsed(Timestamp{Duration{3}}, Timestamp{Duration{10}}), Duration{7});
  EXPECT_EQ(elapsed(Timestamp{Duration{10}}, Timestamp{Duration{3}}), Duration{-7});
  EXPECT_EQ(elapsed(Timestamp::max(), Timestamp::min()), Duration{1});
}

TEST(TcpDirection, BelievesSequenceNumbersWithinAWindowEitherWay) {
  TcpDirection direction;
  EXPECT_TRUE(direction.is_plausible(12345)) << "nothing seen yet";
  direction.open(0xFFFFFFF0, kNow);
  EXPECT_TRUE(direction.is_plausible(0xFFFFFFF0 + kTcpWindow));
  EXPECT_FALSE(direction.is_plausible(0xFFFFFFF0 + kTcpWindow + 1));
  EXPECT_TRUE(direction.is_plausible(0xFFFFFFF0 - kTcpWindow));
  EXPECT_FALSE(direction.is_plausible(0xFFFFFFF0 - kTcpWindow - 1));
}

TEST(TcpDirection, BelievesSequenceNumbersAroundTheFirstOneHeldBack) {
  TcpDirection direction;
  direction.hold(100, kNow);
  EXPECT_TRUE(direction.is_plausible(100));
  EXPECT_TRUE(direction.is_plausible(100 - kTcpWindow + 1));
  EXPECT_FALSE(direction.is_plausible(100 - kTcpWindow));
  EXPECT_TRUE(direction.is_plausible(100 + kTcpWindow - 1));
  EXPECT_FALSE(direction.is_plausible(100 + kTcpWindow));
}

TEST(TcpDirection, TurnsAcknowledgmentsIntoOffsets) {
  TcpDirection direction;
  EXPECT_EQ(direction.acknowledged_offset(5), kUnknown);
  direction.hold(1000, kNow);
  EXPECT_EQ(direction.acknowledged_offset(1000), kUnknown);

  TcpDirection open;
  open.open(1000, kNow);
  open.advance(std::uint64_t{5} << 32);
  open.advance(50);
  EXPECT_EQ(open.first_sequence(), 1000u);
  EXPECT_EQ(open.acknowledged_offset(1050), (std::uint64_t{5} << 32) + 50);
  EXPECT_EQ(open.acknowledged_offset(1040), (std::uint64_t{5} << 32) + 40);
  EXPECT_EQ(open.acknowledged_offset(1060), (std::uint64_t{5} << 32) + 60);
  EXPECT_EQ(open.acknowledged_offset(1051 + kTcpWindow), kUnknown);
  open.fin_known = true;
  open.fin_sequence = 1055;
  EXPECT_EQ(open.acknowledged_offset(1060), (std::uint64_t{5} << 32) + 55);
}

TEST(TcpDirection, AcknowledgesNothingBeforeTheBeginning) {
  TcpDirection direction;
  direction.open(1000, kNow);
  direction.advance(3);
  EXPECT_EQ(direction.acknowledged_offset(999), 0u);
}

TEST(TcpDirection, NotesTheHighestPlausibleAcknowledgment) {
  TcpDirection direction;
  direction.open(1000, kNow);
  direction.note_acknowledgment(1010);
  EXPECT_EQ(direction.acknowledged, 10u);
  EXPECT_TRUE(direction.needs_care());
  direction.note_acknowledgment(1005);
  direction.note_acknowledgment(1001 + kTcpWindow);
  EXPECT_EQ(direction.acknowledged, 10u);
  direction.advance(10);
  EXPECT_FALSE(direction.needs_care());
}

TEST(TcpDirection, KeepsAnAcknowledgmentThatCameBeforeTheBeginning) {
  TcpDirection direction;
  direction.note_acknowledgment(0xFFFFFFFE);
  direction.note_acknowledgment(1005);  // newer, past the wrap
  direction.note_acknowledgment(1003);
  direction.open(1000, kNow);
  EXPECT_EQ(direction.acknowledged, 5u);

  TcpDirection far;
  far.note_acknowledgment(3'000'000'000);
  far.open(1000, kNow);
  EXPECT_EQ(far.acknowledged, 0u);
}

}  // namespace mogura::packet::detail
