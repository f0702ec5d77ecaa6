#include "protocol/detail/head_bytes.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace mogura::protocol::detail {
namespace {

// Every byte at every place of a text of every length around a word's.
template <class Find, class Ends>
void expect_found(Find find, Ends ends) {
  for (std::size_t size = 1; size < 20; ++size) {
    for (std::size_t place = 0; place < size; ++place) {
      for (int byte = 0; byte < 256; ++byte) {
        const auto exact = std::make_unique<char[]>(size);
        std::string(size, 'a').copy(exact.get(), size);
        exact[place] = static_cast<char>(byte);
        const std::size_t expected = ends(byte) ? place : size;
        ASSERT_EQ(find({exact.get(), size}, 0), expected) << byte << ' ' << place << ' ' << size;
      }
    }
  }
}

TEST(HeadBytes, ValuesEndAtControlsButTab) {
  expect_found(find_value_end, [](int byte) { return (byte < 0x20 && byte != '\t') || byte == 0x7F; });
}

TEST(HeadBytes, TargetsEndAtAllButPrintableAscii) {
  expect_found(find_target_end, [](int byte) { return byte <= 0x20 || byte >= 0x7F; });
}

TEST(HeadBytes, BeginsWhereItIsTold) {
  EXPECT_EQ(find_value_end("\r234567890\r", 1), 10u);
  EXPECT_EQ(find_target_end(" 2345678 0", 1), 8u);
  EXPECT_EQ(find_target_end("abc", 3), 3u);
}

}  // namespace
}  // namespace mogura::protocol::detail
