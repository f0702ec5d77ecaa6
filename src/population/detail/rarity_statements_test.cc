#include <gtest/gtest.h>

#include <cmath>

#include "population/detail/office_test.h"
#include "population/detail/statements.h"

namespace mogura::population::detail {
namespace {

using testing::append;
using testing::beacon;
using testing::browse;
using testing::Day;
using testing::find;
using testing::office;
using testing::population_of;
using testing::session_of;
using testing::strength;

constexpr char kOdd[] = "Odd/1";

TEST(FewClients, AreStatedWhereOneComesOften) {
  Day day = office(40);
  append(day, beacon(3, "b.net", testing::browser_of(3), 30));
  // Of what its client visits as often, everything has more clients.
  for (std::uint32_t client = 1; client <= 40; ++client) {
    for (std::uint32_t site = 0; site < 20; ++site) {
      for (std::uint32_t step = 0; step < 20; ++step) {
        day.push_back(session_of(browse(client, "busy" + std::to_string(site) + ".com", step)));
      }
    }
  }
  const Statement s = find(population_of(day).about_destination("b.net:80"), "few-clients");
  EXPECT_EQ(
      s.text,
      "b.net has 1 client, and one came 30 times; of 20 other sites where one came 15 times or more, 0 have "
      "as few clients, and half have 40 or more");
  EXPECT_EQ(s.observed, 1);
  EXPECT_EQ(s.expected, 40);
  EXPECT_NEAR(s.strength, std::log10(21.0) / 4, 1e-12);
}

TEST(FewClients, AreNotStatedWithFewerThanTenSitesToCompare) {
  for (const std::uint32_t sites : {8u, 9u, 10u, 11u}) {
    Day day = beacon(3, "b.net", testing::browser_of(3), 6);
    for (std::uint32_t client = 1; client <= 12; ++client) {
      for (std::uint32_t site = 0; site < sites; ++site) {
        for (std::uint32_t step = 0; step < 4; ++step) {
          day.push_back(session_of(browse(client, "busy" + std::to_string(site) + ".com", step + client)));
        }
      }
      day.push_back(session_of(browse(client, "own" + std::to_string(client) + ".com", 0)));
    }
    EXPECT_EQ(strength(population_of(day), "b.net:80", "few-clients") > 0, sites >= 10) << sites;
  }
}

TEST(FewUserAgents, AreStatedOfManyMachinesWithOneProgram) {
  Day day = office(60);
  for (std::uint32_t client = 10; client < 30; ++client) append(day, beacon(client, "b.net", kOdd, 2));
  const Population population = population_of(day);
  EXPECT_GE(strength(population, "b.net:80", "few-user-agents"), 0.3);
  EXPECT_EQ(strength(population, "b.net:80", "many-clients"), 0) << "they do not bring the usual variety";
  EXPECT_EQ(strength(population, "www.known1.com:443", "few-user-agents"), 0);
}

TEST(ExclusiveProgram, GrowsWithTheNumberOfVisits) {
  double before = -1;
  for (const std::uint32_t calls : {1u, 3u, 8u, 20u}) {
    Day day = office(40);
    append(day, beacon(3, "b.net", kOdd, calls));
    const double now = strength(population_of(day), "b.net:80", "exclusive-program");
    EXPECT_GT(now, before) << calls;
    EXPECT_TRUE(calls > 3 || now < 0.5) << calls;
    EXPECT_TRUE(calls < 20 || now >= 0.5) << calls;
    before = now == 0 ? -1e-9 : now;
  }
}

TEST(ExclusiveProgram, IsACipherListToo) {
  Day day = office(40);
  append(day, beacon(3, "b.net", "-", 20, "c02f-c030"));
  const Population population = population_of(day);
  EXPECT_GE(strength(population, "b.net:443", "exclusive-program"), 0.5);
  EXPECT_GE(find(population.about_cipher_list("c02f-c030"), "exclusive-program").strength, 0.5);
}

TEST(ExclusiveProgram, IsNotOneThatGoesElsewhereToo) {
  Day day = office(40);
  append(day, beacon(3, "b.net", kOdd, 20));
  append(day, beacon(9, "c.net", kOdd, 1));
  EXPECT_EQ(strength(population_of(day), "b.net:80", "exclusive-program"), 0);
}

TEST(RarePrograms, AreAsStrongAsTheyAreRareInTheirPopulation) {
  double before = 0;
  for (const std::uint32_t clients : {20u, 60u, 180u}) {
    Day day = office(clients);
    append(day, beacon(3, "b.net", kOdd, 2, "c02f-c030"));
    const Population population = population_of(day);
    const Statement name = find(population.about_destination("b.net:443"), "rare-user-agent");
    EXPECT_EQ(name.text, "the program \"Odd\" is used by 1 of " + std::to_string(clients) +
                             " clients; 1 has one that is as rare");
    EXPECT_NEAR(name.strength, std::log10(clients) / 4, 1e-12);
    EXPECT_EQ(strength(population, "b.net:443", "rare-cipher-list"), name.strength);
    EXPECT_GT(name.strength, before);
    before = name.strength;
  }
}

TEST(RarePrograms, AreNoneWhereEverybodyHasOne) {
  Day day = office(30);
  for (std::uint32_t client = 1; client <= 30; ++client) {
    append(day, beacon(client, "known1.com", "Own" + std::to_string(client) + "/1", 1));
  }
  append(day, beacon(3, "b.net", kOdd, 5));
  EXPECT_EQ(strength(population_of(day), "b.net:80", "rare-user-agent"), 0);
}

TEST(Harmlessness, IsManyClientsAndSeveralBrowsers) {
  const Population population = population_of(office(30));
  EXPECT_GE(strength(population, "www.known1.com:443", "mixed-programs"), 0.5);
  EXPECT_GT(strength(population, "www.known1.com:443", "many-clients"), 0.2);
  EXPECT_EQ(strength(population, "www.own3-12.com:443", "many-clients"), 0);
  EXPECT_EQ(strength(population, "www.own3-12.com:443", "mixed-programs"), 0);
}

TEST(Settle, PutsTheStrongestFirstAndDropsTheWeak) {
  std::vector<Statement> statements{{"b", "t", 0, 0, 0.3},
                                    {"a", "u", 0, 0, 0.3},
                                    {"a", "t", 0, 0, 0.3},
                                    {"c", "t", 0, 0, 0.9},
                                    {"d", "t", 0, 0, kLeastStrength / 2}};
  settle(statements);
  std::string order;
  for (const Statement& s : statements) order += s.code + s.text + " ";
  EXPECT_EQ(order, "ct at au bt ");
}

}  // namespace
}  // namespace mogura::population::detail
