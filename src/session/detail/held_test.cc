#include "session/detail/held.h"

#include <gtest/gtest.h>

namespace mogura::session::detail {
namespace {

TEST(Held, KeepsPiecesAndGapsInOrder) {
  Held held;
  held.push(as_bytes("abc"), {}, false);
  held.push(as_bytes("de"), {}, false);
  held.push_gap(7, packet::GapKind::kNotCaptured, {}, false);
  held.push(as_bytes("f"), {}, false);
  EXPECT_EQ(as_text(held.leading_bytes()), "abcde");
  EXPECT_TRUE(held.has_gap());
  EXPECT_EQ(held.bytes(), 6u);

  held.pop(2);
  EXPECT_EQ(as_text(held.front().bytes), "c");
  EXPECT_TRUE(held.front().is_rest);
  held.pop(1);
  EXPECT_EQ(as_text(held.front().bytes), "de");
  EXPECT_FALSE(held.front().is_rest);
  held.pop(2);
  EXPECT_EQ(held.front().gap_length, 7u);
  EXPECT_TRUE(held.leading_bytes().empty());
  held.pop(0);
  EXPECT_EQ(as_text(held.leading_bytes()), "f");
  EXPECT_FALSE(held.has_gap());
  held.pop(1);
  EXPECT_TRUE(held.empty());
}

}  // namespace
}  // namespace mogura::session::detail
