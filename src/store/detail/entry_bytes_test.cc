#include "store/detail/entry_bytes.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace mogura::store::detail {
namespace {

using challenge::Entry;
using challenge::State;
using challenge::Verdict;

Entry sample() {
  Entry entry;
  entry.state = State::kResetValue;
  entry.verdict = Verdict::kCookieJar;
  entry.misses = 7;
  entry.has_returned = entry.has_many_connections = entry.is_jar_known = true;
  entry.decoys = 0x11;
  entry.issued = 0x0102;
  entry.miss_connection = 0x03040506;
  entry.delivered = Timestamp(Duration(0x0708090A0B0C0D0E));
  entry.first_miss = Timestamp(Duration(0x1112131415161718));
  entry.touched = Timestamp(Duration(0x2122232425262728));
  return entry;
}

// The example of docs/formats/challenge-state.md.
TEST(EntryBytes, AreLaidOutAsDocumented) {
  const EntryBytes expected{0x01,                    // version
                            0x03,                    // resetvalue
                            0x02,                    // cookie-jar
                            0x07,                    // misses
                            0x15,                    // returned, many connections, jar known
                            0x11,                    // decoys: host-prefix, conflict
                            0x01, 0x02,              // issued
                            0x03, 0x04, 0x05, 0x06,  // connection of the first miss
                            0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E,  // delivered
                            0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18,  // first miss
                            0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28};
  EXPECT_EQ(encode(sample()), expected);
  EXPECT_EQ(decode(expected), sample());
  EXPECT_EQ(touched_of(expected), sample().touched);
}

TEST(EntryBytes, EveryStateVerdictAndFlagComesBack) {
  for (std::size_t state = 0; state < challenge::kStates; ++state) {
    for (int verdict = 0; verdict <= static_cast<int>(Verdict::kExempt); ++verdict) {
      for (int flags = 0; flags < 128; ++flags) {
        Entry entry = sample();
        entry.state = static_cast<State>(state);
        entry.verdict = static_cast<Verdict>(verdict);
        entry.has_returned = (flags & 1) != 0;
        entry.is_outstanding = (flags & 2) != 0;
        entry.has_many_connections = (flags & 4) != 0;
        entry.has_decoys = (flags & 8) != 0;
        entry.is_jar_known = (flags & 16) != 0;
        entry.decoys = static_cast<challenge::DecoyMask>(flags & challenge::kAllDecoys);
        entry.engine_asked = static_cast<std::uint8_t>(flags & 3);
        entry.was_redirected = (flags & 4) != 0;
        entry.has_engine = (flags & 8) != 0;
        entry.was_refreshed = (flags & 32) != 0;
        entry.has_cache = (flags & 64) != 0;
        EXPECT_EQ(decode(encode(entry)), entry);
      }
    }
  }
}

TEST(EntryBytes, NoOtherLengthIsAnEntry) {
  const EntryBytes bytes = encode(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::vector<std::uint8_t> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(decode(cut)) << size;
  }
  std::vector<std::uint8_t> longer(bytes.begin(), bytes.end());
  longer.push_back(0);
  EXPECT_FALSE(decode(longer));
}

TEST(EntryBytes, RefuseWhatIsNeverWritten) {
  struct Case {
    std::size_t at;
    std::uint8_t value;
    const char* why;
  };
  for (const Case& c :
       {Case{0, 0, "no entry"}, Case{0, 2, "a later version"}, Case{1, 7, "no such state"},
        Case{1, 255, "no such state"}, Case{2, 7, "no such verdict"}, Case{4, 128, "no such flag"},
        Case{5, 32, "no such decoy"}, Case{12, 0x40, "delivered after 2116"},
        Case{20, 0x80, "first miss before 1970"}, Case{28, 0xFF, "touched before 1970"}}) {
    EntryBytes bytes = encode(sample());
    bytes[c.at] = c.value;
    EXPECT_FALSE(decode(bytes)) << c.why;
  }
}

TEST(EntryBytes, TimesBeyondTheLimitsBecomeTheLimits) {
  Entry entry;
  entry.delivered = Timestamp::min();
  entry.first_miss = Timestamp(Duration(-1));
  entry.touched = Timestamp::max();
  const auto decoded = decode(encode(entry));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->delivered, Timestamp{});
  EXPECT_EQ(decoded->first_miss, Timestamp{});
  EXPECT_EQ(decoded->touched.time_since_epoch().count(), (std::int64_t{1} << 62) - 1);
}

TEST(EntryBytes, ForgivingKeepsWhatWasConcluded) {
  Entry entry = sample();
  entry.is_outstanding = true;
  forgive(entry);
  Entry expected = sample();
  expected.misses = 0;
  expected.miss_connection = 0;
  expected.has_many_connections = false;
  expected.first_miss = {};
  EXPECT_EQ(entry, expected);
}

}  // namespace
}  // namespace mogura::store::detail
