#include "console/detail/workers.h"

#include <gtest/gtest.h>

#include <future>

#include "console/testing/fake_archive.h"
#include "console/testing/fake_workshop.h"

namespace mogura::console::detail {
namespace {

struct Opened {
  explicit Opened(unsigned threads, std::size_t jobs = 64) : workers(jobs) {
    Options options;
    options.threads = threads;
    opened = workers.open(options, surroundings);
    workers.start();
  }
  testing::FakeWorkshop workshop;
  unsigned archives = 0;
  Surroundings surroundings{.open_archive = [this]() -> Result<std::unique_ptr<report::Archive>> {
                              ++archives;
                              return std::make_unique<testing::FakeArchive>();
                            },
                            .workshop = &workshop,
                            .note = {}};
  Workers workers;
  Result<void> opened;
};

TEST(Workers, EachThreadHasItsArchive) {
  const Opened opened(3);
  EXPECT_TRUE(opened.opened);
  EXPECT_EQ(opened.archives, 3U + Workers::kSlowThreads + Workers::kLoginThreads);
}

TEST(Workers, AnArchiveThatDoesNotOpenIsAnError) {
  for (unsigned good = 0; good < 1 + Workers::kSlowThreads + Workers::kLoginThreads; ++good) {
    testing::FakeWorkshop workshop;
    unsigned count = 0;
    const Surroundings surroundings{.open_archive = [&]() -> Result<std::unique_ptr<report::Archive>> {
                                      if (count++ == good) return fail(ErrorCode::kIo, "x.db", "no");
                                      return std::make_unique<testing::FakeArchive>();
                                    },
                                    .workshop = &workshop,
                                    .note = {}};
    Workers workers(1);
    const auto opened = workers.open({.threads = 1}, surroundings);
    ASSERT_FALSE(opened) << good;
    EXPECT_EQ(opened.error().place, "x.db");
  }
}

TEST(Workers, LanesDoNotWaitForEachOther) {
  Opened opened(1);
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  for (unsigned i = 0; i < Workers::kSlowThreads; ++i)
    ASSERT_TRUE(opened.workers.submit(Lane::kSlow, [released](Bench&) { released.wait(); }));
  ASSERT_TRUE(opened.workers.submit(Lane::kLogin, [released](Bench&) { released.wait(); }));
  std::promise<void> quick;
  ASSERT_TRUE(opened.workers.submit(Lane::kQuick, [&quick](Bench&) { quick.set_value(); }));
  EXPECT_EQ(quick.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
  release.set_value();
}

TEST(Workers, WhatWaitsIsBounded) {
  Opened opened(1, 3);
  std::promise<void> begun;
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  ASSERT_TRUE(opened.workers.submit(Lane::kQuick, [&begun, released](Bench&) {
    begun.set_value();
    released.wait();
  }));
  begun.get_future().wait();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(opened.workers.submit(Lane::kQuick, [](Bench&) {}));
  EXPECT_FALSE(opened.workers.submit(Lane::kQuick, [](Bench&) {}));
  release.set_value();
}

TEST(Workers, FewerLoginsWaitThanOtherThings) {
  Opened opened(1);
  std::promise<void> begun;
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  ASSERT_TRUE(opened.workers.submit(Lane::kLogin, [&begun, released](Bench&) {
    begun.set_value();
    released.wait();
  }));
  begun.get_future().wait();
  for (std::size_t i = 0; i < Workers::kLogins; ++i)
    EXPECT_TRUE(opened.workers.submit(Lane::kLogin, [](Bench&) {}));
  EXPECT_FALSE(opened.workers.submit(Lane::kLogin, [](Bench&) {}));
  release.set_value();
}

TEST(Workers, StopFinishesWhatIsUnderWayAndDropsTheRest) {
  Opened opened(1);
  std::promise<void> begun;
  std::promise<void> release;
  bool is_finished = false;
  bool is_dropped = true;
  ASSERT_TRUE(opened.workers.submit(Lane::kQuick, [&](Bench&) {
    begun.set_value();
    release.get_future().wait();
    is_finished = true;
  }));
  begun.get_future().wait();
  ASSERT_TRUE(opened.workers.submit(Lane::kQuick, [&](Bench&) { is_dropped = false; }));
  std::thread stopping([&] { opened.workers.stop(); });
  while (opened.workers.submit(Lane::kSlow, [](Bench&) {})) std::this_thread::yield();
  release.set_value();
  stopping.join();
  EXPECT_TRUE(is_finished);
  EXPECT_TRUE(is_dropped);
}

}  // namespace
}  // namespace mogura::console::detail
