#include "icap/detail/request_head.h"

#include <gtest/gtest.h>

#include <memory>

namespace mogura::icap::detail {
namespace {

using Kind = HeadStep::Kind;

constexpr std::string_view kSquids =
    "RESPMOD icap://127.0.0.1:1344/respmod?x ICAP/1.0\r\nHost: 127.0.0.1:1344\r\nX-Mogura: 1f\r\n"
    "Encapsulated: req-hdr=0, res-hdr=120, res-body=300\r\nPreview: 0\r\nAllow: 204, 206\r\n"
    "X-Client-IP: 10.0.0.7\r\nX-Authenticated-User: YWxpY2U=\r\nX-Client-Port: 51234\r\n\r\n";

TEST(RequestHead, ReadsWhatSquidSends) {
  RequestHead head;
  const HeadStep step = head.parse(kSquids);
  ASSERT_EQ(step.kind, Kind::kDone);
  EXPECT_EQ(step.bytes, kSquids.size());
  EXPECT_EQ(head.method(), Method::kRespmod);
  EXPECT_EQ(head.service(), "/respmod");
  EXPECT_TRUE(head.layout().has_request && head.layout().has_response && head.layout().has_body);
  EXPECT_EQ(head.layout().response, 120u);
  EXPECT_EQ(head.layout().heads_end, 300u);
  EXPECT_EQ(head.preview(), 0u);
  EXPECT_TRUE(head.allows_204() && head.allows_206());
  EXPECT_FALSE(head.closes());
  EXPECT_EQ(head.client(), Address::parse("10.0.0.7"));
  EXPECT_EQ(head.client_port(), 51234);
  EXPECT_EQ(head.user(), "alice");
  EXPECT_EQ(head.pairing(), "1f");
}

TEST(RequestHead, WantsMoreOfEveryTruncation) {
  for (std::size_t size = 0; size < kSquids.size(); ++size) {
    const auto exact = std::make_unique<char[]>(size + 1);
    kSquids.copy(exact.get(), size);
    EXPECT_EQ(RequestHead().parse({exact.get(), size}).kind, Kind::kNeedMore) << size;
  }
}

TEST(RequestHead, RefusesWhatTwoCouldReadDifferently) {
  struct Case {
    std::string_view text;
    unsigned status;
    std::string_view why;
  };
  constexpr Case kCases[] = {
      {"REQMOD icap://h/reqmod ICAP/1.1\r\nEncapsulated: null-body=0\r\n\r\n", 505, "another version"},
      {"GET /reqmod HTTP/1.1\r\nHost: h\r\n\r\n", 400, "HTTP"},
      {"LOGMOD icap://h/reqmod ICAP/1.0\r\n\r\n", 501, "a method that there is not"},
      {"reqmod icap://h/reqmod ICAP/1.0\r\n\r\n", 501, "methods have case"},
      {"REQMOD http://h/reqmod ICAP/1.0\r\nEncapsulated: null-body=0\r\n\r\n", 400, "another scheme"},
      {"REQMOD icap://h/reqmod ICAP/1.0\r\n\r\n", 400, "nothing is encapsulated"},
      {"REQMOD  icap://h/reqmod ICAP/1.0\r\nEncapsulated: null-body=0\r\n\r\n", 400, "two spaces"},
      {"REQMOD icap://h/reqmod ICAP/1.0\r\nEncapsulated : null-body=0\r\n\r\n", 400,
       "a space before the colon"},
      {"REQMOD icap://h/reqmod ICAP/1.0\r\nA: b\n\r\nEncapsulated: null-body=0\r\n\r\n", 400, "a bare LF"},
      {"REQMOD icap://h/reqmod ICAP/1.0\r\nA: b\r\n c\r\nEncapsulated: null-body=0\r\n\r\n", 400, "folding"},
      {"REQMOD icap://h/reqmod ICAP/1.0\r\nEncapsulated: null-body=0\r\nEncapsulated: null-body=0\r\n\r\n",
       400, "two layouts"},
      {"REQMOD icap://h/reqmod ICAP/1.0\r\nEncapsulated: req-hdr=0\r\n\r\n", 400, "no end of the heads"},
      {"REQMOD icap://h/reqmod ICAP/1.0\r\nEncapsulated: req-hdr=1, null-body=2\r\n\r\n", 400, "not from 0"},
      {"REQMOD icap://h/reqmod ICAP/1.0\r\nEncapsulated: req-hdr=0, res-hdr=9, null-body=8\r\n\r\n", 400,
       "back"},
      {"REQMOD icap://h/reqmod ICAP/1.0\r\nEncapsulated: null-body=0, req-hdr=0\r\n\r\n", 400,
       "behind the body"},
      {"REQMOD icap://h/reqmod ICAP/1.0\r\nEncapsulated: req-hdr=0, null-body=-1\r\n\r\n", 400, "negative"},
      {"REQMOD icap://h/reqmod ICAP/1.0\r\nEncapsulated: req-hdr=0, null-body=4194305\r\n\r\n", 400,
       "too far"},
      {"REQMOD icap://h/reqmod ICAP/1.0\r\nEncapsulated: req-hdr=0, other=3\r\n\r\n", 400, "an unknown part"},
      {"REQMOD icap://h/r ICAP/1.0\r\nEncapsulated: req-body=0\r\nPreview: 0\r\nPreview: 0\r\n\r\n", 400,
       "twice"},
      {"REQMOD icap://h/r ICAP/1.0\r\nEncapsulated: req-body=0\r\nPreview: 0x1\r\n\r\n", 400, "no number"},
      {"REQMOD icap://h/r ICAP/1.0\r\nEncapsulated: req-body=0\r\nPreview: 65537\r\n\r\n", 400, "too large"},
  };
  for (const Case& one : kCases) {
    const HeadStep step = RequestHead().parse(one.text);
    EXPECT_EQ(step.kind, Kind::kRefused) << one.why;
    EXPECT_EQ(step.status, one.status) << one.why;
  }
}

TEST(RequestHead, BoundsBytesAndFields) {
  const std::string start = "OPTIONS icap://h/reqmod ICAP/1.0\r\n";
  const HeadLimits limits{.bytes = start.size() + 12, .fields = 2};
  EXPECT_EQ(RequestHead(limits).parse(start + "A: b\r\nC:d\r\n\r\n").kind, Kind::kRefused);
  EXPECT_EQ(RequestHead(limits).parse(start + "A:b\r\nC:d\r\n\r\n").kind, Kind::kDone);
  EXPECT_EQ(RequestHead({.fields = 2}).parse(start + "A:b\r\nC:d\r\n\r\n").kind, Kind::kDone);
  EXPECT_EQ(RequestHead({.fields = 2}).parse(start + "A:b\r\nC:d\r\nE:f\r\n\r\n").kind, Kind::kRefused);
}

TEST(RequestHead, BoundsTheHeadsItSpeaksOf) {
  for (const std::size_t beyond : {0U, 1U}) {
    const std::string text = "REQMOD icap://h/reqmod ICAP/1.0\r\nEncapsulated: req-hdr=0, null-body=" +
                             std::to_string(RequestHead::kOffset + beyond) +
                             "\r\nPreview: " + std::to_string(RequestHead::kPreviewBytes) + "\r\n\r\n";
    EXPECT_EQ(RequestHead().parse(text).kind, beyond == 0 ? Kind::kDone : Kind::kRefused);
  }
}

TEST(RequestHead, FindsTheServiceInEveryFormOfUri) {
  for (const std::string_view uri :
       {"icap://h:1344/reqmod", "ICAP://h/reqmod?a=b", "/reqmod", "icaps://[::1]/reqmod"}) {
    RequestHead head;
    const std::string text = "OPTIONS " + std::string(uri) + " ICAP/1.0\r\n\r\n";
    ASSERT_EQ(head.parse(text).kind, Kind::kDone) << uri;
    EXPECT_EQ(head.service(), "/reqmod") << uri;
  }
}

TEST(RequestHead, LeavesOutWhatItCannotReadOfTheClient) {
  RequestHead head;
  ASSERT_EQ(head.parse("REQMOD /r ICAP/1.0\r\nEncapsulated: null-body=0\r\nX-Client-IP: nobody\r\n"
                       "X-Client-Port: 70000\r\nX-Client-Username: bob\r\nConnection: close\r\n\r\n")
                .kind,
            Kind::kDone);
  EXPECT_FALSE(head.client());
  EXPECT_EQ(head.client_port(), 0);
  EXPECT_EQ(head.user(), "bob");
  EXPECT_TRUE(head.closes());
}

TEST(Base64, IsReadStrictly) {
  EXPECT_EQ(base64_decoded("YQ=="), "a");
  EXPECT_EQ(base64_decoded("YWI="), "ab");
  EXPECT_EQ(base64_decoded("YWJj"), "abc");
  EXPECT_EQ(base64_decoded(""), "");
  for (const std::string_view text : {"YQ", "YQ=", "====", "Y===", "YQ==YQ==", "YW J"}) {
    EXPECT_FALSE(base64_decoded(text)) << text;
  }
}

}  // namespace
}  // namespace mogura::icap::detail
