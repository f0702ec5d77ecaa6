#include "protocol/detail/llhttp_opinion.h"

#include <gtest/gtest.h>

#include <string>

#include "protocol/detail/head_scan.h"

namespace mogura::protocol::detail {
namespace {

HeadProgress scan(std::string_view bytes, bool is_request) {
  HeadProgress progress;
  const HeadLimits limits;
  HeadScan(bytes, limits, is_request, progress).run();
  return progress;
}

const std::string kRequest = "BREW /a HTTP/1.1\r\nHost: h\r\nX-A:\r\nContent-Length: 12\r\n\r\n";

TEST(LlhttpOpinion, AgreesOnWhatIsReadRight) {
  EXPECT_TRUE(llhttp_agrees_on_request(kRequest, scan(kRequest, true)));
  const std::string connect = "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n";
  EXPECT_TRUE(llhttp_agrees_on_request(connect, scan(connect, true)));
  const std::string response = "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_TRUE(llhttp_agrees_on_response(response, scan(response, false)));
}

TEST(LlhttpOpinion, DisagreesOnAnyDifference) {
  const HeadProgress right = scan(kRequest, true);
  auto wrong = right;
  wrong.facts.length = 13;
  EXPECT_FALSE(llhttp_agrees_on_request(kRequest, wrong));
  wrong = right;
  wrong.facts.has_coding = true;
  EXPECT_FALSE(llhttp_agrees_on_request(kRequest, wrong));
  wrong = right;
  wrong.marks.pop_back();
  EXPECT_FALSE(llhttp_agrees_on_request(kRequest, wrong));
  wrong = right;
  ++wrong.marks[0].value;
  EXPECT_FALSE(llhttp_agrees_on_request(kRequest, wrong));
  wrong = right;
  --wrong.marks[2].name_end;
  EXPECT_FALSE(llhttp_agrees_on_request(kRequest, wrong));
}

}  // namespace
}  // namespace mogura::protocol::detail
