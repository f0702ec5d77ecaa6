#include "proxy/detail/shared.h"

#include <gtest/gtest.h>

namespace mogura::proxy::detail {
namespace {

TEST(ClientCounts, AdmitsUpToTheLimitOfOneClientAndOfAll) {
  ProxyLimits limits;
  limits.connections = 3;
  limits.connections_per_client = 2;
  const Address one = Address::v4(0x0A000001), other = Address::v4(0x0A000002);
  ClientCounts counts;
  EXPECT_TRUE(counts.enter(one, limits));
  EXPECT_TRUE(counts.enter(one, limits));
  EXPECT_FALSE(counts.enter(one, limits)) << "its own limit";
  EXPECT_TRUE(counts.enter(other, limits));
  EXPECT_FALSE(counts.enter(other, limits)) << "the limit of all";
  counts.leave(one);
  EXPECT_TRUE(counts.enter(other, limits));
}

TEST(ClientCounts, LeavingWithoutHavingEnteredChangesNothing) {
  ProxyLimits limits;
  limits.connections = 1;
  ClientCounts counts;
  counts.leave(Address::v4(0x0A000001));
  EXPECT_TRUE(counts.enter(Address::v4(0x0A000001), limits));
  EXPECT_FALSE(counts.enter(Address::v4(0x0A000001), limits));
}

}  // namespace
}  // namespace mogura::proxy::detail
