#include "console/console.h"

#include <gtest/gtest.h>

#include "console/testing/running_console_test.h"

namespace mogura::console {
namespace {

using namespace testing;

Options at(const char* address) {
  Options options;
  options.listen = {*Address::parse(address), 0};
  return options;
}

TEST(Console, LoopbackNeedsNothing) {
  for (const char* address : {"127.0.0.1", "127.1.2.3", "::1"}) EXPECT_EQ(contradiction_in(at(address)), "");
}

TEST(Console, OtherAddressesNeedTlsAndALogin) {
  for (const char* address : {"0.0.0.0", "::", "192.0.2.1", "10.0.0.1", "2001:db8::1", "128.0.0.1"}) {
    Options options = at(address);
    EXPECT_NE(contradiction_in(options).find("needs --certificate"), std::string::npos) << address;
    options.certificate = options.key = "x.pem";
    EXPECT_NE(contradiction_in(options).find("needs --htpasswd or --token"), std::string::npos) << address;
    options.token_file = "t";
    EXPECT_EQ(contradiction_in(options), "") << address;
    options.token_file.clear();
    options.htpasswd = "p";
    EXPECT_EQ(contradiction_in(options), "") << address;
    options.certificate = options.key = "";
    EXPECT_NE(contradiction_in(options), "") << "a login that others could read";
  }
}

TEST(Console, RefusesOptionsThatDoNotFit) {
  Options options;
  options.key = "k";
  EXPECT_NE(contradiction_in(options).find("belong together"), std::string::npos);
  for (const unsigned threads : {0U, 65U}) EXPECT_NE(contradiction_in({.threads = threads}), "") << threads;
  for (const unsigned threads : {1U, 64U}) EXPECT_EQ(contradiction_in({.threads = threads}), "") << threads;
  options = {};
  options.session_longest = options.session_idle - std::chrono::seconds(1);
  EXPECT_NE(contradiction_in(options), "");
  for (const char* name : {"", "a/b", "http://a", "a b", "a,b", "é"})
    EXPECT_NE(contradiction_in({.host_names = {name}}), "") << name;
  for (const char* name : {"console.example", "192.0.2.1", "[2001:db8::1]", "a:8470"})
    EXPECT_EQ(contradiction_in({.host_names = {name}}), "") << name;
}

TEST(Console, OpenRefusesContradictions) {
  RunningConsole other;
  const auto opened = Console::open(at("0.0.0.0"), other.surroundings());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kUsage);
}

TEST(Console, ListensAnswersAndStops) {
  RunningConsole other;
  auto console = Console::open(test_options(), other.surroundings());
  ASSERT_TRUE(console);
  EXPECT_NE((*console)->endpoint().port, 0);
  (*console)->start();
  Client client((*console)->endpoint());
  EXPECT_EQ(client.ask(request("GET /")).status(), 200U);
  (*console)->reload();
  (*console)->stop();
  EXPECT_EQ(client.some(), "");
}

TEST(Console, NeedNotBeStarted) {
  RunningConsole other;
  EXPECT_TRUE(Console::open(test_options(), other.surroundings()));
}

}  // namespace
}  // namespace mogura::console
