#include "protocol/detail/http1_methods.h"

#include <gtest/gtest.h>

namespace mogura::protocol::detail {
namespace {

TEST(HttpMethods, AreKnownInAnyCase) {
  for (const char* method : {"GET", "connect", "Version-Control", "UPDATEREDIRECTREF", "RPC_IN_DATA"})
    EXPECT_TRUE(is_known_method(method)) << method;
  for (const char* method : {"", "GE", "GETS", "PRI", "*", "FROB"})
    EXPECT_FALSE(is_known_method(method)) << method;
}

TEST(HttpMethods, AreKnownByTheirBeginning) {
  for (const char* start : {"", "c", "CONN", "connect", "UPDATER"})
    EXPECT_TRUE(begins_known_method(start)) << start;
  for (const char* start : {"CONNECTS", "FR", " "}) EXPECT_FALSE(begins_known_method(start)) << start;
}

}  // namespace
}  // namespace mogura::protocol::detail
