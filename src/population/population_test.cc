#include "population/population.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <random>
#include <set>

#include "population/detail/office_test.h"
#include "population/detail/uses.h"

namespace mogura::population {
namespace {

using testing::append;
using testing::beacon;
using testing::browse;
using testing::browser_of;
using testing::Day;
using testing::list_of;
using testing::office;
using testing::population_of;
using testing::session_of;
using testing::strength;

constexpr char kOdd[] = "Mozilla/4.0 (compatible; MSIE 5.01; Windows NT 5.0)";

// An office with a bit of everything that statements are made about.
Day odd_office(std::uint32_t clients = 30, std::uint64_t seed = 1) {
  Day day = office(clients, seed);
  append(day, beacon(3, "cdn.beacon.net", kOdd, 30));
  append(day, beacon(4, "cdn.beacon.net", kOdd, 20));
  append(day, beacon(5, "www.impostor.net", browser_of(5), 12, "c02f-c030-000a"));
  append(day, beacon(6, "one.generated.net", "Agent/1", 4));
  append(day, beacon(6, "www.generated.org", "Agent/1", 4));
  append(day, beacon(7, "nameless.net", "-", 6, "1302-1301"));
  for (std::uint32_t client = 10; client < 18; ++client) {
    append(day, beacon(client, "updates.vendor.com", "Updater/2", 2, "1302-c02c"));
  }
  Day mismatch = beacon(8, "front.example.net", browser_of(8), 3, list_of(8));
  for (session::Session& session : mismatch) session.sni = "other.example.org";
  append(day, mismatch);
  return day;
}

std::set<std::string> destinations_of(const Day& day) {
  std::set<std::string> names;
  for (const session::Session& session : day) names.insert(session.destination);
  return names;
}

// Everything that a population says, exact to the last bit.
std::string describe(const Population& population, const Day& day, bool with_texts = true) {
  std::string text;
  const auto add = [&](const std::vector<Statement>& statements) {
    for (const Statement& s : statements) {
      text += "  " + s.code + " " + (with_texts ? s.text : "");
      for (const double value : {s.observed, s.expected, s.strength}) {
        char number[40];
        std::snprintf(number, sizeof number, " %a", value);
        text += number;
      }
      text += "\n";
    }
  };
  for (const std::string& name : destinations_of(day)) {
    const Population::Destination known = population.destination(name);
    text += name;
    if (with_texts) text += " " + std::to_string(known.sessions);
    text += " " + std::to_string(known.clients) + " " + std::to_string(known.domain_clients) + " " +
            std::to_string(known.has_browser) + " " + std::to_string(known.user_agents.size()) + "\n";
    add(population.about_destination(name));
  }
  for (const Population::SharedProgram& program : population.programs_with_own_destinations()) {
    text += program.user_agent + " " + std::to_string(program.destinations.size()) + "\n";
  }
  add(population.about_user_agent(kOdd));
  add(population.about_cipher_list("1302-c02c"));
  return text + std::to_string(population.clients());
}

std::map<std::string, double> strengths(const Population& population, const Day& day) {
  std::map<std::string, double> result;
  for (const std::string& name : destinations_of(day)) {
    for (const Statement& s : population.about_destination(name)) {
      double& strongest = result[name + " " + s.code];
      strongest = std::max(strongest, s.strength);
    }
  }
  return result;
}

TEST(Population, SaysNothingOfRarityAboutFewClients) {
  for (const std::uint32_t clients : {1u, 5u, kLeastClients - 1}) {
    const Day day = odd_office(clients);
    Day few;
    std::copy_if(day.begin(), day.end(), std::back_inserter(few), [&](const session::Session& s) {
      return s.client.address <= Address::v4(0x0A000000 + clients);
    });
    const Population population = population_of(few);
    const std::set<std::string> facts{"target-sni-mismatch",
                                      "certificate-mismatch",
                                      "no-sni",
                                      "user-agent-many-hellos",
                                      "misspelt-user-agent",
                                      "hello-many-user-agents",
                                      "hello-not-of-claimed-browser",
                                      "no-alpn"};
    for (const std::string& name : destinations_of(few)) {
      for (const Statement& s : population.about_destination(name)) {
        EXPECT_TRUE(facts.contains(s.code)) << s.code << ": " << s.text;
        EXPECT_LE(s.strength, 0.5) << s.text;
      }
    }
    EXPECT_TRUE(population.programs_with_own_destinations().empty());
    EXPECT_TRUE(population.about_user_agent(kOdd).empty());
  }
}

TEST(Population, SaysNothingAboutWhatItDoesNotKnow) {
  const Population population = population_of(office(20));
  EXPECT_TRUE(population.about_destination("unknown.example:443").empty());
  EXPECT_TRUE(population.about_user_agent("unknown").empty());
  EXPECT_TRUE(population.about_cipher_list("unknown").empty());
  EXPECT_EQ(population.destination("unknown.example:443").sessions, 0u);
  const Population empty;
  EXPECT_TRUE(empty.about_destination("").empty());
  EXPECT_TRUE(empty.programs_with_own_destinations().empty());
}

TEST(Population, AccusesNoOrdinaryOffice) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const Day day = office(40, seed);
    for (const auto& [what, strength] : strengths(population_of(day), day)) {
      const bool speaks_for_it = what.ends_with(" many-clients") || what.ends_with(" mixed-programs");
      EXPECT_TRUE(speaks_for_it || strength < 0.5) << what << " " << strength << ", seed " << seed;
    }
  }
}

