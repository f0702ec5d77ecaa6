#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "population/detail/office_test.h"
#include "population/detail/statements.h"

namespace mogura::population::detail {
namespace {

using testing::append;
using testing::beacon;
using testing::browser_of;
using testing::Day;
using testing::find;
using testing::list_of;
using testing::office;
using testing::population_of;
using testing::session_of;
using testing::strength;

constexpr char kForeign[] = "c02f-c030-000a";

Day with_impostor(std::uint32_t clients) {
  Day day = office(clients);
  append(day, beacon(5, "b.net", browser_of(5), 8, kForeign));
  return day;
}

TEST(HelloNotOfClaimedBrowser, NeedsOthersOfThatBrowser) {
  EXPECT_GE(strength(population_of(with_impostor(30)), "b.net:443", "hello-not-of-claimed-browser"), 0.5);
  EXPECT_EQ(strength(population_of(with_impostor(5)), "b.net:443", "hello-not-of-claimed-browser"), 0)
      << "four with Chrome, the impostor among them";
  EXPECT_EQ(strength(population_of(office(30)), "www.known1.com:443", "hello-not-of-claimed-browser"), 0);
}

TEST(HelloNotOfClaimedBrowser, IsNoneWhereMoreThanATenthOfferIt) {
  Day day = with_impostor(30);
  for (std::uint32_t client = 6; client <= 12; ++client) {
    append(day, beacon(client, "legacy.com", browser_of(client), 1, kForeign));
  }
  EXPECT_EQ(strength(population_of(day), "b.net:443", "hello-not-of-claimed-browser"), 0);
}

TEST(HelloNotOfClaimedBrowser, IsWeakerForProgramsThatAreNoBrowsers) {
  Day day = office(30);
  for (std::uint32_t client = 1; client <= 30; ++client) {
    append(day, beacon(client, "api" + std::to_string(client % 4) + ".com", "tool/1", 1, "1302-c02c"));
  }
  append(day, beacon(5, "b.net", "tool/1", 8, kForeign));
  EXPECT_EQ(strength(population_of(day), "b.net:443", "hello-not-of-claimed-browser"), 0.4);
}

TEST(HelloOfABrowser, IsABrowsersListWithoutItsName) {
  const auto with = [](std::uint32_t clients, const std::string& user_agent) {
    Day day = office(clients);
    append(day, beacon(5, "b.net", user_agent, 8, list_of(5)));
    return strength(population_of(day), "b.net:443", "hello-of-a-browser");
  };
  EXPECT_GE(with(30, "tool/1"), 0.5);
  EXPECT_EQ(with(30, browser_of(5)), 0) << "has the name";
  EXPECT_EQ(with(5, "tool/1"), 0) << "too few browsers";
}

TEST(UserAgentManyHellos, IsAListForOneSiteBesideThatForManySites) {
  const Statement s =
      find(population_of(with_impostor(30)).about_destination("b.net:443"), "user-agent-many-hellos");
  EXPECT_GE(s.strength, 0.5);
  EXPECT_GE(s.expected, 5);
  EXPECT_LE(strength(population_of(with_impostor(6)), "b.net:443", "user-agent-many-hellos"), 0.4)
      << "hardly anybody to learn from";
}

TEST(UserAgentManyHellos, IsNoneWhereOthersOfThatBrowserDoTheSame) {
  Day day = office(30);
  for (std::uint32_t client = 1; client <= 30; ++client) {
    if (!testing::has_chrome(client))
      append(day, beacon(client, "services.vendor.com", browser_of(client), 1, kForeign));
  }
  EXPECT_EQ(strength(population_of(day), "services.vendor.com:443", "user-agent-many-hellos"), 0);
  EXPECT_EQ(strength(population_of(day), "services.vendor.com:443", "hello-not-of-claimed-browser"), 0);
}

TEST(HelloManyUserAgents, IsOneClientWithManyNamesForOneSite) {
  Day day = office(100);
  for (int name = 0; name < 6; ++name) {
    append(day, beacon(3, "b.net", "Mozilla/5.0 (X11) Firefox/" + std::to_string(90 + name), 1));
  }
  const Statement s = find(population_of(day).about_destination("b.net:80"), "hello-many-user-agents");
  EXPECT_EQ(s.text,
            "one client comes to b.net with 6 User-Agents and one handshake or none; 1 of 100 clients does "
            "so anywhere");
  EXPECT_DOUBLE_EQ(s.strength, 0.5);
}

TEST(TargetSniMismatch, IsStatedOnce) {
  Day day = office(30);
  Day front = beacon(3, "front.net", browser_of(3), 3, list_of(3));
  for (session::Session& session : front) session.sni = "hidden.org";
  append(day, front);
  const Statement s = find(population_of(day).about_destination("front.net:443"), "target-sni-mismatch");
  EXPECT_EQ(s.text,
            "for 1 client, the CONNECT went to front.net:443 and the TLS hello asked for \"hidden.org\"");
  EXPECT_EQ(s.strength, 0.5);
}

TEST(Contradictions, AreHalfAsStrongInASmallPopulation) {
  Day front = beacon(3, "front.net", browser_of(3), 3, list_of(3));
  for (session::Session& session : front) session.sni = "hidden.org";
  EXPECT_EQ(strength(population_of(front), "front.net:443", "target-sni-mismatch"), 0.25);
}

TEST(CertificateMismatch, IsWeakUnlessNobodyElseIssuedIt) {
  for (const bool is_self_signed : {false, true}) {
    Day day = office(30);
    Day site = beacon(3, "site.net", browser_of(3), 1, list_of(3));
    for (session::Session& session : site) {
      session.cert_subject = "CN=other.org";
      session.cert_issuer = is_self_signed ? session.cert_subject : "CN=Some CA";
    }
    append(day, site);
    EXPECT_EQ(strength(population_of(day), "site.net:443", "certificate-mismatch"),
              is_self_signed ? 0.5 : 0.25);
  }
}

TEST(NoSni, IsAContradictionForABrowserOnly) {
  for (const std::string& user_agent : {browser_of(3), std::string("curl/8"), std::string("-")}) {
    Day day = office(30);
    Day site = beacon(3, "site.net", user_agent, 1, list_of(3));
    for (session::Session& session : site) session.sni.clear();
    append(day, site);
    EXPECT_EQ(strength(population_of(day), "site.net:443", "no-sni") > 0, user_agent == browser_of(3))
        << user_agent;
  }
}

TEST(NoAlpn, IsLearnedFromTheOthers) {
  Day day = office(30);
  Day site = beacon(5, "site.net", browser_of(5), 1, list_of(5));
  for (session::Session& session : site) session.alpn.clear();
  append(day, site);
  EXPECT_GE(strength(population_of(day), "site.net:443", "no-alpn"), 0.5);
  for (std::uint32_t client = 7; client < 20; ++client) {
    Day more = beacon(client, "push.vendor.com", browser_of(client), 1, list_of(client));
    for (session::Session& session : more) session.alpn.clear();
    append(day, more);
  }
  EXPECT_EQ(strength(population_of(day), "site.net:443", "no-alpn"), 0);
}

TEST(NoUserAgent, IsAsStrongAsItIsUnusual) {
  Day day = office(30);
  append(day, beacon(3, "b.net", "-", 3));
  const Population population = population_of(day);
  const double sites = static_cast<double>(population.groups().size(GroupBy::kRegistrableDomain));
  EXPECT_NEAR(strength(population, "b.net:80", "no-user-agent"), std::min(1.0, std::log10(sites) / 4), 1e-12);
  append(day, beacon(3, "b.net", "curl/8", 1));
  EXPECT_EQ(strength(population_of(day), "b.net:80", "no-user-agent"), 0) << "some have one";
}

TEST(NoUserAgent, NeedsARequest) {
  Day day = office(30);
  Day bare = beacon(3, "b.net", "-", 3);
  for (session::Session& session : bare) session.methods.clear();
  append(day, bare);
  EXPECT_EQ(strength(population_of(day), "b.net:80", "no-user-agent"), 0);
}

TEST(MisspeltUserAgent, IsSeenInAnyPopulation) {
  const Population population = population_of(beacon(1, "b.net", "Modzilla/5.0 (X11)", 1));
  EXPECT_EQ(strength(population, "b.net:80", "misspelt-user-agent"), 0.5);
  EXPECT_EQ(find(population.about_user_agent("Modzilla/5.0 (X11)"), "misspelt-user-agent").strength, 0.5);
}

}  // namespace
}  // namespace mogura::population::detail
