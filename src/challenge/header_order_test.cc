#include "challenge/header_order.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "challenge/detail/order_table.h"

namespace mogura::challenge {
namespace {

constexpr std::string_view kChrome =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
constexpr std::string_view kFirefox =
    "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";
constexpr std::string_view kTrident = "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko";

struct Row {
  std::string family, names;
  Wire wire = Wire::kPlain;
  HeaderOrder order;
};

std::vector<Row> recorded() {
  const std::map<std::string, Wire> wires = {
      {"plain", Wire::kPlain}, {"tls", Wire::kTls}, {"http2", Wire::kHttp2}, {"connect", Wire::kConnect}};
  std::ifstream file(std::string(MOGURA_SOURCE_DIR) + "/src/challenge/testdata/heads.tsv");
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream words(line);
    std::string family, wire, method, minor, names;
    std::getline(words, family, '\t');
    std::getline(words, wire, '\t');
    std::getline(words, method, '\t');
    std::getline(words, minor, '\t');
    std::getline(words, names, '\t');
    rows.push_back(
        {family, names, wires.at(wire), HeaderOrder::of_names(names, method, minor == "0" ? 0 : 1)});
  }
  return rows;
}

std::string_view user_agent_of(std::string_view family) {
  if (family == "Chromium") return kChrome;
  if (family == "Firefox") return kFirefox;
  return "";
}

OrderJudgement judged(std::string_view names, Wire wire, std::string_view user_agent) {
  return judge_order(HeaderOrder::of_names(names), wire, user_agent);
}

std::string looks_like(std::string_view names, Wire wire = Wire::kPlain) {
  return families_of(HeaderOrder::of_names(names), wire).text();
}

TEST(HeaderOrder, RecordedBrowsersNeverContradictThemselves) {
  std::size_t browsers = 0;
  for (const Row& row : recorded()) {
    const std::string_view user_agent = user_agent_of(row.family);
    if (user_agent.empty()) continue;
    ++browsers;
    const OrderJudgement judgement = judge_order(row.order, row.wire, user_agent);
    EXPECT_EQ(judgement.verdict, OrderVerdict::kFits)
        << row.names << ": " << row.order.text() << ": " << explain(judgement, row.order);
  }
  EXPECT_GT(browsers, 300u);
}

// As Squid passes them on to an ICAP service.
std::string relayed(const std::string& names) {
  std::istringstream words(names);
  std::string left;
  for (std::string name; words >> name;) {
    if (!detail::is_relays_own(HeaderOrder::of_names(name).letters().front())) left += name + " ";
  }
  return left + "Host";
}

TEST(HeaderOrder, BehindAGatewayBrowsersDoNotContradictThemselvesEither) {
  std::size_t browsers = 0;
  for (const Row& row : recorded()) {
    const std::string_view user_agent = user_agent_of(row.family);
    if (user_agent.empty()) continue;
    const HeaderOrder order = HeaderOrder::of_names(relayed(row.names));
    browsers += row.order == order ? 0u : 1u;
    const OrderJudgement judgement = judge_order(order, row.wire, user_agent, true);
    EXPECT_EQ(judgement.verdict, OrderVerdict::kFits) << row.names << ": " << explain(judgement, order);
  }
  EXPECT_GT(browsers, 100u) << "that had something to take out";
}

TEST(HeaderOrder, BehindAGatewayProgramsContradictBrowsersAllTheSame) {
  for (const Row& row : recorded()) {
    if (!user_agent_of(row.family).empty() || row.wire == Wire::kConnect) continue;
    const HeaderOrder order = HeaderOrder::of_names(relayed(row.names));
    for (const std::string_view user_agent : {kChrome, kFirefox}) {
      // What these differ from Chromium in is where fields for one hop stand.
      const bool is_like_it = row.family == "Wget" || row.family == "libcurl" || row.family == "Node's fetch";
      if (user_agent == kChrome && is_like_it) continue;
      EXPECT_TRUE(judge_order(order, row.wire, user_agent, true).contradicts())
          << row.family << " as " << user_agent << ": " << row.names;
    }
  }
}

TEST(HeaderOrder, EachBrowserContradictsTheOthersUserAgent) {
  std::map<std::string, std::pair<int, int>> found;  // family → contradicting, all
  for (const Row& row : recorded()) {
    if (user_agent_of(row.family).empty()) continue;
    const std::string_view other = row.family == "Chromium" ? kFirefox : kChrome;
    auto& [contradicting, all] = found[row.family];
    contradicting += judge_order(row.order, row.wire, other).contradicts() ? 1 : 0;
    ++all;
  }
  for (const auto& [family, counts] : found) EXPECT_EQ(counts.first, counts.second) << family;
}

TEST(HeaderOrder, RecordedProgramsLookLikeWhatTheyAre) {
  std::set<std::string> families;
  for (const Row& row : recorded()) {
    const std::string text = families_of(row.order, row.wire).text();
    if (row.wire == Wire::kConnect && text.empty()) continue;  // Lynx's
    families.insert(row.family);
    EXPECT_NE(text.find(row.family), std::string::npos) << row.family << ": " << row.names << ": " << text;
  }
  EXPECT_EQ(families.size(), 15u);
}

TEST(HeaderOrder, RecordedProgramsContradictBrowsersUserAgents) {
  for (const Row& row : recorded()) {
    if (!user_agent_of(row.family).empty()) continue;
    for (const std::string_view user_agent : {kChrome, kFirefox}) {
      const OrderJudgement judgement = judge_order(row.order, row.wire, user_agent);
      EXPECT_TRUE(judgement.contradicts()) << row.family << " as " << user_agent << ": " << row.names;
    }
  }
}

// What implants' libraries send, by published captures (docs/guides/challenges/passive.md).
TEST(HeaderOrder, KnowsLibrariesOfWindows) {
  EXPECT_EQ(looks_like("Accept Accept-Language UA-CPU Accept-Encoding User-Agent Host Connection"),
            "WinINet or Node");
  EXPECT_EQ(looks_like("Accept Referer Accept-Language User-Agent Accept-Encoding Host Connection Pragma"),
            "WinINet");
  EXPECT_EQ(looks_like("Cache-Control Connection Pragma Accept User-Agent Host"), "WinHTTP");
  EXPECT_EQ(looks_like("Connection Accept Accept-Encoding User-Agent Host"), "WinHTTP");
}

TEST(HeaderOrder, ExactlyAnotherProgramsOrderIsNamed) {
  const OrderJudgement judgement = judged("Host User-Agent Accept Proxy-Connection", Wire::kPlain, kChrome);
  EXPECT_EQ(judgement.verdict, OrderVerdict::kAnotherFamily);
  EXPECT_EQ(
      explain(judgement, HeaderOrder::of_names("Host User-Agent Accept Proxy-Connection")),
      "the User-Agent says Chromium, but the fields come in the order of libcurl: Host, User-Agent, Accept, "
      "Proxy-Connection");
}

TEST(HeaderOrder, TridentWithoutItsLibrarysOrderContradicts) {
  EXPECT_EQ(
      judged("Accept Accept-Language Accept-Encoding User-Agent Host Connection", Wire::kPlain, kTrident)
          .verdict,
      OrderVerdict::kFits);
  EXPECT_EQ(judged("Host Accept Cookie User-Agent Connection Cache-Control", Wire::kPlain, kTrident).verdict,
            OrderVerdict::kUnknown);
}

TEST(HeaderOrder, SmallLettersAreABrowsersInHttp2Alone) {
  const std::string_view names = "host connection user-agent accept accept-encoding accept-language";
  EXPECT_EQ(judged(names, Wire::kPlain, kChrome).verdict, OrderVerdict::kLowerCase);
  EXPECT_EQ(judged("host user-agent accept sec-fetch-mode accept-encoding", Wire::kHttp2, kChrome).verdict,
            OrderVerdict::kFits);
}

TEST(HeaderOrder, InsideTlsBrowsersSayWhatTheyFetchFor) {
  const std::string_view names = "Host Connection User-Agent Accept Accept-Encoding Accept-Language";
  EXPECT_EQ(judged(names, Wire::kTls, kChrome).verdict, OrderVerdict::kNoFetchData);
  EXPECT_EQ(judged(names, Wire::kPlain, kChrome).verdict, OrderVerdict::kFits);
  EXPECT_EQ(judged(names, Wire::kTls, "Mozilla/5.0 Chrome/79.0 Safari/537.36").verdict, OrderVerdict::kFits);
}

TEST(HeaderOrder, WhatAProxyInBetweenHasWrittenIsNotJudged) {
  for (const std::string_view field : {"Via", "Forwarded", "X-Forwarded-For"}) {
    const std::string names = "Host User-Agent Accept " + std::string(field);
    EXPECT_EQ(judged(names, Wire::kPlain, kChrome).verdict, OrderVerdict::kNothing) << field;
  }
}

TEST(HeaderOrder, WhatAddOnsAndScriptsAddStandsAnywhere) {
  EXPECT_EQ(judged("X-Ad Host X-B Proxy-Connection User-Agent Accept X-C Accept-Encoding Accept-Language X-D",
                   Wire::kPlain, kChrome)
                .verdict,
            OrderVerdict::kFits);
}

TEST(HeaderOrder, ProgramsWithoutAKnownOrderAreNotJudged) {
  for (const std::string_view user_agent :
       {"MyUpdater/1.0", "", "Mozilla/5.0 (Windows NT) WindowsPowerShell/5.1",
        "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15"}) {
    EXPECT_EQ(judged("Host User-Agent", Wire::kPlain, user_agent).verdict, OrderVerdict::kNothing)
        << user_agent;
  }
}

TEST(HeaderOrder, WritesWhatTheFormatsPageSays) {
  const auto order = HeaderOrder::of_names(
      "Host Proxy-Connection Upgrade-Insecure-Requests User-Agent Accept Accept-Encoding Accept-Language "
      "Cookie");
  EXPECT_EQ(order.text(), "1g1t-HPWUAELC");
  EXPECT_EQ(HeaderOrder::of_names("user-agent X-Mine x-mine", "POST", 0).text(), "1p0m-Ux");
  EXPECT_EQ(HeaderOrder::of_names("", "BREW").text(), "1x1--");
}

TEST(HeaderOrder, KeepsAsManyLettersAsThereIsRoomFor) {
  for (const std::size_t count :
       {HeaderOrder::kMaxLetters - 1, HeaderOrder::kMaxLetters, HeaderOrder::kMaxLetters + 1}) {
    std::string names;
    for (std::size_t i = 0; i < count; ++i) names += i % 2 == 0 ? "Host " : "Accept ";
    const auto order = HeaderOrder::of_names(names);
    EXPECT_EQ(order.letters().size(), std::min(count, HeaderOrder::kMaxLetters));
    EXPECT_EQ(order.is_cut(), count > HeaderOrder::kMaxLetters);
    EXPECT_EQ(judge_order(order, Wire::kPlain, kChrome).verdict,
              order.is_cut() ? OrderVerdict::kNothing : OrderVerdict::kUnknown);
  }
}

TEST(HeaderOrder, ReadsAHead) {
  constexpr std::string_view kHead =
      "GET http://a.example/ HTTP/1.0\r\nHost: a.example\r\nUser-Agent: b\r\nRange: bytes=0-1\r\nPriority: "
      "u=1\r\n\r\n";
  protocol::RequestHead head;
  ASSERT_EQ(head.parse(kHead).kind, protocol::HeadStep::Kind::kDone);
  EXPECT_EQ(HeaderOrder::of(head).text(), "1g0t-HUBy");
  EXPECT_EQ(wire_of(head, true, false), Wire::kTls);
}

TEST(ClaimedFamily, ReadsUserAgents) {
  const std::pair<std::string_view, Family> kCases[] = {
      {kChrome, Family::kChromium},
      {"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
       Family::kChromium},
      {"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/64.0 Safari/537.36 Edge/17.1",
       Family::kWinInet},
      {kFirefox, Family::kFirefox},
      {kTrident, Family::kWinInet},
      {"curl/7.88.1", Family::kLibcurl},
      {"git/2.39.5", Family::kLibcurl},
      {"Java/17.0.1", Family::kJavaUrlConnection},
      {"Java-http-client/17.0.1", Family::kJavaHttpClient},
      {"Mozilla/5.0 (compatible; Bot/1.0; +http://bot.example) Chrome/100", Family::kUnknown},
      {"something/1.0 curl/7", Family::kUnknown},
  };
  for (const auto& [user_agent, family] : kCases) EXPECT_EQ(claimed_family(user_agent), family) << user_agent;
  EXPECT_EQ(claimed_version(kChrome), 156u);
  EXPECT_EQ(claimed_version(kFirefox), 153u);
}

}  // namespace
}  // namespace mogura::challenge
