#include "protocol/detail/der.h"

#include <gtest/gtest.h>

#include "protocol/detail/tls_test_bytes.h"

namespace mogura::protocol::detail {
namespace {

using test::Bytes;
using test::Exact;
using test::hex;

struct ElementCase {
  const char* why;
  Bytes bytes;
  bool is_read;
  std::uint8_t tag;
  std::size_t contents;
  bool is_cut;
};

TEST(DerReader, ReadsOneElement) {
  const ElementCase cases[] = {
      {"a short length", hex("04 02 AA BB"), true, 0x04, 2, false},
      {"no contents", hex("05 00"), true, 0x05, 0, false},
      {"a long length", hex("04 81 02 AA BB"), true, 0x04, 2, false},
      {"a length with zeros in front", hex("04 84 00 00 00 01 AA"), true, 0x04, 1, false},
      {"contents that are cut", hex("04 05 AA BB"), true, 0x04, 2, true},
      {"the largest length", hex("04 84 FF FF FF FF AA"), true, 0x04, 1, true},
      {"nothing", {}, false, 0, 0, false},
      {"a tag alone", hex("04"), false, 0, 0, false},
      {"a length that is cut", hex("04 82 01"), false, 0, 0, false},
      {"the indefinite form", hex("04 80 AA 00 00"), false, 0, 0, false},
      {"a length of five bytes", hex("04 85 00 00 00 00 01 AA"), false, 0, 0, false},
      {"a tag of several bytes", hex("1F 81 01 00"), false, 0, 0, false},
  };
  for (const ElementCase& c : cases) {
    SCOPED_TRACE(c.why);
    const Exact exact(c.bytes);
    DerReader reader(exact.view());
    DerElement element;
    ASSERT_EQ(reader.next(element), c.is_read);
    EXPECT_TRUE(reader.empty());
    if (!c.is_read) continue;
    EXPECT_EQ(element.tag, c.tag);
    EXPECT_EQ(element.contents.size(), c.contents);
    EXPECT_EQ(element.whole.size(), c.bytes.size());
    EXPECT_EQ(element.is_cut, c.is_cut);
  }
}

TEST(DerReader, AsksForATag) {
  const Bytes bytes = hex("02 01 07 30 05 00");
  DerReader reader(bytes);
  DerElement element;
  EXPECT_FALSE(reader.next(kDerSequence, element));
  EXPECT_TRUE(reader.next(kDerInteger, element)) << "asking for another tag moves nothing";
  DerReader again = reader;
  EXPECT_FALSE(reader.next(kDerSequence, element)) << "cut";
  EXPECT_TRUE(again.next_even_cut(kDerSequence, element));
}

}  // namespace
}  // namespace mogura::protocol::detail
