#include "challenge/detail/judging.h"

#include <gtest/gtest.h>

#include <string>

#include "challenge/testing/browser_requests_test.h"

namespace mogura::challenge::detail {
namespace {

using testing::browser_fields;
using testing::field;
using testing::kChromium;
using testing::kExplorer;
using testing::kFirefox;
using testing::kOldExplorer;

constexpr std::string_view kHost = "www.site.test";

// The text must live as long as the shape is looked at.
Judgement judged(const std::string& fields, const std::string& method = "GET",
                 const std::string& host = std::string(kHost)) {
  const std::string text = testing::head_text(method, "http://" + host + "/", host, fields);
  protocol::RequestHead head;
  EXPECT_EQ(head.parse(text).kind, protocol::HeadStep::Kind::kDone) << text;
  const RequestShape shape = shape_of(head);
  Exchange::Memory memory;
  return judge(shape, claim_of(shape.user_agent), source_of(shape, host, memory));
}

std::string browser(std::string_view user_agent, bool is_page, std::string_view referer,
                    const std::string& more = "") {
  return browser_fields(user_agent, is_page, referer) + more;
}

TEST(Judging, KnowsClaims) {
  const struct {
    std::string_view user_agent;
    Claim claim;
  } cases[] = {
      {kChromium, Claim::kBrowser},
      {kFirefox, Claim::kBrowser},
      {kExplorer, Claim::kOldBrowser},
      {kOldExplorer, Claim::kOldBrowser},
      {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
       Claim::kBrowser},
      {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.0", Claim::kBrowser},
      {"Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/41.0 Safari/537.36",
       Claim::kOldBrowser},
      {"Mozilla/5.0 (Windows NT 6.1; rv:6.0) Gecko/20110814 Firefox/6.0", Claim::kOldBrowser},
      {"Mozilla/5.0", Claim::kOldBrowser},
      {"Opera/9.80 (Windows NT 6.1)", Claim::kOldBrowser},
      {"Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.1", Claim::kProgram},
      {"Mozilla/5.0 (compatible; robot/2.1; +http://robot.test/)", Claim::kProgram},
      {"curl/7.88.1", Claim::kProgram},
      {"", Claim::kProgram},
      {"Mozilla/5.0 Chrome/99999999999999999999", Claim::kOldBrowser},
  };
  for (const auto& each : cases) EXPECT_EQ(claim_of(each.user_agent), each.claim) << each.user_agent;
}

TEST(Judging, BrowsersAreJudgedByWhatTheyOpenThemselves) {
  const struct {
    std::string fields;
    Reason reason, doubt;
    const char* why;
  } cases[] = {
      {browser(kChromium, true, ""), Reason::kNone, Reason::kNone, "address typed in"},
      {browser(kFirefox, true, ""), Reason::kNone, Reason::kNone, "the same"},
      {browser(kChromium, true, "http://www.site.test/a"), Reason::kNone, Reason::kMaybeFramed,
       "a link, or a frame"},
      {browser(kChromium, true, "http://m.site.test/a"), Reason::kNone, Reason::kMaybeFramed,
       "of the same site"},
      {browser(kChromium, true, "http://WWW.Site.test:8080/a"), Reason::kNone, Reason::kMaybeFramed,
       "case, port"},
      {browser(kChromium, true, "http://other.test/"), Reason::kCrossSite, Reason::kNone,
       "a link, or a frame"},
      {browser(kChromium, true, "http://www.site.test@other.test/"), Reason::kCrossSite, Reason::kNone,
       "user name"},
      {browser(kChromium, true, "about:blank"), Reason::kNone, Reason::kNone, "from nowhere"},
      {browser(kFirefox, true, "", field("Pragma", "no-cache")), Reason::kNone, Reason::kReloadWithoutCookies,
       "a thumbnail"},
      {browser(kFirefox, true, "", field("Pragma", "no-cache") + field("Cookie", "a=1")), Reason::kNone,
       Reason::kNone, "a reload that has cookies"},
      {browser(kChromium, false, "http://www.site.test/"), Reason::kMaybeFramed, Reason::kNone, "an image"},
      {browser(kChromium, false, "http://other.test/"), Reason::kCrossSite, Reason::kNone,
       "an image elsewhere"},
      {browser(kChromium, false, ""), Reason::kBareSubResource, Reason::kNone,
       "Referrer-Policy: no-referrer"},
      {browser(kChromium, false, "http://www.site.test/", field("Origin", "http://other.test")),
       Reason::kCrossOriginRequest, Reason::kNone, "CORS"},
      {browser(kChromium, false, "", field("Origin", "null")), Reason::kCrossOriginRequest, Reason::kNone,
       "CORS without an origin"},
      {browser(kChromium, true, "", field("Purpose", "prefetch")), Reason::kPrefetch, Reason::kNone,
       "prefetch"},
      {browser(kChromium, true, "", field("Sec-Purpose", "prefetch;prerender")), Reason::kPrefetch,
       Reason::kNone, "prerender"},
      {browser(kFirefox, true, "", field("X-Moz", "prefetch")), Reason::kPrefetch, Reason::kNone, "prefetch"},
  };
  for (const auto& each : cases) {
    const Judgement judgement = judged(each.fields);
    EXPECT_EQ(name_of(judgement.reason), name_of(each.reason)) << each.why;
    EXPECT_EQ(name_of(judgement.doubt), name_of(each.doubt)) << each.why;
  }
}

TEST(Judging, MediaAreSubResources) {
  const std::string fields = field("User-Agent", kChromium) + field("Accept", "*/*") +
                             field("Accept-Language", "en") +
                             field("Accept-Encoding", "identity;q=1, *;q=0") + field("Range", "bytes=0-");
  EXPECT_EQ(judged(fields).reason, Reason::kBareSubResource);
}

TEST(Judging, FetchMetadataSayItOutright) {
  const struct {
    const char *dest, *mode, *site, *method;
    Reason reason;
  } cases[] = {
      {"document", "navigate", "none", "GET", Reason::kNone},
      {"document", "navigate", "cross-site", "GET", Reason::kNone},
      {"document", "navigate", "same-origin", "POST", Reason::kNone},
      {"document", "navigate", "cross-site", "POST", Reason::kCrossSite},
      {"iframe", "navigate", "cross-site", "GET", Reason::kCrossSite},
      {"iframe", "navigate", "same-origin", "GET", Reason::kMaybeFramed},
      {"image", "no-cors", "same-origin", "GET", Reason::kMaybeFramed},
      {"image", "no-cors", "cross-site", "GET", Reason::kCrossSite},
      {"empty", "cors", "cross-site", "GET", Reason::kCrossOriginRequest},
      {"empty", "cors", "same-site", "GET", Reason::kCrossOriginRequest},
  };
  for (const auto& each : cases) {
    const std::string fields =
        browser(kChromium, true, "http://www.site.test/",
                field("Sec-Fetch-Dest", each.dest) + field("Sec-Fetch-Mode", each.mode) +
                    field("Sec-Fetch-Site", each.site));
    const Judgement judgement = judged(fields, each.method);
    EXPECT_EQ(name_of(judgement.reason), name_of(each.reason)) << each.dest << " " << each.site;
    EXPECT_EQ(judgement.doubt, Reason::kNone);
  }
}

TEST(Judging, ProgramsAreJudgedByEverything) {
  const std::string base = field("Accept", "*/*");
  const std::string cases[] = {
      "",
      base + field("User-Agent", "curl/7.88.1"),
      base + field("User-Agent", kOldExplorer),
      base + field("User-Agent", kOldExplorer) + field("Referer", "http://www.search.test/"),
      base + field("User-Agent", kOldExplorer) + field("Pragma", "no-cache"),
      base + field("User-Agent", kChromium),
      base + field("User-Agent", kChromium) + field("Accept-Language", "en"),
      base + field("User-Agent", kChromium) + field("Purpose", "prefetch"),
      base + field("User-Agent", kChromium) + field("Origin", "http://other.test"),
      base + field("User-Agent", kChromium) + field("Sec-Fetch-Dest", "image"),
      base + field("Cookie", "session=QUJD") + field("User-Agent", kExplorer),
      browser("curl/7.88.1", false, "http://other.test/"),
  };
  for (const std::string& fields : cases) {
    const Judgement judgement = judged(fields);
    EXPECT_EQ(judgement.reason, Reason::kNone) << fields;
    EXPECT_EQ(judgement.doubt, Reason::kNone) << fields;
    EXPECT_FALSE(judgement.is_elsewhere);
  }
}

TEST(Judging, OldBrowsersHaveFewerExceptions) {
  EXPECT_EQ(judged(browser(kExplorer, false, "")).reason, Reason::kNone);
  EXPECT_EQ(judged(browser(kExplorer, true, "http://www.site.test/")).doubt, Reason::kNone);
  EXPECT_EQ(judged(browser(kExplorer, true, "", field("Pragma", "no-cache"))).doubt, Reason::kNone);
  EXPECT_EQ(judged(browser(kExplorer, false, "http://www.site.test/")).doubt, Reason::kMaybeFramed);
  EXPECT_EQ(judged(browser(kExplorer, false, "http://other.test/")).reason, Reason::kCrossSite);
  EXPECT_EQ(judged(browser(kExplorer, true, "http://other.test/")).doubt, Reason::kCrossSite);
  EXPECT_FALSE(judged(browser(kExplorer, true, "http://other.test/")).is_elsewhere);
}

TEST(Judging, PagesThatAnotherSiteLedToAreElsewhere) {
  EXPECT_TRUE(judged(browser(kChromium, true, "http://other.test/")).is_elsewhere);
  EXPECT_FALSE(judged(browser(kChromium, false, "http://other.test/")).is_elsewhere);
  const std::string post =
      browser(kChromium, true, "", field("Origin", "http://other.test")) + field("Content-Length", "0");
  EXPECT_TRUE(judged(post, "POST").is_elsewhere);
}

TEST(Judging, AddressesAreSitesOfTheirOwn) {
  EXPECT_EQ(judged(browser(kChromium, false, "http://192.0.2.2/"), "GET", "192.0.2.1").reason,
            Reason::kCrossSite);
  EXPECT_EQ(judged(browser(kChromium, false, "http://192.0.2.1/"), "GET", "192.0.2.1").reason,
            Reason::kMaybeFramed);
  EXPECT_EQ(judged(browser(kChromium, false, "http://[2001:db8::1]:80/"), "GET", "[2001:db8::1]").reason,
            Reason::kMaybeFramed);
}

TEST(Judging, RemembersTheSiteOfAReferer) {
  const std::string text = testing::head_text("GET", "http://www.site.test/", kHost,
                                              browser(kChromium, false, "http://img.site.test/"));
  protocol::RequestHead head;
  ASSERT_EQ(head.parse(text).kind, protocol::HeadStep::Kind::kDone);
  Exchange::Memory memory;
  EXPECT_EQ(source_of(shape_of(head), kHost, memory), Source::kSameSite);
  EXPECT_EQ(memory.referer_host, "img.site.test");
  EXPECT_EQ(source_of(shape_of(head), kHost, memory), Source::kSameSite);
}

}  // namespace
}  // namespace mogura::challenge::detail
