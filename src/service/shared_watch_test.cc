#include "service/shared_watch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace mogura::service {
namespace {

constexpr Timestamp kNow{std::chrono::seconds(1'800'000'000)};
constexpr std::string_view kDisguised =
    "GET http://c2.example/ HTTP/1.1\r\nHost: c2.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) "
    "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36\r\nAccept: */*\r\n\r\n";

challenge::PassiveRequest request_of(const protocol::RequestHead& head) {
  return {.head = head, .client = Address::v4(0x0A000001), .host = "c2.example", .time = kNow};
}

TEST(SharedWatch, TellsNewsOnceWithItsReasons) {
  SharedWatch watch({.programs = 64, .sites = 64}, 7, "ProxySessionID");
  protocol::RequestHead head;
  ASSERT_EQ(head.parse(kDisguised).kind, protocol::HeadStep::Kind::kDone);
  const SharedWatch::Noticed first = watch.observe(request_of(head));
  EXPECT_DOUBLE_EQ(first.score, 0.35);
  ASSERT_TRUE(first.news);
  EXPECT_DOUBLE_EQ(first.news->score, 0.35);
  ASSERT_EQ(first.news->evidence.size(), 1u);
  EXPECT_EQ(first.news->evidence[0].code, "header-order-of-another-program");
  const SharedWatch::Noticed second = watch.observe(request_of(head));
  EXPECT_DOUBLE_EQ(second.score, 0.35);
  EXPECT_FALSE(second.news);
  EXPECT_EQ(watch.explain(request_of(head)).size(), 1u);
}

TEST(SharedWatch, JudgesHellosAgainstTheUserAgent) {
  SharedWatch watch({.programs = 64, .sites = 64}, 7, "ProxySessionID");
  protocol::RequestHead head;
  ASSERT_EQ(head.parse(kDisguised).kind, protocol::HeadStep::Kind::kDone);
  watch.observe(request_of(head));
  protocol::ClientHello hello;  // without GREASE
  hello.is_complete = true;
  const SharedWatch::Noticed noticed = watch.observe_hello(request_of(head), hello);
  EXPECT_GT(noticed.score, 0.35);
}

TEST(SharedWatch, IsForAllThreads) {
  SharedWatch watch({.programs = 64, .sites = 64, .sees_all_responses = true}, 7, "ProxySessionID");
  constexpr int kRequests = 2'000;
  std::atomic<int> news = 0;
  const auto work = [&] {
    protocol::RequestHead head;
    protocol::ResponseHead response;
    (void)head.parse(kDisguised);
    (void)response.parse("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "GET");
    for (int i = 0; i < kRequests; ++i) {
      news += watch.observe(request_of(head)).news.has_value() ? 1 : 0;
      watch.observe_response(response, "c2.example", kNow);
      (void)watch.explain(request_of(head));
    }
  };
  std::jthread one(work), other(work);
  one.join();
  other.join();
  EXPECT_EQ(news, 1) << "one program, one piece of news";
}

}  // namespace
}  // namespace mogura::service
