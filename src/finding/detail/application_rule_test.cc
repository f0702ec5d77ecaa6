#include <gtest/gtest.h>

#include <algorithm>

#include "finding/detail/rules.h"
#include "finding/detail/sessions_for_test.h"

namespace mogura::finding::detail {
namespace {

using identity::Application;
using identity::Class;
using testing::facts_of;
using testing::ssl;
using testing::tunnel;

EvidenceList judged(const Application& application, const session::Session& session) {
  EvidenceList evidence;
  judge_application(facts_of({session}), application, evidence);
  return evidence;
}

TEST(Application, WeighsByItsClassAndHowSureTheNameIs) {
  const session::Session web = ssl("a.example:443", 1, 0, "agent", "1301");
  const session::Session ssh = tunnel("a.example:443", protocol::Inner::kSsh);
  const struct {
    Application application;
    const session::Session* session;
    double weight;  // 0: no evidence
    const char* why;
  } cases[] = {
      {{"OpenVPN", Class::kVpn, 1, {}}, &web, 0.55, "a tunnel"},
      {{"OpenVPN", Class::kVpn, 0.5, {}}, &web, 0.28, "half sure"},
      {{"OpenVPN", Class::kVpn, 0.3, {}}, &web, 0, "not sure enough"},
      {{"git", Class::kDeveloperTool, 0.8, {}}, &web, -0.2, "explained"},
      {{"git", Class::kDeveloperTool, 0.8, {}}, &ssh, 0, "an ordinary name is no excuse for a tunnel"},
      {{"chat", Class::kMessaging, 1, {}}, &web, 0, "neither"},
      {{"", Class::kUnknown, 1, {}}, &web, 0, "no name"},
  };
  for (const auto& c : cases) {
    const EvidenceList evidence = judged(c.application, *c.session);
    ASSERT_EQ(evidence.size(), c.weight == 0 ? 0u : 1u) << c.why;
    if (c.weight != 0) {
      EXPECT_NEAR(evidence[0].weight, c.weight, 1e-9) << c.why;
    }
  }
}

TEST(Application, SaysWhichClueTold) {
  const EvidenceList evidence =
      judged({"OpenVPN", Class::kVpn, 1, {{"inner-protocol", "openvpn"}}}, ssl("a:443", 1, 0, "x", "1301"));
  EXPECT_EQ(evidence.at(0).text, "looks like OpenVPN (vpn), by its inner-protocol openvpn");
}

TEST(Clues, ComeFromSessionsFeaturesAndShape) {
  session::Session session = ssl("gw.example.org:443", 1, 0, "tool/1.0", "1301");
  session.sni = "inner.example.org";
  session.lengths = {{session::Direction::kUp, 52, 40}};
  const identity::Clues clues = clues_of(
      facts_of({session}), {{"beacon", "…", 0.4, {}, {}}, {"few-clients", "…", 0.1, {}, {}}}, nullptr);
  const auto has = [&](const char* source, const char* value) {
    return std::find(clues.clues.begin(), clues.clues.end(), identity::Clue{source, value}) !=
           clues.clues.end();
  };
  EXPECT_TRUE(has("sni", "inner.example.org"));
  EXPECT_TRUE(has("user-agent", "tool/1.0"));
  EXPECT_TRUE(has("shape", "beacon"));
  EXPECT_TRUE(has("length", "up 52"));
}

}  // namespace
}  // namespace mogura::finding::detail
