#include "doctor/ports.h"

#include <gtest/gtest.h>

namespace mogura::doctor {
namespace {

constexpr const char* kTable =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    "   0: 0100007F:0C38 00000000:0000 0A 00000000:00000000 00:00000000 00000000   900        0 1 1 0 100 0 "
    "0 10 0\n"
    "   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 "
    "0 10 0\n"
    "   2: 0100007F:1F90 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0 100 0 "
    "0 10 0\n"
    "   3: 00000000000000000000000001000000:2115 00000000000000000000000000000000:0000 0A 0:0 0:0 0 33 0 4\n";

Endpoint endpoint(const char* address, std::uint16_t port) {
  return {*Address::parse(address), port};
}

TEST(ParseListeners, TakesListeningSocketsOfBothFamilies) {
  const std::vector<Listener> listeners = parse_listeners(kTable);
  ASSERT_EQ(listeners.size(), 3u);
  EXPECT_EQ(listeners[0].endpoint, endpoint("127.0.0.1", 3128));
  EXPECT_EQ(listeners[0].user, 900u);
  EXPECT_EQ(listeners[1].endpoint, endpoint("0.0.0.0", 22));
  EXPECT_EQ(listeners[2].endpoint, endpoint("::1", 8469));
  EXPECT_EQ(listeners[2].user, 33u);
}

TEST(ParseListeners, LeavesOutWhatItDoesNotUnderstand) {
  for (const char* line :
       {"", "0:", "0: x:y z 0A 0 0 0 0", "0: 0100007F:FFFFF 0:0 0A 0 0 0 0", "0: 01:1 0:0 0A 0 0 0 0"}) {
    EXPECT_TRUE(parse_listeners(line).empty()) << line;
  }
}

TEST(JudgePort, TellsFreeOursAndAnothers) {
  const std::vector<Listener> listeners = parse_listeners(kTable);
  struct Case {
    Endpoint wanted;
    bool is_running;
    Level expected;
    const char* why;
  };
  const Case cases[] = {
      {endpoint("127.0.0.1", 3129), false, Level::kOk, "free"},
      {endpoint("127.0.0.1", 3129), true, Level::kProblem, "it runs, and is not there"},
      {endpoint("127.0.0.1", 3128), true, Level::kOk, "ours"},
      {endpoint("127.0.0.1", 3128), false, Level::kProblem, "ours does not run: another's"},
      {endpoint("10.0.0.1", 3128), false, Level::kOk, "another address"},
      {endpoint("0.0.0.0", 3128), false, Level::kProblem, "all addresses, of which one is taken"},
      {endpoint("10.0.0.1", 22), false, Level::kProblem, "taken on all addresses"},
      {endpoint("::", 8469), false, Level::kProblem, "the same of IPv6"},
      {endpoint("127.0.0.1", 8469), false, Level::kOk, "the other family"},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(judge_port(one.wanted, listeners, 900, one.is_running).level, one.expected) << one.why;
  }
}

}  // namespace
}  // namespace mogura::doctor
