#include "capture/detail/packet_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::capture::detail {
namespace {

const Interface kInterface{"none-such", 0, false, packet::LinkType::kEthernet};

TEST(PacketFilter, CompilesForTheKernel) {
  const auto code = compile_filter("tcp port 3128", kInterface, packet::LinkType::kEthernet);
  ASSERT_TRUE(code) << code.error().message();
  // The program ends in a return, and what passes is captured whole.
  EXPECT_EQ(code->back().code & 0x07, BPF_RET);
  EXPECT_THAT(*code, testing::Contains(testing::Field(&sock_filter::k, kSnapLength)));
}

TEST(PacketFilter, DependsOnTheLinkType) {
  const auto ethernet = compile_filter("tcp", kInterface, packet::LinkType::kEthernet);
  const auto raw = compile_filter("tcp", kInterface, packet::LinkType::kRaw);
  ASSERT_TRUE(ethernet && raw);
  EXPECT_NE(ethernet->size(), raw->size());
}

TEST(PacketFilter, SaysWhatIsWrong) {
  const auto code = compile_filter("tcp prot 80", kInterface, packet::LinkType::kEthernet);
  ASSERT_FALSE(code);
  EXPECT_EQ(code.error().code, ErrorCode::kUsage);
  EXPECT_THAT(code.error().message(), testing::HasSubstr("filter \"tcp prot 80\": "));
  EXPECT_FALSE(code.error().cause.empty());
}

}  // namespace
}  // namespace mogura::capture::detail
