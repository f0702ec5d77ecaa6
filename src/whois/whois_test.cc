#include "whois/whois.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "whois/test_server.h"

namespace mogura::whois {
namespace {

Options options_for(const std::string& server) {
  Options options;
  options.server = server;
  options.pause = std::chrono::milliseconds{0};
  return options;
}

TEST(WhoisClient, FollowsReferralsToTheLastThatKnows) {
  TestServer last(
      [](const std::string&, const std::string&) { return "org-name: Relay Works\ncountry: JP\n"; }, 1);
  TestServer middle(
      [&](const std::string&, const std::string&) {
        return "registrar: R\nReferralServer: whois://" + last.name() + "\n";
      },
      1);
  TestServer first([&](const std::string&, const std::string&) { return "refer: " + middle.name() + "\n"; },
                   1);
  const auto answer = Client(options_for(first.name())).ask("relay.example");
  ASSERT_TRUE(answer.has_value()) << answer.error().message();
  EXPECT_EQ(answer->servers, (std::vector<std::string>{first.name(), middle.name(), last.name()}));
  EXPECT_EQ(answer->organisation, "Relay Works");
  EXPECT_EQ(answer->country, "JP");
  EXPECT_EQ(answer->text, "org-name: Relay Works\ncountry: JP\n");
}

TEST(WhoisClient, WhoKnowsNothingDoesNotHideWhatWasKnown) {
  TestServer last([](const std::string&, const std::string&) { return "No match for that\n"; }, 1);
  TestServer first(
      [&](const std::string&, const std::string&) { return "registrar: R\nrefer: " + last.name() + "\n"; },
      1);
  const auto answer = Client(options_for(first.name())).ask("relay.example");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->registrar, "R");
  EXPECT_EQ(answer->servers.size(), 2u);
}

TEST(WhoisClient, LoopsEnd) {
  TestServer self(
      [](const std::string& name, const std::string&) { return "registrar: R\nrefer: " + name + "\n"; }, 1);
  const auto answer = Client(options_for(self.name())).ask("relay.example");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->servers.size(), 1u);
}

TEST(WhoisClient, OnlySoManyReferralsAreFollowed) {
  TestServer last([](const std::string&, const std::string&) { return "registrar: last\n"; }, 0);
  TestServer first([&](const std::string&,
                       const std::string&) { return "registrar: first\nrefer: " + last.name() + "\n"; },
                   1);
  Options options = options_for(first.name());
  options.referrals = 0;
  const auto answer = Client(options).ask("relay.example");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->registrar, "first");
}

TEST(WhoisClient, ARefusalIsAnError) {
  TestServer server([](const std::string&, const std::string&) { return "% Query rate limit exceeded\n"; },
                    1);
  const auto answer = Client(options_for(server.name())).ask("relay.example");
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, ErrorCode::kLimit);
}

TEST(WhoisClient, WhatIsNoQuestionIsNotAsked) {
  for (const std::string_view query : {"", "a b", "a\r\nb", "-h x"}) {
    const auto answer = Client(options_for("127.0.0.1:1")).ask(query);
    ASSERT_FALSE(answer.has_value()) << query;
    EXPECT_EQ(answer.error().code, ErrorCode::kUsage) << query;
  }
  EXPECT_EQ(Client(options_for("no server")).ask("a.example").error().code, ErrorCode::kUsage);
}

TEST(WhoisClient, RemembersAnswersBetweenRuns) {
  const std::string folder = testing::TempDir() + "mogura-whois-client";
  std::filesystem::remove_all(folder);
  TestServer server([](const std::string&, const std::string&) { return "registrar: R\n"; }, 1);
  Options options = options_for(server.name());
  options.cache_folder = folder;
  for (int run = 0; run < 2; ++run) {
    const auto answer = Client(options).ask("relay.example");
    ASSERT_TRUE(answer.has_value()) << answer.error().message();
    EXPECT_EQ(answer->registrar, "R");
    EXPECT_EQ(answer->servers, std::vector<std::string>{server.name()});
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace mogura::whois
