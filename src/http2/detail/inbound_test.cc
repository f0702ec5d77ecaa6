#include "http2/detail/inbound.h"

#include <gtest/gtest.h>

namespace mogura::http2::detail {
namespace {

TEST(Inbound, GivesHeadAndDataInOnePiece) {
  Inbound inbound;
  inbound.add_head("HEAD\r\n\r\n", Body::kChunked);
  inbound.add_data("a");
  inbound.add_data("b");
  EXPECT_TRUE(inbound.end({}));

  EXPECT_EQ(inbound.bytes(), "HEAD\r\n\r\n2\r\nab\r\n0\r\n\r\n");
  EXPECT_FALSE(inbound.is_over());
  EXPECT_EQ(inbound.take(3), 0u);
  EXPECT_EQ(inbound.bytes(), "D\r\n\r\n2\r\nab\r\n0\r\n\r\n");
  EXPECT_EQ(inbound.take(inbound.bytes().size()), 2u) << "of DATA, not of HTTP/1.1";
  EXPECT_TRUE(inbound.is_over());
}

TEST(Inbound, WhatIsBeingTakenStaysWhereItIs) {
  Inbound inbound;
  inbound.add_head("one", Body::kLength);
  const std::string_view taken = inbound.bytes();
  inbound.add_head(std::string(1000, 'h'), Body::kLength);
  inbound.add_data(std::string(1000, 'd'));
  EXPECT_EQ(taken, "one");
  EXPECT_EQ(inbound.take(3), 0u);
  EXPECT_EQ(inbound.bytes(), std::string(1000, 'h') + std::string(1000, 'd'));
}

TEST(Inbound, DropsWhatNobodyWants) {
  Inbound inbound;
  inbound.add_head("h", Body::kLength);
  inbound.add_data("abc");
  (void)inbound.bytes();
  inbound.add_data("de");
  EXPECT_EQ(inbound.drop(), 5u);
  EXPECT_EQ(inbound.bytes(), "");
  EXPECT_FALSE(inbound.is_over());
}

}  // namespace
}  // namespace mogura::http2::detail
