#include "icap/detail/message_heads.h"

#include <gtest/gtest.h>

namespace mogura::icap::detail {
namespace {

class Stripping : public testing::Test {
 protected:
  std::string stripped(const std::string& head) {
    protocol::RequestHead request;
    EXPECT_EQ(request.parse(head).kind, protocol::HeadStep::Kind::kDone) << head;
    std::string out;
    write_without_ours(head, request, gate, out);
    return out;
  }

  challenge::Secret secret{std::array<std::uint8_t, challenge::Secret::kBytes>{7}};
  challenge::Tokens tokens{secret, std::chrono::hours(24)};
  challenge::Gate gate{{}, secret, nullptr};
  std::string ours = gate.cookies().name() + "=" + tokens.issue(Address::v4(9), "h", Timestamp{});
};

TEST_F(Stripping, TakesOursOutAndLeavesAllElseToTheByte) {
  const std::string before = "GET http://h/ HTTP/1.1\r\nHost: h\r\nuser-agent:  x \r\n",
                    after = "Accept: */*\r\n\r\n";
  EXPECT_EQ(stripped(before + "Cookie: " + ours + "\r\n" + after), before + after);
  EXPECT_EQ(stripped(before + "COOKIE:a=1; " + ours + "; b=2 \r\n" + after),
            before + "COOKIE:a=1; b=2 \r\n" + after);
  EXPECT_EQ(stripped(before + "Cookie: a=1\r\n" + after), before + "Cookie: a=1\r\n" + after);
  EXPECT_EQ(stripped(before + "Cookie: " + ours + "\r\nCookie: a=1\r\nCookie: " + ours + "\r\n\r\n"),
            before + "Cookie: a=1\r\n\r\n");
}

TEST(WriteWithLines, PutsThemBehindTheLastField) {
  std::string out;
  write_with_lines("HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "Set-Cookie: c\r\nSet-Cookie: d\r\n", out);
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nA: b\r\nSet-Cookie: c\r\nSet-Cookie: d\r\n\r\n");
}

}  // namespace
}  // namespace mogura::icap::detail
