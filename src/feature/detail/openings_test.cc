#include "feature/detail/openings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "feature/detail/make_test.h"

namespace mogura::feature::detail {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int32_t kAny = RepeatedBytes::kAnyMessage;

session::Session with_messages(double start_s, const std::vector<std::string>& up) {
  session::Session s = make_session(start_s);
  for (const std::string& bytes : up) add_message(s, kUp, bytes);
  return s;
}

TEST(Openings, WhatAMessageOfOneNumberHasInSeveralSessions) {
  Openings openings;
  // A session id stands between what is the same in all: not one run, but two.
  openings.add(
      with_messages(1, {std::string("\x00\x0e\x38", 3) + "abcdefgh" + std::string("\x01\x02\x03\x04")}));
  openings.add(
      with_messages(2, {std::string("\x00\x0e\x38", 3) + "ABCDEFGH" + std::string("\x01\x02\x03\x04")}));
  openings.add(
      with_messages(3, {std::string("\x00\x0e\x38", 3) + "ijklmnop" + std::string("\x01\x02\x03\x04")}));
  const auto strings = openings.strings({});
  EXPECT_THAT(strings, Contains(RepeatedBytes{kUp, 0, 0, std::string("\x00\x0e\x38", 3), 3, 3}));
  EXPECT_THAT(strings, Contains(RepeatedBytes{kUp, 0, 11, "\x01\x02\x03\x04", 3, 3}));
}

TEST(Openings, MessagesWithoutBytesKeepTheirNumber) {
  Openings openings;
  for (const double start_s : {1.0, 2.0}) {
    session::Session s = make_session(start_s);
    add_message(s, kDown, "", 99);
    add_message(s, kDown, "welcome");
    openings.add(s);
  }
  EXPECT_THAT(openings.strings({}), ElementsAre(RepeatedBytes{kDown, 1, 0, "welcome", 2, 2}));
}

TEST(Openings, RunInAQuarterOfTheSessionsIsEnough) {
  const auto strings_of = [](int with) {
    Openings openings;
    for (int i = 0; i < 16; ++i) {
      const char c = static_cast<char>(0x80 + i);
      openings.add(with_messages(i, {i < with ? "\x01KEY\x02" : std::string(5, c)}));
    }
    return openings.strings({});
  };
  EXPECT_THAT(strings_of(4), ElementsAre(RepeatedBytes{kUp, 0, 0, "\x01KEY\x02", 4, 4}));
  EXPECT_THAT(strings_of(2), IsEmpty());
}

TEST(Openings, TextOfOneSessionOutOfManyIsLeftOut) {
  const std::vector<std::string> texts = {"GOLDFINCH", "nightingale", "Blackbirds", "robin_redbreast"};
  Openings openings;
  for (std::size_t i = 0; i < 3; ++i) openings.add(with_messages(static_cast<double>(i), {texts[i]}));
  EXPECT_EQ(openings.strings({}).size(), 3u) << "few sessions";
  openings.add(with_messages(3, {texts[3]}));
  EXPECT_THAT(openings.strings({}), IsEmpty());
}

TEST(Openings, OneSessionNeedsMinRepeats) {
  Openings openings;
  openings.add(with_messages(1, {"\x01\x02\x61", "\x01\x02\x62", "\x01\x02\x63", "\x01\x02\x64"}));
  EXPECT_THAT(openings.strings({5}), IsEmpty());
  EXPECT_THAT(openings.strings({4}), ElementsAre(RepeatedBytes{kUp, kAny, 0, "\x01\x02", 4, 1}));
}

TEST(Openings, SoManyMessagesAndBytesAreKept) {
  Openings openings;
  std::vector<std::string> up(Openings::kMessages, std::string(Openings::kFirstBytes + 5, 'a') + "TAIL");
  up.push_back("LATE message");
  for (const double start_s : {1.0, 2.0, 3.0}) openings.add(with_messages(start_s, up));
  for (const RepeatedBytes& r : openings.strings({})) {
    EXPECT_LE(r.offset + r.bytes.size(), Openings::kFirstBytes);
    EXPECT_EQ(r.bytes.find("LATE"), std::string::npos);
  }
  EXPECT_LE(openings.memory_bytes(), 16 * (40 + 2 * 66 + 6 * 18u));
}

TEST(Openings, SampleIsTheSameInWhateverOrder) {
  Openings forwards;
  Openings backwards;
  Openings half;
  Openings other_half;
  for (int i = 0; i < 200; ++i) {
    forwards.add(with_messages(i, {"HELLO " + std::to_string(i)}));
    backwards.add(with_messages(199 - i, {"HELLO " + std::to_string(199 - i)}));
    (i % 3 == 0 ? half : other_half).add(with_messages(i, {"HELLO " + std::to_string(i)}));
  }
  EXPECT_EQ(forwards.sessions(), Openings::kSessions);
  EXPECT_EQ(forwards.strings({}), backwards.strings({}));
  half.merge(other_half);
  EXPECT_EQ(forwards.strings({}), half.strings({}));
}

TEST(Openings, SessionsOfTheSameEndsAndStartInWhateverOrder) {
  const session::Session one = with_messages(1, {"GET /one", "first"});
  const session::Session two = with_messages(1, {"GET /two", "other"});
  Openings there, back;
  for (const session::Session* s : {&one, &two}) there.add(*s);
  for (const session::Session* s : {&two, &one}) back.add(*s);
  EXPECT_FALSE(there.strings({}).empty());
  EXPECT_EQ(there.strings({}), back.strings({}));
}

TEST(Openings, SessionsWithoutBytesAreNotTaken) {
  EXPECT_FALSE(Openings::has_bytes(make_session()));
  EXPECT_TRUE(Openings::has_bytes(with_messages(1, {"a"})));
  EXPECT_THAT(Openings().strings({}), IsEmpty());
}

}  // namespace
}  // namespace mogura::feature::detail
