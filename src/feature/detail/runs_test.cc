#include "feature/detail/runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace mogura::feature::detail {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string describe(const ByteRun& run) {
  return std::to_string(run.offset) + ":" + std::string(run.bytes) + " x" + std::to_string(run.rows) +
         " in " + std::to_string(run.groups);
}

std::vector<std::string> find(const std::vector<std::string>& messages, const RunOptions& options = {}) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < messages.size(); ++i)
    rows.push_back({messages[i], static_cast<std::uint32_t>(i / 2)});
  std::vector<std::string> found;
  for (const ByteRun& run : find_runs(rows, options)) found.push_back(describe(run));
  return found;
}

TEST(FindRuns, GivesTheLongestRunThatThreeMessagesHaveAtOnePlace) {
  EXPECT_THAT(find({"ABCDxy", "zBCDpq", "_BCDrs"}), ElementsAre("1:BCD x3 in 2"));
}

TEST(FindRuns, SameBytesAtOtherPlacesAreNoRun) {
  EXPECT_THAT(find({"ABCD", "xABCD", "xyABCD", "pqrABCD"}), IsEmpty());
}

TEST(FindRuns, TwoMessagesAreTooFew) {
  EXPECT_THAT(find({"ABCD", "ABCD", "wxyz"}), IsEmpty());
}

TEST(FindRuns, ShorterRunIsGivenBesideTheLongerWhereClearlyMoreMessagesHaveIt) {
  EXPECT_THAT(find({"ABCDE1", "ABCDE2", "ABCDE3", "AB?456", "AB!789"}),
              ElementsAre("0:ABCDE x3 in 2", "0:AB x5 in 3"));
}

TEST(FindRuns, ShorterRunIsLeftOutWhereHardlyMoreMessagesHaveIt) {
  EXPECT_THAT(find({"ABCDE1", "ABCDE2", "ABCDE3", "ABCDE4", "ABCDE5", "AB!789"}),
              ElementsAre("0:ABCDE x5 in 3"));
}

TEST(FindRuns, TwoKindsOfMessagesGiveTwoRuns) {
  EXPECT_THAT(find({"PINGa", "PINGb", "PINGc", "DATAd", "DATAe", "DATAf"}),
              ElementsAre("0:DATA x3 in 2", "0:PING x3 in 2"));
}

TEST(FindRuns, OneValueOverAndOverCountsFromFourOnAndComesLast) {
  const std::string zeros3 = {'\0', '\0', '\0'};
  const std::string zeros5(5, '\0');
  EXPECT_THAT(find({"a" + zeros3 + "b", "c" + zeros3 + "d", "e" + zeros3 + "f"}), IsEmpty());
  EXPECT_THAT(find({"ABa" + zeros5, "ABb" + zeros5, "ABc" + zeros5}),
              ElementsAre("0:AB x3 in 2", "3:" + zeros5 + " x3 in 2"));
}

TEST(FindRuns, EndsAtTheEndOfTheShortestMessageThatHasIt) {
  EXPECT_THAT(find({"AB", "ABC", "ABC"}), ElementsAre("0:AB x3 in 2"));
}

TEST(FindRuns, ShortRunHasToBeInAnEighthOfTheMessages) {
  std::vector<std::string> messages(3, "AB");
  while (messages.size() < 24) messages.push_back({static_cast<char>('a' + messages.size() - 3), 'x'});
  EXPECT_THAT(find(messages), ElementsAre("0:AB x3 in 2"));
  messages.push_back("zx");
  EXPECT_THAT(find(messages), IsEmpty());
  std::vector<std::string> longer(3, "ABCD");
  while (longer.size() < 60) longer.push_back({static_cast<char>('a' + longer.size() - 3), 'x'});
  EXPECT_THAT(find(longer), ElementsAre("0:ABCD x3 in 2"));
}

TEST(FindRuns, CountsGroupsAndAsksForEnoughOfThem) {
  EXPECT_THAT(find({"ABCD", "ABCD", "ABCD", "ABCD"}, {3, 2}), ElementsAre("0:ABCD x4 in 2"));
  EXPECT_THAT(find({"ABCD", "ABCD", "ABCD", "ABCD"}, {3, 3}), IsEmpty());
}

