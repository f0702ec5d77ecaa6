#include "finding/activity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "finding/detail/sessions_for_test.h"

namespace mogura::finding {
namespace {

using testing::tunnel;

Finding finding_of(const std::string& destination) {
  Finding finding;
  finding.kind = "connect";
  finding.destination = destination;
  return finding;
}

session::Session visit(const std::string& destination, std::uint32_t client, int start_s, int lasts_s = 0) {
  session::Session session = tunnel(destination, protocol::Inner::kSsh, client, start_s);
  session.end = session.start + std::chrono::seconds(lasts_s);
  return session;
}

Timestamp second(std::int64_t s) {
  return Timestamp(std::chrono::seconds(s));
}

TEST(Activity, CountsEachSessionInTheSlicesInWhichItWasAlive) {
  Activity activity;
  activity.add(visit("a:1", 1, 100, 3));
  activity.add(visit("a:1", 1, 102, 0));
  activity.add(visit("a:1", 2, 105, 0));
  activity.add(visit("b:1", 3, 101, 0));
  const Timeline timeline = activity.timeline(finding_of("a:1"));
  EXPECT_EQ(timeline.from, second(100));
  EXPECT_EQ(timeline.to, second(106));
  ASSERT_EQ(timeline.clients.size(), 2u);
  EXPECT_EQ(timeline.clients[0].name, "10.0.0.1");
  EXPECT_EQ(timeline.clients[0].slices, (std::vector<std::uint32_t>{1, 1, 2, 1, 0, 0}));
  EXPECT_EQ(timeline.clients[1].slices, (std::vector<std::uint32_t>{0, 0, 0, 0, 0, 1}));
  EXPECT_EQ(timeline.clients[0].sessions, 2u);
  EXPECT_FALSE(timeline.is_cut);
}

TEST(Activity, PutsTheDestinationsOfOneProgramTogether) {
  Activity activity;
  activity.add(visit("a:1", 1, 100));
  activity.add(visit("b:1", 1, 101));
  Finding finding = finding_of("a:1");
  finding.destinations = {"a:1", "b:1"};
  const Timeline timeline = activity.timeline(finding);
  ASSERT_EQ(timeline.clients.size(), 1u);
  EXPECT_EQ(timeline.clients[0].slices, (std::vector<std::uint32_t>{1, 1}));
}

TEST(Activity, KnowsNothingOfServicesNeverSeenAndOfTunnelsInWhichNothingWasSent) {
  Activity activity;
  session::Session spare = visit("a:1", 1, 100);
  spare.inner = protocol::Inner::kNone;
  activity.add(spare);
  EXPECT_TRUE(activity.timeline(finding_of("a:1")).clients.empty());
  EXPECT_TRUE(activity.timeline(finding_of("never:1")).clients.empty());
}

TEST(Activity, ShowsAtMostSoManySlicesAndClients) {
  Activity activity;
  const int last = static_cast<int>(Activity::kSlices);
  for (std::uint32_t client = 0; client <= Activity::kClients; ++client) {
    for (std::uint32_t i = 0; i <= client; ++i) activity.add(visit("a:1", client, static_cast<int>(i)));
  }
  activity.add(visit("a:1", 0, last - 1));
  EXPECT_EQ(activity.timeline(finding_of("a:1")).clients[0].slices.size(), Activity::kSlices);
  activity.add(visit("a:1", 0, last));
  const Timeline timeline = activity.timeline(finding_of("a:1"));
  EXPECT_EQ(timeline.clients[0].slices.size(), Activity::kSlices / 2 + 1) << "two seconds a slice";
  EXPECT_EQ(timeline.to, second(last + 2));
  EXPECT_EQ(timeline.clients.size(), Activity::kClients);
  EXPECT_TRUE(timeline.is_cut);
  EXPECT_EQ(timeline.clients[0].name, "10.0.0.50") << "most sessions first";
}

TEST(Activity, MakesSlicesLongerWhereCellsBecomeTooMany) {
  struct Row {
    int seconds;
    std::size_t limit;
    std::size_t slices;
    const char* why;
  };
  for (const Row& row :
       {Row{7, 8, 7, "fits"}, Row{8, 8, 8, "fits exactly"},
        Row{9, 8, 5, "one too many: slices of two seconds"}, Row{33, 8, 5, "slices of eight seconds"}}) {
    Activity activity(row.limit);
    for (int s = 0; s < row.seconds; ++s) activity.add(visit("a:1", 1, s));
    const Timeline timeline = activity.timeline(finding_of("a:1"));
    ASSERT_EQ(timeline.clients.size(), 1u) << row.why;
    const auto& sessions = timeline.clients[0].slices;
    EXPECT_EQ(sessions.size(), row.slices) << row.why;
    EXPECT_EQ(std::accumulate(sessions.begin(), sessions.end(), 0), row.seconds) << row.why;
  }
}

TEST(Activity, DoesNotDependOnTheOrderOfSessions) {
  std::vector<session::Session> sessions;
  for (int i = 0; i < 500; ++i) {
    const auto client = static_cast<std::uint32_t>(i % 7);
    sessions.push_back(visit("place-" + std::to_string(i % 5) + ":1", client, i * 13 % 997, i % 40));
  }
  const auto timelines = [&] {
    Activity activity(64);
    for (const session::Session& session : sessions) activity.add(session);
    std::vector<Timeline> all;
    for (int i = 0; i < 5; ++i) {
      all.push_back(activity.timeline(finding_of("place-" + std::to_string(i) + ":1")));
    }
    return all;
  };
  const std::vector<Timeline> expected = timelines();
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same in every run
  for (int round = 0; round < 10; ++round) {
    std::shuffle(sessions.begin(), sessions.end(), random);
    const std::vector<Timeline> actual = timelines();
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(actual[i].from, expected[i].from);
      EXPECT_EQ(actual[i].clients, expected[i].clients);
    }
  }
}

TEST(Activity, GivesUpWholeServicesWhereClientsAloneAreTooMany) {
  Activity activity(10);
  for (int service = 0; service < 10; ++service) {
    for (std::uint32_t client = 0; client < 4; ++client) {
      activity.add(visit("place-" + std::to_string(service) + ":1", client, 5));
    }
  }
  std::size_t known = 0;
  for (int service = 0; service < 10; ++service) {
    const std::size_t clients =
        activity.timeline(finding_of("place-" + std::to_string(service) + ":1")).clients.size();
    EXPECT_TRUE(clients == 0 || clients == 4) << "all of a service, or nothing";
    known += clients != 0 ? 1 : 0;
  }
  EXPECT_EQ(known, 2u);
}

TEST(Activity, SurvivesTimesAtTheEndsOfTheClock) {
  Activity activity;
  session::Session session = visit("a:1", 1, 0);
  session.start = Timestamp::min();
  session.end = Timestamp::max();
  activity.add(session);
  const Timeline timeline = activity.timeline(finding_of("a:1"));
  EXPECT_LE(timeline.clients[0].slices.size(), Activity::kSlices);
  EXPECT_GT(timeline.to, timeline.from);
}

}  // namespace
}  // namespace mogura::finding
