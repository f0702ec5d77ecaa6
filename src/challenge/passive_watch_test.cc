#include "challenge/passive_watch.h"

#include <gtest/gtest.h>

#include <string>

namespace mogura::challenge {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Timestamp kStart{std::chrono::seconds(1'800'000'000)};
constexpr std::string_view kChrome =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";

class Program {
 public:
  PassiveWatch watch{{.programs = 64, .sites = 64, .sees_all_responses = true}, 7, {"ProxySessionID"}};
  Timestamp now = kStart;
  std::string host = "c2.example";
  Address client = Address::v4(0x0A000001);
  bool is_encrypted = false, is_relayed = false;

  // `fields`: lines without CRLF, each with a line feed behind it.
  PassiveOpinion send(std::string_view fields, std::string_view start = "GET http://c2.example/ HTTP/1.1") {
    set(fields, start);
    return watch.observe(request());
  }
  void answer(std::string_view fields = "Content-Type: application/octet-stream\n") {
    std::string bytes = "HTTP/1.1 200 OK\r\n" + with_crlf(fields) + "Content-Length: 0\r\n\r\n";
    protocol::ResponseHead head;
    ASSERT_EQ(head.parse(bytes, "GET").kind, protocol::HeadStep::Kind::kDone);
    watch.observe_response(head, host, now);
  }
  PassiveOpinion say(const protocol::ClientHello& hello) { return watch.observe_hello(request(), hello); }
  // The evidence's codes for what was sent last.
  std::string codes() {
    std::string text;
    for (const Evidence& item : watch.explain(request())) text += (text.empty() ? "" : " ") + item.code;
    return text;
  }
  std::vector<Evidence> evidence() { return watch.explain(request()); }

 private:
  static std::string with_crlf(std::string_view fields) {
    std::string text;
    for (const char c : fields) c == '\n' ? text += "\r\n" : text += c;
    return text;
  }
  void set(std::string_view fields, std::string_view start) {
    bytes_ = std::string(start) + "\r\n" + with_crlf(fields) + "\r\n";
    head_.forget();
    ASSERT_EQ(head_.parse(bytes_).kind, protocol::HeadStep::Kind::kDone) << bytes_;
  }
  PassiveRequest request() {
    return {.head = head_,
            .client = client,
            .host = host,
            .time = now,
            .is_encrypted = is_encrypted,
            .is_relayed = is_relayed};
  }

  std::string bytes_;
  protocol::RequestHead head_;
};

const std::string kBrowserFields =
    "Host: c2.example\nProxy-Connection: keep-alive\nUser-Agent: " + std::string(kChrome) +
    "\nAccept: */*\nAccept-Encoding: gzip, deflate\nAccept-Language: de\n";
const std::string kDisguised =
    "Host: c2.example\nUser-Agent: " + std::string(kChrome) + "\nAccept: */*\nProxy-Connection: Keep-Alive\n";

TEST(PassiveWatch, ABrowserThatBrowsesIsNoNews) {
  Program browser;
  const seconds kPauses[] = {seconds(3), seconds(120), seconds(15), seconds(700), seconds(40)};
  for (int i = 0; i < 40; ++i) {
    browser.now += kPauses[i % 5];
    const PassiveOpinion opinion = browser.send(kBrowserFields);
    EXPECT_DOUBLE_EQ(opinion.score, 0) << browser.codes();
    EXPECT_FALSE(opinion.is_news);
  }
}

TEST(PassiveWatch, ABorrowedUserAgentIsSeenAtOnce) {
  Program implant;
  const PassiveOpinion opinion = implant.send(kDisguised);
  EXPECT_DOUBLE_EQ(opinion.score, 0.35);
  EXPECT_TRUE(opinion.is_news);
  EXPECT_EQ(implant.codes(), "header-order-of-another-program");
  EXPECT_EQ(
      implant.evidence()[0].text,
      "1 of 1 requests: the User-Agent says Chromium, but the fields come in the order of libcurl: Host, "
      "User-Agent, Accept, Proxy-Connection");
}

TEST(PassiveWatch, NewsIsToldOnce) {
  Program implant;
  EXPECT_TRUE(implant.send(kDisguised).is_news);
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(implant.send(kDisguised).is_news);
}

TEST(PassiveWatch, EachHasAShareInWhatItIs) {
  Program implant;
  for (int i = 0; i < 10; ++i) {
    implant.now += seconds(60);
    implant.send(kDisguised + "Cookie: session=" + std::to_string(i) + "\n");
    implant.answer();
  }
  EXPECT_EQ(implant.codes(), "header-order-of-another-program regular-requests cookie-from-nowhere");
  implant.now += hours(24);
  EXPECT_TRUE(implant.send(kDisguised + "Cookie: session=1\n").is_news);
  EXPECT_GE(implant.send(kDisguised).score, 0.8);
}

TEST(PassiveWatch, OneOddRequestAmongManyIsAnAddOn) {
  Program browser;
  for (int i = 0; i < 99; ++i) browser.send(kBrowserFields);
  EXPECT_DOUBLE_EQ(browser.send(kDisguised).score, 0);
}

TEST(PassiveWatch, ProgramsAreToldApart) {
  Program program;
  program.send(kDisguised);
  program.host = "other.example";
  EXPECT_DOUBLE_EQ(program.send(kBrowserFields).score, 0);
  program.host = "c2.example";
  program.client = Address::v4(0x0A000002);
  EXPECT_DOUBLE_EQ(program.send(kBrowserFields).score, 0);
  EXPECT_EQ(program.watch.programs(), 3u);
}

TEST(PassiveWatch, ADeclaredProgramByTheClockIsLessOddThanABrowser) {
  Program monitor;
  for (int i = 0; i < 40; ++i) {
    monitor.now += seconds(60);
    monitor.send("Host: c2.example\nUser-Agent: check_http/2.3\nConnection: close\n");
  }
  EXPECT_EQ(monitor.codes(), "regular-requests declared-program");
  EXPECT_NEAR(monitor.send("Host: c2.example\nUser-Agent: check_http/2.3\nConnection: close\n").score, 0.3,
              0.01);
}

TEST(PassiveWatch, AConnectHasItsOwnOrder) {
  Program program;
  const std::string_view kStartLine = "CONNECT c2.example:443 HTTP/1.1";
  EXPECT_DOUBLE_EQ(program
                       .send("Host: c2.example:443\nProxy-Connection: keep-alive\nUser-Agent: " +
                                 std::string(kChrome) + "\n",
                             kStartLine)
                       .score,
                   0);
  program.client = Address::v4(0x0A000002);
  EXPECT_DOUBLE_EQ(
      program.send("User-Agent: " + std::string(kChrome) + "\nHost: c2.example:443\n", kStartLine).score,
      0.35);
}

TEST(PassiveWatch, FieldsThatAGatewayTakesOutAreNotMissed) {
  const std::string fields =
      "User-Agent: Mozilla/5.0 (X11; rv:153.0) Gecko/20100101 Firefox/153.0\n"
      "Host: c2.example:443\n";
  Program direct;
  EXPECT_GT(direct.send(fields, "CONNECT c2.example:443 HTTP/1.1").score, 0);
  Program through;
  through.is_relayed = true;
  EXPECT_DOUBLE_EQ(through.send(fields, "CONNECT c2.example:443 HTTP/1.1").score, 0) << through.codes();
}

TEST(PassiveWatch, AForeignHelloInTheTunnelCounts) {
  Program program;
  program.send(
      "Host: c2.example:443\nProxy-Connection: keep-alive\nUser-Agent: " + std::string(kChrome) + "\n",
      "CONNECT c2.example:443 HTTP/1.1");
  protocol::ClientHello hello;
  hello.is_complete = true;
  EXPECT_DOUBLE_EQ(program.say(hello).score, 0.2);
  EXPECT_EQ(program.codes(), "hello-not-of-claimed-engine");
}

TEST(PassiveWatch, ATunnelToTheSiteExplainsItsCookies) {
  Program program;
  program.send("Host: c2.example:443\n", "CONNECT c2.example:443 HTTP/1.1");
  for (int i = 0; i < 10; ++i) {
    program.send("Host: c2.example\nCookie: a=b\n");
    program.answer();
  }
  EXPECT_EQ(program.codes(), "");
}

// Why services leave sees_all_responses off: a restart forgets what was set, a browser's jar does not.
TEST(PassiveWatch, BrowsersThatWereThereBeforeARestartLookLikeCopiesOfAnImplant) {
  Program browser;
  double score = 0;
  for (int person = 0; person < 4; ++person) {
    browser.client = Address::v4(0x0A000001 + static_cast<std::uint32_t>(person));
    for (int picture = 0; picture < 10; ++picture) {
      browser.now += seconds(3 + picture % 4);
      score = browser.send(kBrowserFields + "Cookie: visitor=1\n").score;
      browser.answer("Content-Type: image/gif\n");
    }
  }
  EXPECT_DOUBLE_EQ(score, 0.25) << browser.codes();
}

TEST(PassiveWatch, PagesExplainCookies) {
  Program program;
  for (int i = 0; i < 10; ++i) {
    program.send("Host: c2.example\nCookie: a=b\n");
    program.answer("Content-Type: text/html\n");
  }
  EXPECT_EQ(program.codes(), "");
}

TEST(PassiveWatch, InsideTlsABrowserSendsFetchData) {
  Program program;
  program.is_encrypted = true;
  EXPECT_DOUBLE_EQ(program.send(kBrowserFields).score, 0.25);
  EXPECT_EQ(program.codes(), "header-fetch-data-missing");
}

TEST(PassiveWatch, RemembersSoManyAndNoMore) {
  Program program;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    program.client = Address::v4(0x0A000000 + i);
    program.now += seconds(1);
    program.send(kBrowserFields);
  }
  EXPECT_LE(program.watch.programs(), 64u);
  EXPECT_EQ(program.watch.programs() + program.watch.evicted(), 1000u);
  program.client = Address::v4(0x0A000000);
  EXPECT_EQ(program.codes(), "");
}

}  // namespace
}  // namespace mogura::challenge
