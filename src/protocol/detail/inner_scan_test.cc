#include "protocol/detail/inner_scan.h"

#include <gtest/gtest.h>

namespace mogura::protocol::inner {
namespace {

TEST(InnerScan, NeedsMoreWhereBytesAreMissing) {
  Scan scan(as_bytes("\x01\x02"));
  EXPECT_EQ(scan.u8(), 1);
  EXPECT_EQ(scan.match(), Match::kYes);
  scan.u16();
  EXPECT_EQ(scan.match(), Match::kNeedMore);
}

TEST(InnerScan, ExpectationsAreVoidOnceBytesAreMissing) {
  Scan scan(as_bytes("\x01"));
  scan.expect(scan.u16() == 7);
  EXPECT_EQ(scan.match(), Match::kNeedMore);
}

TEST(InnerScan, StaysRefutedWhateverIsReadAfterwards) {
  Scan scan(as_bytes("\x01"));
  scan.expect(scan.u8() == 2);
  scan.u32();
  EXPECT_EQ(scan.match(), Match::kNo);
}

TEST(InnerScan, LiteralIsRefutedByItsFirstWrongByte) {
  EXPECT_EQ(match_literal(as_bytes(""), "SSH-"), Match::kNeedMore);
  EXPECT_EQ(match_literal(as_bytes("SS"), "SSH-"), Match::kNeedMore);
  EXPECT_EQ(match_literal(as_bytes("SX"), "SSH-"), Match::kNo);
  EXPECT_EQ(match_literal(as_bytes("SSH-"), "SSH-"), Match::kYes);
  EXPECT_EQ(match_literal(as_bytes("SSH-2"), "SSH-"), Match::kYes);
}

TEST(InnerScan, RestIsWhatFollows) {
  Scan scan(as_bytes("abcd"));
  scan.skip(1);
  EXPECT_EQ(as_text(scan.take(2)), "bc");
  EXPECT_EQ(as_text(scan.rest()), "d");
}

}  // namespace
}  // namespace mogura::protocol::inner
