#include "capture/detail/interface.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::capture::detail {
namespace {

TEST(Interface, KnowsTheLoopback) {
  const Result<Interface> found = find_interface("lo");
  if (!found) GTEST_SKIP() << "the loopback interface is not there or down";
  EXPECT_TRUE(found->is_loopback);
  EXPECT_GT(found->index, 0);
  EXPECT_EQ(found->link_type, packet::LinkType::kEthernet);
}

TEST(Interface, NamesThoseThatThereAre) {
  for (const char* name : {"none-such", "", "a-name-longer-than-any-interface-can-have"}) {
    const Result<Interface> found = find_interface(name);
    ASSERT_FALSE(found) << name;
    EXPECT_EQ(found.error().code, ErrorCode::kUsage);
    EXPECT_THAT(found.error().message(), testing::HasSubstr("there is no such network interface"));
  }
}

TEST(Interface, AMissingPermissionSaysWhatToDo) {
  EXPECT_THAT(no_permission("eth0").message(),
              testing::AllOf(testing::HasSubstr("CAP_NET_RAW"), testing::HasSubstr("setcap")));
}

}  // namespace
}  // namespace mogura::capture::detail
