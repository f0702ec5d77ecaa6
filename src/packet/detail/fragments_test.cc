#include "packet/detail/fragments.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>

namespace mogura::packet::detail {
namespace {

using Outcome = Fragments::Outcome;

const std::string kText = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-+";  // 64 bytes

FragmentKey key(std::uint32_t id) {
  FragmentKey key;
  key.id = id;
  return key;
}

// Keeps the text alive for the call only, as a frame would be.
Outcome add(Fragments& fragments, std::uint32_t id, std::uint32_t offset, const std::string& bytes,
            bool has_more, Datagram& datagram, std::size_t uncaptured = 0, Timestamp time = {}) {
  Fragment fragment;
  fragment.offset = offset;
  fragment.bytes = as_bytes(bytes);
  fragment.length = bytes.size() + uncaptured;
  fragment.has_more = has_more;
  fragment.protocol = 6;
  fragment.time = time;
  return fragments.add(key(id), fragment, datagram);
}

Outcome add_part(Fragments& fragments, std::uint32_t id, std::size_t begin, std::size_t end,
                 Datagram& datagram) {
  return add(fragments, id, static_cast<std::uint32_t>(begin), kText.substr(begin, end - begin),
             end != kText.size(), datagram);
}

TEST(Fragments, GiveTheDatagramWhateverTheirOrder) {
  std::vector<std::size_t> order{0, 8, 24, 40, 56};
  const std::vector<std::size_t> ends{8, 24, 40, 56, 64};
  std::vector<std::size_t> index(order.size());
  std::iota(index.begin(), index.end(), 0);
  do {
    Fragments fragments{Limits{}};
    Datagram datagram;
    for (std::size_t i = 0; i < index.size(); ++i) {
      const Outcome expected = i + 1 == index.size() ? Outcome::kComplete : Outcome::kHeld;
      ASSERT_EQ(add_part(fragments, 1, order[index[i]], ends[index[i]], datagram), expected);
    }
    ASSERT_EQ(as_text(datagram.bytes), kText);
    EXPECT_EQ(datagram.length, kText.size());
    EXPECT_EQ(datagram.protocol, 6);
    EXPECT_EQ(fragments.bytes_held(), 0u);
    EXPECT_EQ(fragments.datagrams_held(), 0u);
    EXPECT_EQ(fragments.evicted(), 0u);
  } while (std::next_permutation(index.begin(), index.end()));
}

TEST(Fragments, MayRepeatAndOverlapIfTheyAgree) {
  Fragments fragments{Limits{}};
  Datagram datagram;
  EXPECT_EQ(add_part(fragments, 1, 8, 24, datagram), Outcome::kHeld);
  EXPECT_EQ(add_part(fragments, 1, 8, 24, datagram), Outcome::kHeld);  // again
  EXPECT_EQ(add_part(fragments, 1, 40, 48, datagram), Outcome::kHeld);
  EXPECT_EQ(add_part(fragments, 1, 16, 56, datagram), Outcome::kHeld);  // over two, and two holes
  EXPECT_EQ(add_part(fragments, 1, 48, 64, datagram), Outcome::kHeld);
  EXPECT_EQ(add_part(fragments, 1, 0, 16, datagram), Outcome::kComplete);
  EXPECT_EQ(as_text(datagram.bytes), kText);
}

TEST(Fragments, ThatDifferWhereTheyOverlapGiveUpTheDatagram) {
  Fragments fragments{Limits{}};
  Datagram datagram;
  EXPECT_EQ(add_part(fragments, 1, 8, 24, datagram), Outcome::kHeld);
  EXPECT_EQ(add_part(fragments, 1, 24, 40, datagram), Outcome::kHeld);
  EXPECT_EQ(add(fragments, 1, 16, kText.substr(16, 15) + "!", true, datagram), Outcome::kMalformed);
  EXPECT_EQ(fragments.bytes_held(), 0u);
  EXPECT_EQ(fragments.evicted(), 2u);
  // What follows is not taken for a new datagram.
  EXPECT_EQ(add_part(fragments, 1, 0, 32, datagram), Outcome::kMalformed);
  EXPECT_EQ(add_part(fragments, 1, 32, 64, datagram), Outcome::kMalformed);
  EXPECT_EQ(fragments.reassembled(), 0u);
}

TEST(Fragments, ThatDisagreeAboutTheEndGiveUpTheDatagram) {
  struct Case {
    const char* why;
    std::size_t begin, end;
    bool has_more;
  };
  for (const Case& bad :
       {Case{"another end, later", 40, 64, false}, Case{"another end, earlier", 32, 40, false},
        Case{"bytes behind the end", 48, 56, true}}) {
    Fragments fragments{Limits{}};
    Datagram datagram;
    ASSERT_EQ(add(fragments, 1, 40, kText.substr(40, 8), false, datagram), Outcome::kHeld);
    EXPECT_EQ(add(fragments, 1, static_cast<std::uint32_t>(bad.begin),
                  kText.substr(bad.begin, bad.end - bad.begin), bad.has_more, datagram),
              Outcome::kMalformed)
        << bad.why;
  }
  Fragments fragments{Limits{}};
  Datagram datagram;
  ASSERT_EQ(add_part(fragments, 1, 48, 56, datagram), Outcome::kHeld);
  EXPECT_EQ(add(fragments, 1, 24, kText.substr(24, 8), false, datagram), Outcome::kMalformed)
      << "end before held bytes";
}

TEST(Fragments, ThatNoDatagramCanHaveLeaveTheDatagramAlone) {
  Fragments fragments{Limits{}};
  Datagram datagram;
  ASSERT_EQ(add_part(fragments, 1, 0, 32, datagram), Outcome::kHeld);
  EXPECT_EQ(add(fragments, 1, 32, "", true, datagram), Outcome::kMalformed) << "empty";
  EXPECT_EQ(add(fragments, 1, 32, "1234567", true, datagram), Outcome::kMalformed)
      << "not a multiple of eight";
  EXPECT_EQ(add(fragments, 1, 65528, "12345678", false, datagram), Outcome::kMalformed) << "65,536 bytes";
  EXPECT_EQ(add_part(fragments, 1, 32, 64, datagram), Outcome::kComplete);
  EXPECT_EQ(add(fragments, 2, 65528, "1234567", false, datagram), Outcome::kHeld) << "65,535 bytes";
}

TEST(Fragments, CutByTheCaptureEndTheDatagramsBytesNotItsLength) {
  Fragments fragments{Limits{}};
  Datagram datagram;
  EXPECT_EQ(add_part(fragments, 1, 0, 16, datagram), Outcome::kHeld);
  EXPECT_EQ(add(fragments, 1, 16, kText.substr(16, 5), true, datagram, 11), Outcome::kHeld);
  EXPECT_EQ(add(fragments, 1, 24, "", true, datagram, 16), Outcome::kHeld)
      << "overlaps what was not captured";
  EXPECT_EQ(add_part(fragments, 1, 40, 64, datagram), Outcome::kComplete);
  EXPECT_EQ(datagram.length, 64u);
  EXPECT_EQ(as_text(datagram.bytes), kText.substr(0, 21));
}

TEST(Fragments, AreEvictedOldestFirstBeyondTheLimitOfDatagrams) {
  Limits limits;
  limits.fragment_datagrams = 3;
  for (const std::uint32_t count : {2u, 3u, 4u}) {
    Fragments fragments(limits);
    Datagram datagram;
    for (std::uint32_t id = 0; id < count; ++id)
      EXPECT_EQ(add_part(fragments, id, 0, 32, datagram), Outcome::kHeld);
    EXPECT_EQ(fragments.datagrams_held(), std::min(count, 3u));
    EXPECT_EQ(fragments.evicted(), count == 4 ? 1u : 0u);
    EXPECT_EQ(add_part(fragments, 1, 32, 64, datagram), Outcome::kComplete);
    EXPECT_EQ(add_part(fragments, 0, 32, 64, datagram), count == 4 ? Outcome::kHeld : Outcome::kComplete);
  }
}

TEST(Fragments, AreEvictedOldestFirstBeyondTheLimitOfBytes) {
  const std::size_t two = 2 * (32 + kPieceCost);
  for (const std::size_t limit : {two - 1, two, two + 1}) {
    Limits limits;
    limits.fragment_bytes = limit;
    Fragments fragments(limits);
    Datagram datagram;
    EXPECT_EQ(add_part(fragments, 1, 0, 32, datagram), Outcome::kHeld);
    EXPECT_EQ(add_part(fragments, 2, 0, 32, datagram), Outcome::kHeld);
    EXPECT_EQ(fragments.evicted(), limit < two ? 1u : 0u);
    EXPECT_LE(fragments.bytes_held(), limit);
    EXPECT_EQ(add_part(fragments, 2, 32, 64, datagram), Outcome::kComplete);
  }
}

TEST(Fragments, AreGivenUpAfterTheTimeout) {
  const auto arrive = [](std::chrono::seconds first, std::chrono::seconds second) {
    Fragments fragments{Limits{}};
    Datagram datagram;
    add(fragments, 1, 0, kText.substr(0, 32), true, datagram, 0, Timestamp(first));
    add(fragments, 1, 32, kText.substr(32), false, datagram, 0, Timestamp(second));
    return fragments.reassembled() == 1 && fragments.evicted() == 0;
  };
  const std::chrono::seconds timeout = Limits{}.fragment_timeout;
  using std::chrono::seconds;
  EXPECT_TRUE(arrive(seconds(100), seconds(100) + timeout - seconds(1)));
  EXPECT_FALSE(arrive(seconds(100), seconds(100) + timeout));
  EXPECT_FALSE(arrive(seconds(100), seconds(100) + timeout + seconds(1)));
  EXPECT_TRUE(arrive(seconds(1000), seconds(1))) << "time runs backwards in merged captures";
  EXPECT_FALSE(arrive(seconds(-9'000'000'000), seconds(9'000'000'000)))
      << "further apart than a duration can be";
}

TEST(Fragments, OfAnExpiredDatagramBehindAYoungerOneStartAnew) {
  Fragments fragments{Limits{}};
  Datagram datagram;
  using std::chrono::seconds;
  add(fragments, 1, 0, kText.substr(0, 32), true, datagram, 0, Timestamp(seconds(500)));
  add(fragments, 2, 0, kText.substr(0, 32), true, datagram, 0, Timestamp(seconds(100)));
  EXPECT_EQ(add(fragments, 2, 32, kText.substr(32), false, datagram, 0, Timestamp(seconds(200))),
            Outcome::kHeld);
  EXPECT_EQ(fragments.evicted(), 1u);
}

TEST(Fragments, MayBeSoManyPiecesOfADatagram) {
  for (const std::size_t pieces : {kDatagramPieces - 1, kDatagramPieces, kDatagramPieces + 1}) {
    Fragments fragments{Limits{}};
    Datagram datagram;
    Outcome last = Outcome::kHeld;
    for (std::uint32_t i = 0; i < pieces; ++i) {
      last = add(fragments, 1, i * 8, "12345678", i + 1 != pieces, datagram);
    }
    EXPECT_EQ(last, pieces <= kDatagramPieces ? Outcome::kComplete : Outcome::kMalformed);
    EXPECT_EQ(fragments.bytes_held(), 0u);
  }
}

}  // namespace
}  // namespace mogura::packet::detail
