#include "http2/reason_phrase.h"

#include <gtest/gtest.h>

namespace mogura::http2 {
namespace {

TEST(ReasonPhrase, IsTheRegisteredOneOrEmpty) {
  EXPECT_EQ(reason_phrase(100), "Continue");
  EXPECT_EQ(reason_phrase(200), "OK");
  EXPECT_EQ(reason_phrase(421), "Misdirected Request");
  EXPECT_EQ(reason_phrase(511), "Network Authentication Required");
  for (const unsigned status : {0U, 99U, 299U, 512U, 999U}) EXPECT_EQ(reason_phrase(status), "") << status;
}

}  // namespace
}  // namespace mogura::http2