TEST(FindRuns, LooksAtSoManyBytesAndRowsAndNoMore) {
  const std::string filler(kRowBytes - 1, '.');
  EXPECT_THAT(find({"1" + filler + "AB", "2" + filler + "AB", "3" + filler + "AB"}),
              ElementsAre("1:" + filler + " x3 in 2"));
  std::vector<std::string> many(kRows + 10, "AB");
  EXPECT_THAT(find(many), ElementsAre("0:AB x" + std::to_string(kRows) + " in " + std::to_string(kRows / 2)));
}

TEST(FindRuns, AtMostSoMany) {
  std::vector<std::string> messages;
  for (char c = '!'; c < '!' + 60; ++c) {
    messages.insert(messages.end(), 3, std::string{c, static_cast<char>(c + 1), c, static_cast<char>(c + 1)});
  }
  EXPECT_EQ(find(messages).size(), kRuns);
}

// Every pair of a place and bytes that enough messages share, found the slow way.
std::set<std::pair<std::size_t, std::string>> shared_pairs(const std::vector<std::string>& messages) {
  std::set<std::pair<std::size_t, std::string>> shared;
  for (const std::string& m : messages) {
    for (std::size_t at = 0; at + 2 <= m.size(); ++at) {
      const auto has = [&](const std::string& o) {
        return o.size() >= at + 2 && o.compare(at, 2, m, at, 2) == 0;
      };
      if (m[at] != m[at + 1] && std::count_if(messages.begin(), messages.end(), has) >= 3)
        shared.insert({at, m.substr(at, 2)});
    }
  }
  return shared;
}

TEST(FindRuns, EveryPairOfBytesThatThreeMessagesShareIsInARunThatIsReallyThere) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> messages(3 + random() % 8);
    for (std::string& m : messages) {
      m.resize(random() % 9);
      for (char& c : m) c = static_cast<char>('a' + random() % 3);
    }
    std::vector<Row> rows;
    for (const std::string& m : messages) rows.push_back({m, 0});
    std::set<std::pair<std::size_t, std::string>> covered;
    const std::vector<ByteRun> runs = find_runs(rows, {});
    for (const ByteRun& run : runs) {
      EXPECT_EQ(run.rows, std::count_if(messages.begin(), messages.end(), [&](const std::string& m) {
                  return m.size() >= run.offset && m.compare(run.offset, run.bytes.size(), run.bytes) == 0;
                }));
      for (std::size_t i = 0; i + 2 <= run.bytes.size(); ++i)
        covered.insert({run.offset + i, std::string(run.bytes.substr(i, 2))});
    }
    if (runs.size() == kRuns) continue;
    for (const auto& pair : shared_pairs(messages))
      EXPECT_TRUE(covered.contains(pair)) << pair.first << pair.second;
  }
}

TEST(ReadableText, IsFoundWhereItIsUnlikelyToBeChance) {
  struct Case {
    std::string bytes;
    std::string text;
    std::string why;
    std::size_t number = 0;
  };
  const Case cases[] = {
      {"SSH-2.0-OpenSSH_9.2\r\n", "SSH-2.0-OpenSSH_9.2", "a banner, without its line end"},
      {"\x01\x02HELLO1\x03", "HELLO1", "six characters near the beginning"},
      {"HELLO\x03", "", "five are too few"},
      {std::string(5, '\x01') + "HELLO1", "", "six further on could be chance"},
      {std::string(20, '\x01') + "curve25519-sha256\x01", "curve25519-sha256",
       "ten and more further on are not"},
      {"=}#;~^|\"", "", "printable, but no text"},
      {"", "", "nothing"},
      {"HELLO1", "HELLO1", "one of the first messages", kEarlyMessages - 1},
      {"HELLO1", "", "six in a later message could be chance", kEarlyMessages},
      {"HELLO12345", "HELLO12345", "ten are not", kEarlyMessages},
  };
  for (const Case& c : cases) EXPECT_EQ(readable_text(c.bytes, c.number), c.text) << c.why;
}

}  // namespace
}  // namespace mogura::feature::detail
