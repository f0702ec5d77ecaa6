#include "feature/features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "feature/detail/make_test.h"

namespace mogura::feature {
namespace {

using session::Kind;
using session::Session;
using testing::ElementsAre;
using testing::IsEmpty;

std::string random_bytes(std::mt19937& random, std::size_t count) {
  std::string bytes(count, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

TEST(Extract, LengthsThatOccurOftenEnoughMostFrequentFirst) {
  Session s = make_session();
  s.lengths = {{kUp, 36, 40}, {kDown, 52, 6}, {kDown, 36, 5}, {kUp, 100, 4}};
  EXPECT_THAT(extract(s).lengths, ElementsAre(RepeatedLength{kUp, 36, 40, 1}, RepeatedLength{kDown, 52, 6, 1},
                                              RepeatedLength{kDown, 36, 5, 1}));
  EXPECT_EQ(extract(s, {4}).lengths.size(), 4u);
  EXPECT_THAT(extract(s, {41}).lengths, IsEmpty());
}

TEST(Extract, BannerCountsOnceWithTheNumberOfItsMessage) {
  std::mt19937 random(1);
  Session s = make_session();
  add_message(s, kUp, "SSH-2.0-OpenSSH_9.2\r\n");
  add_message(s, kDown, "SSH-2.0-dropbear\r\n");
  for (int i = 0; i < 6; ++i) add_message(s, i % 2 == 0 ? kUp : kDown, random_bytes(random, 52));
  EXPECT_THAT(extract(s).strings, ElementsAre(RepeatedBytes{kUp, 0, 0, "SSH-2.0-OpenSSH_9.2", 1, 1},
                                              RepeatedBytes{kDown, 0, 0, "SSH-2.0-dropbear", 1, 1}));
}

TEST(Extract, FramingBytesAreFoundInTheirDirection) {
  std::mt19937 random(1);
  Session s = make_session();
  // 2-byte length, opcode 0x48 with a peer id of 3 bytes (OpenVPN over TCP), then what is encrypted
  for (int i = 0; i < 6; ++i) {
    const std::string rest = random_bytes(random, 40);
    add_message(
        s, kUp,
        std::string("\x00", 1) + static_cast<char>(0x60 + i) + std::string("\x48\x00\x00\x01", 4) + rest);
    add_message(s, kDown, random_bytes(random, 40));
  }
  const std::vector<RepeatedBytes> strings = extract(s).strings;
  EXPECT_THAT(strings, ElementsAre(RepeatedBytes{kUp, RepeatedBytes::kAnyMessage, 2,
                                                 std::string("\x48\x00\x00\x01", 4), 6, 1}));
}

TEST(Extract, TextThatComesAgainIsNotABannerToo) {
  Session s = make_session();
  for (const char* tail : {"\x01", "\x02", "\x03"}) add_message(s, kUp, std::string("HEARTBEAT") + tail);
  EXPECT_THAT(extract(s).strings,
              ElementsAre(RepeatedBytes{kUp, RepeatedBytes::kAnyMessage, 0, "HEARTBEAT", 3, 1}));
}

TEST(Extract, BytesOfNothingAreNone) {
  Session s = make_session();
  EXPECT_THAT(extract(s).strings, IsEmpty());
  for (int i = 0; i < 20; ++i) add_message(s, kUp, "", 100);
  EXPECT_THAT(extract(s).strings, IsEmpty());
}

TEST(Extract, NeverMoreStringsThanTheLimit) {
  Session s = make_session();
  for (char c = '!'; c < '!' + 40; ++c) {
    for (int i = 0; i < 3; ++i)
      add_message(s, kUp, std::string{c, static_cast<char>(c + 1), c, static_cast<char>(c + 1)});
  }
  for (int i = 0; i < 3; ++i) add_message(s, kDown, "banner " + std::to_string(100 + i * 37));
  const std::vector<RepeatedBytes> strings = extract(s).strings;
  EXPECT_LE(strings.size(), SessionFeatures::kStrings);
  EXPECT_GT(strings.size(), 20u);
}

Session with_interval(Session s, std::uint64_t up, double median_s, double mad_s) {
  s.exchanges = {up, up};
  s.has_interval = true;
  s.interval_median_s = median_s;
  s.interval_mad_s = mad_s;
  return s;
}

TEST(Extract, RhythmIsOfClientMessages) {
  Session s = with_interval(make_session(0, 600), 21, 30, 0.3);
  s.kind = Kind::kConnect;
  const auto rhythm = extract(s).rhythm;
  ASSERT_TRUE(rhythm);
  EXPECT_EQ(rhythm->intervals, 20u);
  EXPECT_EQ(rhythm->median_s, 30);
  EXPECT_EQ(rhythm->span_s, 600);
  EXPECT_GT(rhythm->regularity, 0.95);
}

TEST(Extract, RhythmIsOfRequestsWherePlainHttpHasThem) {
  Session s = with_interval(make_session(0, 600), 100, 30, 0);
  s.http.requests = 5;
  EXPECT_FALSE(extract(s).rhythm) << "four intervals are too few";
  s.http.requests = 9;
  EXPECT_EQ(extract(s).rhythm->intervals, 8u);
}

TEST(Extract, RhythmRestsOnAsManyIntervalsAsAreMeasured) {
  Session s = with_interval(make_session(0, 6000), 5000, 1, 0);
  s.kind = Kind::kConnect;
  EXPECT_EQ(extract(s).rhythm->intervals, Rhythm::kMeasuredIntervals);
}

TEST(Extract, FailuresOnlyAreNoRhythm) {
  Session s = with_interval(make_session(0, 600), 21, 30, 0);
  s.status = {403, 403, 502};
  EXPECT_FALSE(extract(s).rhythm);
  s.status = {407, 200};
  EXPECT_TRUE(extract(s).rhythm);
  s.status = {};
  s.exchanges[1] = 0;
  EXPECT_FALSE(extract(s).rhythm) << "no answer at all";
}

}  // namespace
}  // namespace mogura::feature
