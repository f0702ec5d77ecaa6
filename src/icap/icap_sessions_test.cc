// What the ICAP service gives for sessions: one for each exchange, whatever becomes of it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <vector>

#include "icap/testing/gateway_test.h"

namespace mogura::icap {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Keeping {
 public:
  explicit Keeping(challenge::Mode mode = challenge::Mode::kObserve) {
    auto opened = Icap::open(
        test_options(),
        {.store = &store_, .gate = gate(mode), .on_session = [this](const session::Session& session) {
           const std::scoped_lock lock(mutex_);
           sessions_.push_back(session);
         }});
    EXPECT_TRUE(opened);
    icap_ = std::move(*opened);
    icap_->start();
  }
  // A request, and its response where there is one; the answer to the request.
  std::string exchange(const std::string& request, const std::string& response = "",
                       const std::string& client = kClient) {
    Gateway gateway(icap_->endpoints().front());
    const std::string allow = "Allow: 204\r\n";
    const std::string answer = gateway.ask(reqmod(request, allow + client));
    if (response.empty()) return answer;
    gateway.ask(respmod(request, response, pairing_in(answer) + allow + client, "null-body"));
    return answer;
  }
  // All, by their start, once the service has ended.
  std::vector<session::Session> take() {
    icap_->stop();
    std::sort(sessions_.begin(), sessions_.end(),
              [](const auto& one, const auto& other) { return one.start < other.start; });
    return sessions_;
  }
  std::unique_ptr<Icap> icap_;

 private:
  TestStore store_;
  std::mutex mutex_;
  std::vector<session::Session> sessions_;
};

std::string get(const std::string& path) {
  return "GET http://site.example" + path + " HTTP/1.1\r\nHost: site.example\r\nUser-Agent: probe/1\r\n\r\n";
}

TEST(IcapSessions, AreMadeOfARequestAndItsResponse) {
  Keeping keeping;
  keeping.exchange(get("/a"),
                   "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n");
  const auto sessions = keeping.take();
  ASSERT_EQ(sessions.size(), 1u);
  EXPECT_EQ(sessions[0].client, *Endpoint::parse("10.0.0.7:4000"));
  EXPECT_EQ(sessions[0].destination, "site.example:80");
  EXPECT_EQ(sessions[0].user_agent, "probe/1");
  EXPECT_THAT(sessions[0].status, ElementsAre(404));
  EXPECT_EQ(sessions[0].http.content_type, "text/plain");
  EXPECT_EQ(sessions[0].http.body_bytes[1], 5u);
  EXPECT_GE(sessions[0].end, sessions[0].start);
}

TEST(IcapSessions, AreMadeOfThoseToo) {
  Keeping keeping;
  keeping.exchange(get("/out-of-the-cache"));
  keeping.exchange("CONNECT site.example:443 HTTP/1.1\r\nHost: site.example:443\r\n\r\n");
  EXPECT_EQ(keeping.icap_->waiting(), 1u) << "of a CONNECT there is nothing to wait for";
  keeping.exchange(get("/unreadable"), "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n");
  const auto sessions = keeping.take();
  ASSERT_EQ(sessions.size(), 3u);
  EXPECT_THAT(sessions[0].status, IsEmpty());
  EXPECT_EQ(sessions[1].kind, session::Kind::kConnect);
  EXPECT_EQ(sessions[1].destination, "site.example:443");
  EXPECT_THAT(sessions[2].status, IsEmpty());
}

TEST(IcapSessions, AreKeptOfThoseWhoAreNotAsked) {
  Keeping keeping(challenge::Mode::kOff);
  const std::string answer = keeping.exchange(get("/"), kOk);
  EXPECT_NE(pairing_in(answer), "X-Mogura: 0\r\n");
  const auto sessions = keeping.take();
  ASSERT_EQ(sessions.size(), 1u);
  EXPECT_THAT(sessions[0].status, ElementsAre(200));
  EXPECT_EQ(sessions[0].user_agent, "probe/1");
}

TEST(IcapSessions, NeedAClient) {
  Keeping keeping;
  keeping.exchange(get("/"), "", "");
  EXPECT_THAT(keeping.take(), IsEmpty());
}

}  // namespace
}  // namespace mogura::icap
