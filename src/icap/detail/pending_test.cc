#include "icap/detail/pending.h"

#include <gtest/gtest.h>

namespace mogura::icap::detail {
namespace {

constexpr Timestamp kNow{std::chrono::hours(1000)};

std::unique_ptr<Judged> judged(std::string_view url) {
  challenge::Exchange exchange;
  const std::string host = "host", user = "user";
  exchange.host = host;
  exchange.client.user = user;
  return std::make_unique<Judged>(nullptr, std::move(exchange), "GET", url);
}

TEST(Judged, KeepsTheTextsOfARequestThatIsGone) {
  const auto kept = judged("/a");
  EXPECT_EQ(kept->exchange.host, "host");
  EXPECT_EQ(kept->exchange.client.user, "user");
}

TEST(Pending, GivesEachRequestBackOnce) {
  Pending pending;
  const std::uint64_t first = pending.put(judged("/1"), 7, kNow), second = pending.put(judged("/2"), 8, kNow);
  EXPECT_NE(first, 0u);
  EXPECT_NE(first, second);
  EXPECT_EQ(pending.take(id_in(id_text(first)))->url, "/1");
  EXPECT_EQ(pending.take(first), nullptr);
  EXPECT_EQ(pending.take_by_trait(7), nullptr);
  EXPECT_EQ(pending.take_by_trait(8)->url, "/2");
  EXPECT_EQ(pending.take(second), nullptr);
  EXPECT_EQ(pending.size(), 0u);
}

TEST(Pending, TellsOfThoseThatNobodyTookOnce) {
  Pending pending;
  std::vector<std::string> dropped;
  pending.on_dropped = [&dropped](const Judged& judged) { dropped.push_back(judged.url); };
  pending.put(judged("/old"), 7, kNow);
  const std::uint64_t taken = pending.put(judged("/taken"), 8, kNow);
  EXPECT_NE(pending.take(taken), nullptr);
  pending.put(judged("/new"), 9, kNow + Pending::kKept + std::chrono::seconds(1));
  EXPECT_EQ(dropped, std::vector<std::string>{"/old"});
  pending.drop_all();
  EXPECT_EQ(dropped, (std::vector<std::string>{"/old", "/new"}));
  EXPECT_EQ(pending.size(), 0u);
}

TEST(Pending, TakesTheLatestOfEqualOnes) {
  Pending pending;
  const std::uint64_t first = pending.put(judged("/1"), 7, kNow);
  pending.put(judged("/2"), 7, kNow);
  EXPECT_EQ(pending.take(first)->url, "/1");
  EXPECT_EQ(pending.take_by_trait(7)->url, "/2") << "the first one's going left it findable";
}

TEST(Pending, ForgetsTheOldestBeyondItsLimit) {
  Pending pending;
  const std::uint64_t first = pending.put(judged("/"), 0, kNow), second = pending.put(judged("/"), 0, kNow);
  for (std::size_t n = 2; n < Pending::kEntries; ++n) pending.put(judged("/"), 0, kNow);
  EXPECT_EQ(pending.size(), Pending::kEntries);
  pending.put(judged("/"), 0, kNow);
  EXPECT_EQ(pending.size(), Pending::kEntries);
  EXPECT_EQ(pending.take(first), nullptr);
  EXPECT_NE(pending.take(second), nullptr);
}

TEST(Pending, ForgetsWhatWaitedForTooLong) {
  Pending pending;
  const std::uint64_t first = pending.put(judged("/"), 1, kNow);
  pending.put(judged("/"), 2, kNow + Pending::kKept);
  EXPECT_EQ(pending.size(), 2u);
  pending.put(judged("/"), 3, kNow + Pending::kKept + std::chrono::milliseconds(1));
  EXPECT_EQ(pending.take(first), nullptr);
  EXPECT_EQ(pending.take_by_trait(1), nullptr);
}

TEST(IdIn, TakesNothingButIds) {
  EXPECT_EQ(id_in("ff"), 255u);
  for (const std::string_view text : {"", "0", "x", "1 ", "11112222333344445", "-1"})
    EXPECT_EQ(id_in(text), 0u) << text;
}

}  // namespace
}  // namespace mogura::icap::detail
