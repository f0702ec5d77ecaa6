#include "whois/detail/pace.h"

#include <gtest/gtest.h>

namespace mogura::whois::detail {
namespace {

using std::chrono::milliseconds;

TEST(WhoisPace, WaitsOnlyForTheSameServer) {
  Pace pace(milliseconds{1000});
  const Pace::Time start{};
  EXPECT_EQ(pace.wait_for("a", start), milliseconds{0});
  EXPECT_EQ(pace.wait_for("b", start), milliseconds{0});
  EXPECT_EQ(pace.wait_for("a", start + milliseconds{300}), milliseconds{700});
  EXPECT_EQ(pace.wait_for("a", start + milliseconds{300}), milliseconds{1700}) << "behind the booked one";
  EXPECT_EQ(pace.wait_for("a", start + milliseconds{9000}), milliseconds{0});
}

TEST(WhoisPace, OfTooManyServersTheOldestIsForgotten) {
  Pace pace(milliseconds{1000});
  const Pace::Time start{};
  for (std::size_t i = 0; i < Pace::kServers; ++i) (void)pace.wait_for(std::to_string(i), start);
  EXPECT_EQ(pace.wait_for("one more", start), milliseconds{0});
  EXPECT_EQ(pace.wait_for("0", start), milliseconds{0});
  EXPECT_EQ(pace.wait_for("255", start), milliseconds{1000});
}

}  // namespace
}  // namespace mogura::whois::detail
