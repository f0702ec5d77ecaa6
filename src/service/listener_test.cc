#include "service/listener.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace mogura::service {
namespace {

TEST(Listener, SharesItsPortWithTheNextLoop) {
  const auto first = listen_on({Address::v4(0x7F000001), 0});
  ASSERT_TRUE(first);
  EXPECT_NE(first->endpoint.port, 0);
  const auto second = listen_on(first->endpoint);
  ASSERT_TRUE(second) << second.error().message();
  EXPECT_EQ(second->endpoint, first->endpoint);
  close(first->descriptor);
  close(second->descriptor);
}

TEST(Listener, TakesIpv6) {
  const auto bound = listen_on(*Endpoint::parse("[::1]:0"));
  if (!bound) GTEST_SKIP() << "this machine has no IPv6: " << bound.error().message();
  EXPECT_NE(bound->endpoint.port, 0);
  close(bound->descriptor);
}

TEST(Listener, SaysWhichAddressCannotBeListenedOn) {
  const auto bound = listen_on(*Endpoint::parse("192.0.2.1:3128"));
  ASSERT_FALSE(bound);
  EXPECT_EQ(bound.error().code, ErrorCode::kIo);
  EXPECT_NE(bound.error().message().find("192.0.2.1:3128"), std::string::npos);
}

}  // namespace
}  // namespace mogura::service
