#include "protocol/inner.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <set>
#include <string>

#include "protocol/detail/inner_cases_test.h"

namespace mogura::protocol {
namespace {

using inner::recognise_texts;

TEST(Inner, NamesAreDistinct) {
  std::set<std::string_view> names;
  for (unsigned i = 0; i <= static_cast<unsigned>(Inner::kUnknown); ++i)
    names.insert(name_of(static_cast<Inner>(i)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(Inner::kUnknown) + 1);
}

TEST(Inner, NoBytesAreNoneAndFinalOnlyAtTheEnd) {
  for (const bool up : {false, true}) {
    for (const bool down : {false, true}) {
      const Recognition recognition = recognise({{}, {}, up, down});
      EXPECT_EQ(recognition.protocol, Inner::kNone);
      EXPECT_EQ(recognition.is_final, up && down);
    }
  }
}

TEST(Inner, NoiseInBothDirectionsIsFinalBeforeTheEnd) {
  const Recognition recognition =
      recognise_texts("\xF1\xF2\xF3\xF4\xF5\xF6\xF7\xF8", "\xE1\xE2\xE3\xE4\xE5", false, false);
  EXPECT_EQ(recognition.protocol, Inner::kUnknown);
  EXPECT_TRUE(recognition.is_final);
}

TEST(Inner, NoiseOfTheClientWaitsForTheServer) {
  EXPECT_FALSE(recognise_texts(std::string(64, '\xF1'), "", false, false).is_final);
  EXPECT_TRUE(recognise_texts(std::string(64, '\xF1'), "", false, true).is_final);
}

TEST(Inner, LooksAtNoMoreThanItsLimit) {
  // The banner's identification begins inside the limit, ends at it, and ends beyond it.
  const auto protocol = [](std::size_t end) {
    std::string banner(end - 9, 'x');
    banner += "\nSSH-2.0-";
    return recognise_texts("", banner, true, true).protocol;
  };
  EXPECT_EQ(protocol(kInnerBytes - 1), Inner::kSsh);
  EXPECT_EQ(protocol(kInnerBytes), Inner::kSsh);
  EXPECT_EQ(protocol(kInnerBytes + 1), Inner::kUnknown);
}

TEST(Inner, LimitReachedCountsAsFinal) {
  const std::string text(kInnerBytes, 'x');
  EXPECT_FALSE(recognise_texts("", text.substr(1), true, false).is_final);
  EXPECT_TRUE(recognise_texts("", text, true, false).is_final);
}

// Two directions of 64 random bytes each: practically never anything.
TEST(Inner, RandomBytesAreUnknown) {
  constexpr int kInputs = 200'000;
  std::mt19937_64 random(20261122);
  int recognised = 0;
  for (int input = 0; input < kInputs; ++input) {
    std::array<std::uint64_t, 16> words{};
    for (std::uint64_t& word : words) word = random();
    const ByteView bytes(reinterpret_cast<const std::uint8_t*>(words.data()), sizeof words);
    const Recognition recognition = recognise({bytes.first(64), bytes.last(64), true, true});
    ASSERT_TRUE(recognition.is_final);
    recognised += recognition.protocol == Inner::kUnknown ? 0 : 1;
  }
  RecordProperty("recognised", recognised);
  EXPECT_EQ(recognised, 0);
}

// The first byte fixed to each value, for what begins with little evidence: 300 inputs each.
TEST(Inner, RandomBytesAfterAnyFirstByteAreUnknown) {
  std::mt19937_64 random(7);
  int recognised = 0;
  for (unsigned first = 0; first < 256; ++first) {
    for (int input = 0; input < 300; ++input) {
      std::array<std::uint64_t, 16> words{};
      for (std::uint64_t& word : words) word = random();
      const auto up = reinterpret_cast<std::uint8_t*>(words.data());
      up[0] = static_cast<std::uint8_t>(first);
      up[64] = static_cast<std::uint8_t>(first);
      const ByteView bytes(up, sizeof words);
      recognised +=
          recognise({bytes.first(64), bytes.last(64), true, true}).protocol == Inner::kUnknown ? 0 : 1;
    }
  }
  RecordProperty("recognised", recognised);
  EXPECT_LE(recognised, 2);
}

TEST(ProxyProtocol, TellsWhereTheHeaderEnds) {
  const std::string_view line = "PROXY TCP4 192.0.2.1 192.0.2.2 40000 443\r\n";
  EXPECT_EQ(proxy_protocol_bytes(as_bytes(std::string(line) + "GET /")), line.size());
  EXPECT_EQ(proxy_protocol_bytes(as_bytes("GET / HTTP/1.1")), 0u);
  EXPECT_EQ(proxy_protocol_bytes(as_bytes("PROPFIND / HTTP/1.1")), 0u);
  for (std::size_t size = 1; size < line.size(); ++size) {
    EXPECT_EQ(proxy_protocol_bytes(as_bytes(line.substr(0, size))), std::nullopt) << size;
  }
}

}  // namespace
}  // namespace mogura::protocol
