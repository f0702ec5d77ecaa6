#include "icap/icap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <thread>

#include "icap/testing/gateway_test.h"

namespace mogura::icap {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Running {
 public:
  explicit Running(challenge::Mode mode = challenge::Mode::kObserve,
                   const Options& options = test_options()) {
    auto opened = Icap::open(options, {.store = &store, .gate = gate(mode)});
    EXPECT_TRUE(opened) << opened.error().message();
    icap = std::move(*opened);
    icap->start();
  }
  [[nodiscard]] Gateway gateway() const { return Gateway(icap->endpoints().front()); }
  [[nodiscard]] std::uint64_t sum(Count Counters::*count) const {
    std::uint64_t sum = 0;
    for (const Counters* each : icap->counters()) sum += (each->*count).get();
    return sum;
  }
  [[nodiscard]] std::uint64_t passed(Passed why) const {
    std::uint64_t sum = 0;
    for (const Counters* each : icap->counters()) sum += each->passed[static_cast<std::size_t>(why)].get();
    return sum;
  }

  TestStore store;
  std::unique_ptr<Icap> icap;
};

TEST(Icap, AnswersOptionsOfBothServices) {
  const Running running;
  Gateway gateway = running.gateway();
  EXPECT_THAT(gateway.ask("OPTIONS icap://h/reqmod ICAP/1.0\r\nHost: h\r\n\r\n"),
              HasSubstr("Methods: REQMOD\r\n"));
  EXPECT_THAT(gateway.ask("OPTIONS icap://h/respmod ICAP/1.0\r\nHost: h\r\n\r\n"),
              HasSubstr("Methods: RESPMOD\r\n"));
  EXPECT_EQ(running.sum(&Counters::options), 2u);
}

TEST(Icap, InsertsACookieOverTwoConnectionsAndKeepsTheBodyAway) {
  const Running running;
  Gateway first = running.gateway(), second = running.gateway();
  const std::string request = std::string(kGet) + "\r\n";
  const std::string answer =
      first.ask(reqmod(request, std::string("Preview: 0\r\nAllow: 204\r\n") + kClient));
  EXPECT_THAT(answer, StartsWith("ICAP/1.0 204 "));
  EXPECT_EQ(running.icap->waiting(), 1u);
  const std::string head =
      second.ask(respmod(request, kOk, pairing_in(answer) + "Preview: 0\r\nAllow: 204, 206\r\n" + kClient) +
                 "0\r\n\r\n");
  EXPECT_THAT(head, StartsWith("ICAP/1.0 206 "));
  const std::string response = second.head();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nSet-Cookie: ProxySessionID-"));
  EXPECT_EQ(second.head(), "0; use-original-body=0\r\n\r\n");
  EXPECT_EQ(running.icap->waiting(), 0u);
  EXPECT_EQ(running.sum(&Counters::inserted), 1u);
}

constexpr const char* kDisguised =
    "GET http://site.example/ HTTP/1.1\r\nHost: site.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) "
    "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36\r\nAccept: */*\r\n\r\n";

// Scores of what was noticed, of requests of the same program.
std::vector<double> noticed(challenge::Mode mode, int requests) {
  std::mutex mutex;
  std::vector<double> scores;
  TestStore store;
  auto icap =
      Icap::open(test_options(), {.store = &store, .gate = gate(mode), .on_event = [&](const auto& event) {
                                    const std::scoped_lock lock(mutex);
                                    if (event.passive != nullptr) scores.push_back(event.passive->score);
                                  }});
  EXPECT_TRUE(icap);
  (*icap)->start();
  for (int i = 0; i < requests; ++i) {
    Gateway((*icap)->endpoints().front()).ask(reqmod(kDisguised, std::string("Allow: 204\r\n") + kClient));
  }
  (*icap)->stop();
  return scores;
}

TEST(Icap, NoticesWithoutAskingWhateverConnectionsAProgramsRequestsComeOn) {
  EXPECT_THAT(noticed(challenge::Mode::kObserve, 8), testing::ElementsAre(0.35)) << "and says it once";
  EXPECT_THAT(noticed(challenge::Mode::kOff, 1), testing::IsEmpty());
}

TEST(Icap, PairsByClientAndTargetWhereTheGatewayBringsNoIdBack) {
  const Running running;
  Gateway gateway = running.gateway();
  const std::string request = std::string(kGet) + "\r\n";
  gateway.ask(reqmod(request, std::string("Allow: 204\r\n") + kClient));
  EXPECT_THAT(gateway.ask(respmod(request, kOk, std::string("Allow: 204\r\n") + kClient, "null-body")),
              StartsWith("ICAP/1.0 200 "));
  EXPECT_THAT(gateway.head(), HasSubstr("Set-Cookie: "));
  EXPECT_THAT(gateway.ask(respmod(request, kOk, std::string("Allow: 204\r\n") + kClient, "null-body")),
              StartsWith("ICAP/1.0 204 "));
  EXPECT_EQ(running.passed(Passed::kUnpaired), 1u);
}

TEST(Icap, TakesItsCookieOutAgain) {
  const Running running;
  Gateway gateway = running.gateway();
  const std::string request = std::string(kGet) + "\r\n";
  const std::string more = std::string("Allow: 204\r\n") + kClient;
  gateway.ask(reqmod(request, more));
  gateway.ask(respmod(request, kOk, more, "null-body"));
  const std::string cookie = cookie_in(gateway.head());
  ASSERT_NE(cookie, "");
  const std::string with = std::string(kGet) + "Cookie: a=1; " + cookie + "\r\nX: y\r\n\r\n";
  EXPECT_THAT(gateway.ask(reqmod(with, more)), StartsWith("ICAP/1.0 200 "));
  EXPECT_EQ(gateway.head(), std::string(kGet) + "Cookie: a=1\r\nX: y\r\n\r\n");
  // With a body that stays with the gateway, and with one that cannot.
  EXPECT_THAT(gateway.ask(reqmod(with, more + "Preview: 0\r\nAllow: 206\r\n", "req-body") + "0\r\n\r\n"),
              StartsWith("ICAP/1.0 206 "));
  EXPECT_THAT(gateway.until("use-original-body=0\r\n\r\n"), StartsWith("GET http://site.example/"));
  gateway.send(reqmod(with, std::string(kClient) + "Preview: 0\r\n", "req-body") + "0\r\n\r\n");
  EXPECT_EQ(gateway.head(), "ICAP/1.0 100 Continue\r\n\r\n");
  gateway.send("5\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n");
  EXPECT_THAT(gateway.head(), StartsWith("ICAP/1.0 200 "));
  EXPECT_THAT(gateway.head(), EndsWith("X: y\r\n\r\n"));
  EXPECT_EQ(gateway.until("\r\n0\r\n\r\n"), "8\r\nhelloyou\r\n0\r\n\r\n");
  EXPECT_EQ(running.sum(&Counters::echoed_bytes), 8u);
}

TEST(Icap, EchoesWhatItMayNotAnswerShortly) {
  const Running running;
  Gateway gateway = running.gateway();
  const std::string request = std::string(kGet) + "\r\n";
  gateway.send(respmod(request, kOk, kClient) + "5\r\nhello\r\n0\r\n\r\n");
  EXPECT_THAT(gateway.head(), StartsWith("ICAP/1.0 200 "));
  EXPECT_EQ(gateway.head(), kOk);
  EXPECT_EQ(gateway.head(), "5\r\nhello\r\n0\r\n\r\n");
  gateway.send(respmod(request, kOk, std::string(kClient) + "Preview: 9\r\n") +
               "5\r\nhello\r\n0; ieof\r\n\r\n");
  EXPECT_THAT(gateway.head(), StartsWith("ICAP/1.0 204 ")) << "204 is allowed with every preview";
}

TEST(Icap, BlocksASuspiciousClientWithAPageAndTakesItBack) {
  Running running(challenge::Mode::kBlock);
  Gateway gateway = running.gateway();
  const std::string request = std::string(kGet) + "\r\n";
  const std::string more = std::string("Allow: 204\r\n") + kClient;
  std::string answer;
  for (int n = 0; n < 400 && !answer.starts_with("ICAP/1.0 200"); ++n) {
    answer = gateway.ask(reqmod(request, more));
    if (!answer.starts_with("ICAP/1.0 204")) break;
    const std::string response = gateway.ask(respmod(request, kOk, pairing_in(answer) + more, "null-body"));
    if (response.starts_with("ICAP/1.0 200")) gateway.head();
  }
  EXPECT_THAT(answer, StartsWith("ICAP/1.0 200 "));
  EXPECT_THAT(answer, HasSubstr("res-body="));
  const std::string page = gateway.head();
  EXPECT_THAT(page, StartsWith("HTTP/1.1 403 Forbidden\r\n"));
  const std::string cookie = cookie_in(page);
  EXPECT_NE(cookie, "");
  gateway.until("0\r\n\r\n");
  EXPECT_THAT(gateway.ask(reqmod(std::string(kGet) + "Cookie: " + cookie + "\r\n\r\n", more)),
              HasSubstr("Encapsulated: req-hdr=0"));
}

TEST(Icap, PassesWhatItCannotJudge) {
  Running running;
  Gateway gateway = running.gateway();
  const std::string more = "Allow: 204\r\n";
  EXPECT_THAT(gateway.ask(reqmod(std::string(kGet) + "\r\n", more)), StartsWith("ICAP/1.0 204 "));
  EXPECT_EQ(running.passed(Passed::kNoClient), 1u);
  EXPECT_THAT(gateway.ask(reqmod("GET http://a/ HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", more + kClient)),
              StartsWith("ICAP/1.0 204 "));
  EXPECT_EQ(running.passed(Passed::kUnread), 1u);
  EXPECT_THAT(gateway.ask(reqmod("CONNECT site.example:443 HTTP/1.1\r\nHost: site.example:443\r\n\r\n",
                                 more + kClient)),
              StartsWith("ICAP/1.0 204 "));
  const std::string large = std::string(kGet) + "X: " + std::string(70'000, 'x') + "\r\n\r\n";
  EXPECT_THAT(gateway.ask(reqmod(large, more + kClient)), StartsWith("ICAP/1.0 204 "));
  EXPECT_EQ(running.passed(Passed::kTooLarge), 1u);
  running.store.is_down = true;
  EXPECT_THAT(gateway.ask(reqmod(std::string(kGet) + "\r\n", more + kClient)), StartsWith("ICAP/1.0 204 "));
}

TEST(Icap, RefusesWhatIsNoIcapAndCloses) {
  struct Case {
    std::string text;
    const char* status;
    const char* why;
  };
  const Running running;
  for (const Case& one : {
           Case{"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "400", "HTTP"},
           Case{"OPTIONS icap://h/other ICAP/1.0\r\n\r\n", "404", "no such service"},
           Case{"REQMOD icap://h/respmod ICAP/1.0\r\nEncapsulated: null-body=0\r\n\r\n", "405",
                "the other service"},
           Case{"REQMOD icap://h/reqmod ICAP/2.0\r\nEncapsulated: null-body=0\r\n\r\n", "505",
                "another version"},
           Case{"REQMOD icap://h/reqmod ICAP/1.0\r\nEncapsulated: req-body=0\r\nPreview: 0\r\n\r\nzz\r\n",
                "400", "no chunks"},
       }) {
    Gateway gateway = running.gateway();
    gateway.send(one.text);
    const std::string answer = gateway.all();
    EXPECT_THAT(answer, StartsWith("ICAP/1.0 " + std::string(one.status))) << one.why;
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n")) << one.why;
  }
}

TEST(Icap, TakesRequestsByteByByteAndSeveralAtOnce) {
  const Running running;
  Gateway gateway = running.gateway();
  const std::string one = reqmod(std::string(kGet) + "\r\n", std::string("Allow: 204\r\n") + kClient);
  for (const char byte : one) gateway.send(std::string(1, byte));
  EXPECT_THAT(gateway.head(), StartsWith("ICAP/1.0 204 "));
  gateway.send(one + one);
  EXPECT_THAT(gateway.head(), StartsWith("ICAP/1.0 204 "));
  EXPECT_THAT(gateway.head(), StartsWith("ICAP/1.0 204 "));
}

TEST(Icap, ReloadsWithoutClosingAnythingAndChangesItsTag) {
  const Running running;
  Gateway gateway = running.gateway();
  const std::string ask = "OPTIONS icap://h/reqmod ICAP/1.0\r\n\r\n";
  EXPECT_THAT(gateway.ask(ask), HasSubstr("ISTag: \"mogura\""));
  Options changed = test_options();
  changed.tag = "other";
  changed.threads = 1;
  EXPECT_THAT(running.icap->reload(changed, gate()), testing::ElementsAre("icap.threads"));
  EXPECT_THAT(gateway.ask(ask), HasSubstr("ISTag: \"other\""));
}

TEST(Icap, EndsConnectionsInOrderWhenItStops) {
  const Running running;
  Gateway idle = running.gateway(), fresh = running.gateway();
  idle.ask("OPTIONS icap://h/reqmod ICAP/1.0\r\n\r\n");
  fresh.send("OPTIONS icap://h/reqmod ICAP/1.0\r\n\r\n");
  std::thread stopping([&running] { running.icap->stop(); });
  EXPECT_THAT(fresh.all(), StartsWith("ICAP/1.0 200 ")) << "a connection that is new is served once";
  EXPECT_EQ(idle.all(), "");
  EXPECT_TRUE(idle.has_ended()) << "a reset would be taken for a failure";
  stopping.join();
}

TEST(Icap, BeyondItsConnectionsSaysThatItIsFull) {
  Options options = test_options();
  options.connections = 1;
  const Running running(challenge::Mode::kObserve, options);
  Gateway first = running.gateway();
  EXPECT_THAT(first.ask("OPTIONS icap://h/reqmod ICAP/1.0\r\n\r\n"), StartsWith("ICAP/1.0 200"));
  Gateway second = running.gateway();
  EXPECT_THAT(second.all(), StartsWith("ICAP/1.0 503 "));
}

TEST(Icap, SaysWhereItCannotListen) {
  Options options = test_options();
  options.listen = {*Endpoint::parse("192.0.2.1:1344")};
  const auto opened = Icap::open(options, {.gate = gate()});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace mogura::icap
