#include "console/detail/live_hub.h"

#include <gtest/gtest.h>

namespace mogura::console::detail {
namespace {

constexpr Moment kNow{1'000'000};

Tuning small() {
  Tuning tuning;
  tuning.streams = 3;
  tuning.streams_per_session = 2;
  tuning.stream_bytes = 10;
  return tuning;
}

LiveStream stream_of(std::uint8_t session, std::int64_t cursor = -1) {
  LiveStream stream;
  stream.wish.session = SessionTable::Key{session};
  stream.wish.cursor = cursor;
  return stream;
}

TEST(LiveHub, StreamsAreBoundedInAllAndBySession) {
  const Tuning tuning = small();
  LiveHub hub(tuning);
  LiveStream a = stream_of(1);
  LiveStream b = stream_of(1);
  LiveStream c = stream_of(1);
  LiveStream d = stream_of(2);
  LiveStream e = stream_of(3);
  EXPECT_TRUE(hub.enter(a, kNow));
  EXPECT_TRUE(hub.enter(b, kNow));
  EXPECT_FALSE(hub.enter(c, kNow)) << "the third of its session";
  EXPECT_TRUE(hub.enter(d, kNow));
  EXPECT_FALSE(hub.enter(e, kNow)) << "the fourth of all";
  hub.leave(d);
  EXPECT_TRUE(hub.enter(e, kNow));
}

TEST(LiveHub, LooksOnceForEachCursor) {
  const Tuning tuning = small();
  LiveHub hub(tuning);
  EXPECT_TRUE(hub.cursors().empty());
  LiveStream a = stream_of(1, 7);
  LiveStream b = stream_of(2, 7);
  LiveStream c = stream_of(3, 9);
  for (LiveStream* each : {&a, &b, &c}) ASSERT_TRUE(hub.enter(*each, kNow));
  EXPECT_EQ(hub.cursors(), (LiveHub::News{{7, {7, ""}}, {9, {9, ""}}}));
}

TEST(LiveHub, TellsEachWhatIsNewToIt) {
  const Tuning tuning = small();
  LiveHub hub(tuning);
  LiveStream a = stream_of(1, 7);
  LiveStream b = stream_of(2, 9);
  int woken = 0;
  a.wake = [&woken] { ++woken; };
  b.wake = [] {};
  ASSERT_TRUE(hub.enter(a, kNow));
  ASSERT_TRUE(hub.enter(b, kNow));
  a.waiting.clear();
  b.waiting.clear();
  woken = 0;
  hub.tell({{7, {9, "news"}}, {9, {9, ""}}, {11, {12, "other"}}}, kNow);
  EXPECT_EQ(a.waiting, "news");
  EXPECT_EQ(a.wish.cursor, 9);
  EXPECT_EQ(woken, 1);
  EXPECT_EQ(b.waiting, "");
}

TEST(LiveHub, CommentsBreakLongSilence) {
  const Tuning tuning = small();
  LiveHub hub(tuning);
  LiveStream a = stream_of(1);
  a.wake = [] {};
  ASSERT_TRUE(hub.enter(a, kNow));
  EXPECT_EQ(std::exchange(a.waiting, ""), ":\n\n") << "at once, so that the client knows it is there";
  const auto alive = [](const LiveWish&) { return true; };
  hub.tick(alive, kNow + tuning.live_comment - Millis(1));
  EXPECT_EQ(a.waiting, "");
  hub.tick(alive, kNow + tuning.live_comment);
  EXPECT_EQ(a.waiting, ":\n\n");
}

TEST(LiveHub, EndsThoseWhoseSessionIsOver) {
  const Tuning tuning = small();
  LiveHub hub(tuning);
  LiveStream a = stream_of(1);
  LiveStream b = stream_of(2);
  for (LiveStream* each : {&a, &b}) {
    each->wake = [] {};
    ASSERT_TRUE(hub.enter(*each, kNow));
  }
  hub.tick([&](const LiveWish& wish) { return wish.session == b.wish.session; }, kNow);
  EXPECT_TRUE(a.is_over);
  EXPECT_FALSE(b.is_over);
}

TEST(LiveHub, WhoDoesNotReadIsCutOff) {
  const Tuning tuning = small();
  LiveHub hub(tuning);
  LiveStream a = stream_of(1, 1);
  a.wake = [] {};
  ASSERT_TRUE(hub.enter(a, kNow));
  a.waiting.clear();
  hub.tell({{1, {1, "0123456789"}}}, kNow);
  EXPECT_FALSE(a.is_over);
  hub.tell({{1, {1, "x"}}}, kNow);
  EXPECT_TRUE(a.is_over);
}

}  // namespace
}  // namespace mogura::console::detail
