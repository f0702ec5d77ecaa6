#include "certificate/bypass.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::certificate {
namespace {

using testing::HasSubstr;

const Timestamp kNow = Timestamp(std::chrono::seconds(1'790'000'000));  // 2026-09-21

BypassList list_of(const std::string& toml) {
  BypassList list;
  const auto added = list.add(toml, "x.toml");
  EXPECT_TRUE(added) << added.error().message();
  return list;
}

TEST(BypassList, CoversAHostOrANameAndAllBelowIt) {
  const BypassList list = list_of(
      "format = 1\n[[bypass]]\nhost = \"App.Example.com\"\ncomment = \"pinned\"\n"
      "[[bypass]]\nsuffix = \".bank.example\"\ncomment = \"money\"\n"
      "[[bypass]]\nhost = \"[2001:db8::1]\"\ncomment = \"an address\"\n");
  struct Row {
    const char* host;
    const char* comment;
  };
  const Row rows[] = {
      {"app.example.com", "pinned"}, {"www.app.example.com", nullptr}, {"bank.example", "money"},
      {"a.b.bank.example", "money"}, {"notbank.example", nullptr},     {"bank.example.evil", nullptr},
      {"2001:db8::1", "an address"}, {"[2001:db8::1]", "an address"},  {"", nullptr},
      {"example", nullptr}};
  for (const Row& row : rows) {
    const Bypass* const found = list.covering(row.host, kNow);
    ASSERT_EQ(found != nullptr, row.comment != nullptr) << row.host;
    if (found != nullptr) {
      EXPECT_EQ(found->comment, row.comment);
    }
  }
}

TEST(BypassList, AnEntryEndsWithItsLastDay) {
  const BypassList list =
      list_of("[[bypass]]\nhost = \"a.example\"\ncomment = \"c\"\nexpires = 2026-09-21\n");
  EXPECT_NE(list.covering("a.example", kNow), nullptr);
  EXPECT_EQ(list.covering("a.example", kNow + std::chrono::days(1)), nullptr);
}

TEST(BypassList, TheFirstEntryThatAppliesIsNamed) {
  const BypassList list = list_of(
      "[[bypass]]\nsuffix = \"example\"\ncomment = \"over\"\nexpires = 2020-01-01\n"
      "[[bypass]]\nsuffix = \"example\"\ncomment = \"second\"\n[[bypass]]\nhost = \"a.example\"\ncomment = "
      "\"third\"\n");
  EXPECT_EQ(list.covering("a.example", kNow)->comment, "second");
}

TEST(BypassList, WhatIsWrongIsNamedWithItsPlace) {
  struct Row {
    const char* toml;
    const char* message;
  };
  const Row rows[] = {
      {"[[bypass]]\nhost = \"a.example\"\n", "x.toml line 1: an entry needs a comment"},
      {"[[bypass]]\ncomment = \"c\"\n", "x.toml line 1: an entry needs either host or suffix"},
      {"[[bypass]]\ncomment = \"c\"\nhost = \"a.example\"\nsuffix = \"a.example\"\n",
       "either host or suffix"},
      {"[[bypass]]\ncomment = \"c\"\nhost = \"*.example\"\n",
       "x.toml line 3: \"*.example\" is no name of a host"},
      {"[[bypass]]\ncomment = \"c\"\nhost = \"https://a.example\"\n", "no name of a host"},
      {"[[bypass]]\ncomment = \"c\"\nhots = \"a.example\"\n", "there is no key \"hots\""},
      {"[[bypass]]\ncomment = 1\nhost = \"a.example\"\n", "x.toml line 2"},
      {"[[exempt]]\ncomment = \"c\"\nhost = \"a.example\"\n", "x.toml line 1"},
  };
  for (const Row& row : rows) {
    BypassList list;
    const auto added = list.add(row.toml, "x.toml");
    ASSERT_FALSE(added) << row.toml;
    EXPECT_THAT(added.error().message(), HasSubstr(row.message));
    EXPECT_TRUE(list.entries().empty());
  }
}

TEST(BypassList, TextsAreLimited) {
  const auto with = [](std::size_t size) {
    return "[[bypass]]\nhost = \"a.example\"\ncomment = \"" + std::string(size, 'c') + "\"\n";
  };
  EXPECT_TRUE(BypassList{}.add(with(kBypassTextBytes - 1), "x"));
  EXPECT_TRUE(BypassList{}.add(with(kBypassTextBytes), "x"));
  const auto beyond = BypassList{}.add(with(kBypassTextBytes + 1), "x");
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, ErrorCode::kLimit);
}

TEST(BypassList, TheBuiltInListIsReadAndEveryEntryNamesItsSource) {
  BypassList list;
  list.add_built_in();
  EXPECT_GT(list.entries().size(), 10U);
  for (const Bypass& entry : list.entries()) {
    EXPECT_THAT(entry.comment, HasSubstr("Source: ")) << entry.line;
    EXPECT_EQ(entry.list, "built-in");
  }
  EXPECT_NE(list.covering("fe2.update.microsoft.com", kNow), nullptr);
  EXPECT_NE(list.covering("www.example.bank", kNow), nullptr);
  EXPECT_EQ(list.covering("www.example.com", kNow), nullptr);
}

}  // namespace
}  // namespace mogura::certificate
