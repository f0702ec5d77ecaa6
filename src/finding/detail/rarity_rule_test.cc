#include <gtest/gtest.h>

#include "finding/detail/rules.h"
#include "finding/detail/sessions_for_test.h"

namespace mogura::finding::detail {
namespace {

using testing::facts_of;
using testing::ssl;

EvidenceList weights_of(const std::vector<double>& weights) {
  EvidenceList evidence;
  for (const double weight : weights) evidence.push_back({"code", "text", weight, {}, {}});
  return evidence;
}

TEST(CutTo, ScalesPositiveWeightsDownToTheLimit) {
  EvidenceList evidence = weights_of({0.9, 0.3, 0.1, -0.2});
  cut_to(evidence, 1, 0.2);
  EXPECT_EQ(evidence[0].weight, 0.9);  // before the place from which on it cuts
  EXPECT_NEAR(evidence[1].weight, 0.15, 1e-9);
  EXPECT_NEAR(evidence[2].weight, 0.05, 1e-9);
  EXPECT_EQ(evidence[3].weight, -0.2);
}

TEST(CutTo, LeavesWhatIsWithinTheLimit) {
  EvidenceList evidence = weights_of({0.1, 0.1});
  cut_to(evidence, 0, 0.2);
  EXPECT_EQ(evidence[0].weight, 0.1);
  EXPECT_EQ(evidence[1].weight, 0.1);
}

// A population of browsers that visit common sites, and one client with a program and a place of its own.
struct Scene {
  Scene() {
    int time = 0;
    for (std::uint32_t client = 1; client <= 30; ++client) {
      for (int site = 0; site < 40; ++site) {
        const std::string name =
            "site" + std::to_string((client * 7 + static_cast<std::uint32_t>(site * site)) % 40);
        population.add(ssl(name + ".net:443", client, time += 20,
                           "Mozilla/5.0 Firefox/" + std::to_string(client % 3 + 120) + ".0", "1301-1303"));
      }
    }
    for (int i = 0; i < 20; ++i) own.push_back(ssl("edge.example.org:443", 1, time += 20, "odd/1.0", "c02b"));
    for (const session::Session& session : own) population.add(session);
  }
  EvidenceList judged(const std::vector<session::Session>& sessions) const {
    EvidenceList evidence;
    const Context context{population, ordinary, places, identity::Catalogue::bundled(), nullptr};
    judge_rarity(facts_of(sessions), {}, context, evidence);
    return evidence;
  }
  population::Population population;
  OrdinaryConversations ordinary;
  HelloPlaces places;
  std::vector<session::Session> own;
};

TEST(Rarity, IsCutAtItsLimit) {
  const Scene scene;
  double sum = 0;
  bool is_exclusive = false;
  for (const Evidence& item : scene.judged(scene.own)) {
    sum += std::max(0.0, item.weight);
    is_exclusive |= item.code == "exclusive-program";
  }
  EXPECT_TRUE(is_exclusive);
  EXPECT_LE(sum, 0.35 + 0.4);  // rarity and contradictions
}

TEST(Rarity, IsNotMadeHarmlessByOtherVisitorsForTunnels) {
  const Scene scene;
  session::Session visit = ssl("site1.net:443", 1, 0, "Mozilla/5.0 Firefox/121.0", "1301-1303");
  const auto is_excused = [&] {
    for (const Evidence& item : scene.judged({visit})) {
      if (item.weight < 0) return true;
    }
    return false;
  };
  EXPECT_TRUE(is_excused());
  visit.kind = session::Kind::kConnect;
  visit.inner = protocol::Inner::kSsh;
  EXPECT_FALSE(is_excused());
}

}  // namespace
}  // namespace mogura::finding::detail
