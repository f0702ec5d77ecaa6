#include "whois/detail/exchange.h"

#include <gtest/gtest.h>

#include "whois/test_server.h"

namespace mogura::whois::detail {
namespace {

ExchangeLimits local() {
  ExchangeLimits limits;
  limits.public_only = false;
  return limits;
}

TEST(WhoisExchange, SendsTheLineAndReadsToTheEnd) {
  std::string name;
  std::vector<std::string> lines;
  {
    TestServer server([](const std::string&, const std::string& line) { return "you said " + line; }, 1);
    const auto answer = exchange(*server_in(server.name()), "a.example\r\n", local());
    ASSERT_TRUE(answer.has_value()) << answer.error().message();
    EXPECT_EQ(*answer, "you said a.example\r\n");
  }
}

TEST(WhoisExchange, ReadsNoMoreThanTheLimit) {
  for (const std::size_t more : {0u, 1u, 100'000u}) {
    TestServer server(
        [more](const std::string&, const std::string&) { return std::string(5000 + more, 'x'); }, 1);
    ExchangeLimits limits = local();
    limits.answer_bytes = 5000;
    const auto answer = exchange(*server_in(server.name()), "q\r\n", limits);
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->size(), 5000u);
  }
}

TEST(WhoisExchange, NothingSaidIsAnError) {
  TestServer server([](const std::string&, const std::string&) { return ""; }, 1);
  const auto answer = exchange(*server_in(server.name()), "q\r\n", local());
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, ErrorCode::kIo);
  EXPECT_EQ(answer.error().place, server.name());
}

TEST(WhoisExchange, NobodyThereIsAnError) {
  std::string name;
  {
    TestServer gone([](const std::string&, const std::string&) { return "x"; }, 0);
    name = gone.name();
  }
  const auto answer = exchange(*server_in(name), "q\r\n", local());
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, ErrorCode::kIo);
}

TEST(WhoisExchange, AddressesInsideAreNotConnectedTo) {
  for (const std::string_view host : {"127.0.0.1", "10.0.0.1", "::1", "169.254.169.254"}) {
    const auto answer = exchange({std::string(host), 43}, "q\r\n", ExchangeLimits{});
    ASSERT_FALSE(answer.has_value()) << host;
    EXPECT_EQ(answer.error().code, ErrorCode::kUsage) << host;
  }
}

}  // namespace
}  // namespace mogura::whois::detail