TEST(Population, ReadingTheSameTwiceChangesNoStrength) {
  const Day day = odd_office();
  Day twice = day;
  append(twice, day);
  EXPECT_EQ(describe(population_of(twice), day, false), describe(population_of(day), day, false));
}

TEST(Population, CopyingOneClientsSessionsChangesNoStrength) {
  const Day day = odd_office();
  for (const std::uint32_t client : {3u, 5u, 6u, 7u, 8u, 12u, 20u}) {
    Day more = day;
    for (const session::Session& session : day) {
      if (session.client.address != Address::v4(0x0A000000 + client)) continue;
      more.insert(more.end(), 9, session);
    }
    EXPECT_EQ(describe(population_of(more), day, false), describe(population_of(day), day, false)) << client;
  }
}

TEST(Population, CopyingAClientAsNewOnesRaisesNoStrength) {
  const Day day = odd_office();
  const auto before = strengths(population_of(day), day);
  for (const std::uint32_t client : {3u, 5u, 6u, 7u, 8u, 12u, 20u}) {
    Day more = day;
    for (std::uint32_t copy = 1; copy <= 10; ++copy) {
      for (session::Session session : day) {
        if (session.client.address != Address::v4(0x0A000000 + client)) continue;
        session.client.address = Address::v4(0x0B000000 + copy);
        more.push_back(std::move(session));
      }
    }
    const auto after = strengths(population_of(more), day);
    for (const auto& [what, strength] : after) {
      ASSERT_TRUE(before.contains(what)) << what;
      EXPECT_LE(strength, before.at(what)) << what << ", client " << client;
    }
  }
}

TEST(Population, MergingPartsInAnyOrderGivesTheWhole) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    Day day = odd_office(30, seed);
    const std::string whole = describe(population_of(day), day);
    std::mt19937 random(seed);
    for (int round = 0; round < 3; ++round) {
      std::shuffle(day.begin(), day.end(), random);
      std::vector<Population> parts(4);
      for (const session::Session& session : day) parts[random() % 4].add(session);
      std::shuffle(parts.begin(), parts.end(), random);
      Population merged;
      for (const Population& part : parts) merged.merge(part);
      ASSERT_EQ(describe(merged, day), whole) << "seed " << seed;
    }
  }
}

TEST(Population, MayGrowAfterItWasAsked) {
  const Day day = odd_office();
  Population population = population_of(office(30));
  EXPECT_EQ(strength(population, "cdn.beacon.net:80", "exclusive-program"), 0);
  for (const session::Session& session : beacon(3, "cdn.beacon.net", kOdd, 30)) population.add(session);
  EXPECT_GE(strength(population, "cdn.beacon.net:80", "exclusive-program"), 0.5);
}

TEST(Population, KnowsTheDestination) {
  const Population population = population_of(odd_office());
  const Population::Destination beacon = population.destination("cdn.beacon.net:80");
  EXPECT_EQ(beacon.sessions, 50u);
  EXPECT_EQ(beacon.clients, 2u);
  EXPECT_EQ(beacon.domain_clients, 2u);
  EXPECT_EQ(beacon.user_agents, std::vector<std::string>{kOdd});
  EXPECT_TRUE(beacon.cipher_lists.empty());
  EXPECT_FALSE(beacon.has_browser);
  const Population::Destination known = population.destination("www.known1.com:443");
  EXPECT_TRUE(known.has_browser);
  EXPECT_GE(known.domain_clients, known.clients);
  EXPECT_FALSE(population.destination("www.impostor.net:443").has_browser);
}

TEST(Population, ListsAtMostSixtyFourNamesOfADestination) {
  Day day;
  for (std::uint32_t i = 0; i < 100; ++i)
    append(day, beacon(i, "www.example.com", "agent/" + std::to_string(i), 1));
  const Population population = population_of(day);
  EXPECT_EQ(population.destination("www.example.com:80").user_agents.size(),
            Population::Destination::kListed);
}

TEST(Population, PutsTheDestinationsOfOneProgramTogether) {
  const auto shared = population_of(odd_office()).programs_with_own_destinations();
  ASSERT_EQ(shared.size(), 1u);
  EXPECT_EQ(shared[0].user_agent, "Agent/1");
  EXPECT_EQ(shared[0].destinations,
            (std::vector<std::string>{"one.generated.net:80", "www.generated.org:80"}));
}

TEST(Population, CountsWhatItCannotKeep) {
  Limits limits;
  for (const std::size_t limit : {9u, 10u, 11u}) {
    limits.group_keys = limit;
    Day day;
    for (std::uint32_t i = 0; i < 10; ++i) append(day, beacon(i, "a" + std::to_string(i) + ".com", "x", 2));
    const Population population = population_of(day, limits);
    EXPECT_EQ(population.clients(), 10u);
    EXPECT_EQ(population.sessions_not_kept(), limit < 10 ? 2u : 0u);
  }
}

TEST(Population, KeepsSitesOfOneSessionSmall) {
  Population population;
  constexpr std::uint32_t kSites = 60'000;
  for (std::uint32_t i = 0; i < kSites; ++i) {
    population.add(session_of(browse(i % 500, "www.site" + std::to_string(i) + ".com", i)));
  }
  EXPECT_LT(population.memory_bytes() / kSites, 400u);
}

}  // namespace
}  // namespace mogura::population
