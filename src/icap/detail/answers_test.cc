#include "icap/detail/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/strict_head.h"

namespace mogura::icap::detail {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Common kCommon{.tag = "t-1", .pairing = {}, .closes = false};

TEST(Answers, OptionsTellThatNoBodyIsWanted) {
  std::string out;
  write_options(Method::kReqmod, {}, kCommon, out);
  EXPECT_THAT(out, testing::StartsWith("ICAP/1.0 200 OK\r\nISTag: \"t-1\"\r\nMethods: REQMOD\r\n"));
  for (const char* line : {"\r\nPreview: 0\r\n", "\r\nTransfer-Preview: *\r\n", "\r\nAllow: 204, 206\r\n",
                           "\r\nMax-Connections: 1000\r\n", "\r\nEncapsulated: null-body=0\r\n\r\n"}) {
    EXPECT_THAT(out, HasSubstr(line));
  }
}

TEST(Answers, EachHasATagAndSaysWhenItCloses) {
  for (const unsigned status : {204U, 400U, 404U, 405U, 408U, 413U, 501U, 503U, 505U}) {
    std::string out;
    write_status(status, {.tag = "t", .pairing = "1f", .closes = true}, out);
    EXPECT_THAT(out, testing::StartsWith("ICAP/1.0 " + std::to_string(status) + " "));
    EXPECT_THAT(out, HasSubstr("\r\nISTag: \"t\"\r\nX-Mogura: 1f\r\nConnection: close\r\n"));
    EXPECT_THAT(out, testing::EndsWith("Encapsulated: null-body=0\r\n\r\n"));
  }
  std::string out;
  write_status(100, kCommon, out);
  EXPECT_EQ(out, "ICAP/1.0 100 Continue\r\n\r\n");
}

TEST(Answers, SayWhatIsEncapsulated) {
  std::string out;
  write_modified({.status = 206, .is_request = false, .head_bytes = 77, .has_body = true}, kCommon, out);
  EXPECT_THAT(out, HasSubstr("ICAP/1.0 206 Partial Content\r\n"));
  EXPECT_THAT(out, HasSubstr("\r\nEncapsulated: res-hdr=0, res-body=77\r\n\r\n"));
  out.clear();
  write_modified({.status = 200, .is_request = true, .head_bytes = 5, .has_body = false}, kCommon, out);
  EXPECT_THAT(out, HasSubstr("\r\nEncapsulated: req-hdr=0, null-body=5\r\n\r\n"));
}

TEST(Answers, TheRefusalIsAWholeResponse) {
  std::string head, page;
  write_refusal(Timestamp{}, "Set-Cookie: a=b\r\n", head, page);
  protocol::ResponseHead response;
  ASSERT_EQ(response.parse(head, "GET").kind, protocol::HeadStep::Kind::kDone);
  EXPECT_EQ(response.status(), 403u);
  EXPECT_EQ(response.framing().length, page.size());
  EXPECT_NE(response.find(protocol::FieldId::kSetCookie), nullptr);
  EXPECT_THAT(page, Not(HasSubstr("\r")));
}

}  // namespace
}  // namespace mogura::icap::detail
