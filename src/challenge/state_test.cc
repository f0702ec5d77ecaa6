#include "challenge/state.h"

#include <gtest/gtest.h>

#include <vector>

namespace mogura::challenge {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

Timestamp at(long ms) {
  return Timestamp{hours(480'000) + milliseconds(ms)};
}

Input input(Sign sign, long ms, std::uint32_t connection = 1) {
  Input made;
  made.sign = sign;
  made.time = at(ms);
  made.connection = connection;
  made.claims_browser = true;
  made.is_browser_like = true;
  return made;
}

Input doubtful(long ms, std::uint32_t connection) {
  Input made = input(Sign::kAbsent, ms, connection);
  made.is_doubtful = true;
  return made;
}

Outcome after(Entry& entry, const std::vector<Input>& inputs, const MachineOptions& options = {}) {
  Outcome outcome;
  for (const Input& each : inputs) outcome = advance(entry, each, options);
  return outcome;
}

// Inserted and delivered.
std::vector<Input> given(long ms) {
  return {input(Sign::kInserted, ms - 1), input(Sign::kDelivered, ms)};
}

void give(Entry& entry, long ms) {
  after(entry, given(ms));
}

TEST(State, NamesAreThoseOfTheLog) {
  EXPECT_EQ(name_of(State::kAddValue), "addvalue");
  EXPECT_EQ(name_of(State::kNeverSet), "neverset");
  EXPECT_EQ(name_of(State::kInconsistency), "inconsistency");
  EXPECT_EQ(name_of(Sign::kElsewhere), "elsewhere");
  EXPECT_EQ(name_of(Sign::kDelivered), "delivered");
  EXPECT_EQ(name_of(Verdict::kNaiveJar), "naive-jar");
  EXPECT_EQ(name_of(Verdict::kExempt), "exempt");
}

TEST(State, NothingCountsBeforeAChallengeIsDelivered) {
  Entry entry;
  for (long ms = 0; ms < 10; ++ms) {
    const Outcome outcome =
        after(entry, {input(Sign::kAbsent, ms, static_cast<std::uint32_t>(ms)), input(Sign::kInserted, ms)});
    EXPECT_FALSE(outcome.is_miss);
  }
  EXPECT_EQ(entry.misses, 0);
  EXPECT_EQ(entry.issued, 10);
  EXPECT_EQ(entry.state, State::kSet);
}

TEST(State, MissCountsOnlyIfTheRequestBeganAfterTheDelivery) {
  const struct {
    long began;
    bool is_miss;
    const char* why;
  } cases[] = {
      {99, false, "under way already"},
      {100, false, "at the same moment"},
      {101, true, "afterwards"},
  };
  for (const auto& each : cases) {
    Entry entry;
    give(entry, 100);
    EXPECT_EQ(after(entry, {input(Sign::kAbsent, each.began, 2)}).is_miss, each.is_miss) << each.why;
  }
}

TEST(State, ParallelRequestsAreOneMissAtMost) {
  Entry entry;
  give(entry, 100);
  std::vector<Input> burst;
  for (std::uint32_t connection = 1; connection <= 20; ++connection) {
    burst.push_back(input(Sign::kAbsent, 200 + connection, connection));
  }
  after(entry, burst);
  EXPECT_EQ(entry.misses, 1);
  EXPECT_EQ(entry.state, State::kResetValue);
}

TEST(State, SuspiciousAfterMissesOnSeveralConnections) {
  Entry entry;
  give(entry, 100);
  EXPECT_FALSE(after(entry, {input(Sign::kAbsent, 101, 1)}).became_suspicious);
  give(entry, 102);
  const Outcome outcome = after(entry, {input(Sign::kAbsent, 103, 2)});
  EXPECT_TRUE(outcome.became_suspicious);
  EXPECT_TRUE(outcome.verdict_changed);
  EXPECT_EQ(outcome.entry.verdict, Verdict::kNoJar);
  EXPECT_EQ(outcome.action, Action::kReissue);
}

TEST(State, SuspiciousOnOneConnectionOnlyAfterTheSpan) {
  const struct {
    long second_miss;
    bool is_suspicious;
  } cases[] = {{199, false}, {200, true}};  // challenged at 100, span 100
  for (const auto& each : cases) {
    Entry entry;
    give(entry, 100);
    after(entry, {input(Sign::kAbsent, 101)});
    give(entry, 102);
    EXPECT_EQ(after(entry, {input(Sign::kAbsent, each.second_miss)}).became_suspicious, each.is_suspicious);
  }
}

TEST(State, MissesUntilSuspiciousCanBeSet) {
  for (unsigned allowed = 1; allowed <= 5; ++allowed) {
    MachineOptions options;
    options.misses = allowed;
    Entry entry;
    unsigned misses = 0;
    for (long ms = 0; entry.state != State::kSuspicious && misses < 10; ms += 1000, ++misses) {
      give(entry, ms);
      after(entry, {input(Sign::kAbsent, ms + 500)}, options);
    }
    EXPECT_EQ(misses, allowed);
  }
}

TEST(State, TwiceAsManyMissesAreAllowedWhereACookieCameBackBefore) {
  Entry entry;
  after(entry, {input(Sign::kCurrent, 0)});
  for (long i = 1; i <= 4; ++i) {
    give(entry, i * 1000);
    EXPECT_EQ(after(entry, {input(Sign::kAbsent, i * 1000 + 500)}).became_suspicious, i == 4) << i;
  }
}

TEST(State, ReturnForgetsMisses) {
  Entry entry;
  give(entry, 0);
  after(entry, {input(Sign::kAbsent, 1)});
  const Outcome outcome = after(entry, {input(Sign::kCurrent, 2)});
  EXPECT_EQ(entry.misses, 0);
  EXPECT_EQ(entry.first_miss, Timestamp{});
  EXPECT_TRUE(entry.has_returned);
  EXPECT_FALSE(entry.is_outstanding);
  EXPECT_EQ(outcome.action, Action::kRelay);
}

TEST(State, OnlyAGoodCookieEndsSuspicion) {
  const struct {
    Sign sign;
    State state;
  } cases[] = {
      {Sign::kCurrent, State::kResetValue},   {Sign::kPrevious, State::kResetValue},
      {Sign::kForeign, State::kSuspicious},   {Sign::kForged, State::kSuspicious},
      {Sign::kGarbage, State::kSuspicious},   {Sign::kAbsent, State::kSuspicious},
      {Sign::kElsewhere, State::kSuspicious}, {Sign::kInserted, State::kSuspicious},
      {Sign::kAdded, State::kSuspicious},     {Sign::kDelivered, State::kSuspicious},
  };
  for (const auto& each : cases) {
    Entry entry;
    entry.state = State::kSuspicious;
    entry.verdict = Verdict::kNoJar;
    const Outcome outcome = after(entry, {input(each.sign, 1)});
    EXPECT_EQ(outcome.entry.state, each.state) << name_of(each.sign);
    EXPECT_FALSE(outcome.became_suspicious);
    EXPECT_EQ(outcome.verdict_changed, each.state == State::kResetValue);
  }
}

TEST(State, PreviousCookieIsRenewed) {
  Entry entry;
  const Outcome outcome = after(entry, {input(Sign::kPrevious, 0)});
  EXPECT_EQ(outcome.action, Action::kReissue);
  EXPECT_EQ(entry.state, State::kResetValue);
  EXPECT_TRUE(entry.has_returned);
}

TEST(State, WrongValuesAreNeverMisses) {
  for (const Sign sign : {Sign::kForeign, Sign::kForged, Sign::kGarbage}) {
    Entry entry;
    for (long i = 0; i < 10; ++i) {
      give(entry, i * 1000);
      EXPECT_FALSE(after(entry, {input(sign, i * 1000 + 500)}).is_miss);
    }
    EXPECT_EQ(entry.state, State::kInconsistency);
    EXPECT_EQ(entry.misses, 0);
  }
}

TEST(State, GarbageIsNotOverwritten) {
  Entry entry;
  EXPECT_EQ(after(entry, {input(Sign::kGarbage, 0)}).action, Action::kRelay);
}

TEST(State, ForgedOnceIsAnAccidentTwiceIsTampering) {
  Entry entry;
  EXPECT_FALSE(after(entry, {input(Sign::kForged, 0)}).verdict_changed);
  EXPECT_FALSE(after(entry, {input(Sign::kForged, 1)}).verdict_changed)
      << "the right one was not delivered yet";
  give(entry, 10);
  EXPECT_TRUE(after(entry, {input(Sign::kForged, 11)}).verdict_changed);
  EXPECT_EQ(entry.verdict, Verdict::kTampering);
}

TEST(State, VerdictOfAReturnRestsOnClaimAndFields) {
  const struct {
    bool claims, is_like;
    Verdict verdict;
  } cases[] = {{true, true, Verdict::kBrowser},
               {true, false, Verdict::kCookieJar},
               {false, true, Verdict::kCookieJar},
               {false, false, Verdict::kCookieJar}};
  for (const auto& each : cases) {
    Input made = input(Sign::kCurrent, 0);
    made.claims_browser = each.claims;
    made.is_browser_like = each.is_like;
    Entry entry;
    after(entry, {made});
    EXPECT_EQ(entry.verdict, each.verdict);
  }
}

TEST(State, BrowserStaysOneWhenItAsksForSomethingOddly) {
  Entry entry;
  after(entry, {input(Sign::kCurrent, 0)});
  Input odd = input(Sign::kCurrent, 1);
  odd.is_browser_like = false;
  EXPECT_FALSE(after(entry, {odd}).verdict_changed);
}

TEST(State, DoubtfulAbsenceIsPassedOverWhereACookieCameBackOrNothingIsSet) {
  Entry returned;
  after(returned, {input(Sign::kCurrent, 0)});
  Entry framed;
  after(framed, {input(Sign::kElsewhere, 0)});
  for (Entry* entry : {&returned, &framed}) {
    const State state = entry->state;
    give(*entry, 1);
    entry->state = state;
    const Outcome outcome = after(*entry, {doubtful(10, 2)});
    EXPECT_TRUE(outcome.is_passed_over);
    EXPECT_EQ(outcome.action, Action::kRelay);
    EXPECT_EQ(entry->misses, 0);
    EXPECT_TRUE(entry->is_outstanding) << "it has not been answered";
  }
}

TEST(State, DoubtfulAbsenceAloneIsSuspiciousOnlyIfItNeverEnds) {
  Entry entry;
  for (long i = 1; i <= 8; ++i) {
    give(entry, i * 1000);
    EXPECT_EQ(after(entry, {doubtful(i * 1000 + 500, 2)}).became_suspicious, i == 8) << i;
  }
}

TEST(State, ElsewhereTakesTheChallengeBack) {
  Entry entry;
  give(entry, 0);
  const Outcome outcome = after(entry, {input(Sign::kElsewhere, 10)});
  EXPECT_EQ(outcome.action, Action::kRelay);
  EXPECT_EQ(entry.state, State::kNeverSet);
  EXPECT_FALSE(after(entry, {input(Sign::kAbsent, 20)}).is_miss);
}

TEST(State, ChallengeLapses) {
  const struct {
    hours later;
    bool is_miss;
  } cases[] = {{hours(12), true}, {hours(12) + hours(1), false}};
  for (const auto& each : cases) {
    Entry entry;
    give(entry, 0);
    after(entry, {input(Sign::kAbsent, 1, 1)});
    give(entry, 10);
    Input late = input(Sign::kAbsent, 10, 2);
    late.time += each.later;
    EXPECT_EQ(after(entry, {late}).is_miss, each.is_miss);
    EXPECT_EQ(entry.misses, each.is_miss ? 2 : 0) << "earlier misses are forgotten with it";
  }
}

TEST(State, CountersStayAtTheirEnds) {
  Entry entry;
  entry.issued = 65'535;
  entry.misses = 255;
  entry.first_miss = at(0);
  give(entry, 10);
  after(entry, {input(Sign::kAbsent, 20)});
  EXPECT_EQ(entry.issued, 65'535);
  EXPECT_EQ(entry.misses, 255);
}

TEST(State, ClockThatGoesBackCountsNothing) {
  Entry entry;
  give(entry, 1'000'000);
  EXPECT_FALSE(after(entry, {input(Sign::kAbsent, 10)}).is_miss);
}

TEST(State, OutcomeHoldsTheEntryAndWhereItCameFrom) {
  Entry entry;
  give(entry, 0);
  const Outcome outcome = after(entry, {input(Sign::kForeign, 5)});
  EXPECT_EQ(outcome.entry, entry);
  EXPECT_EQ(outcome.from, State::kSet);
  EXPECT_EQ(entry.touched, at(5));
}

// A jar that keeps what it is given, on six connections at once, with answers in any order.
TEST(State, JarNeverMissesWhateverTheOrder) {
  std::uint64_t dice = 1;
  const auto roll = [&dice](std::uint64_t sides) {
    dice = dice * 6364136223846793005u + 1442695040888963407u;
    return (dice >> 33) % sides;
  };
  for (int round = 0; round < 500; ++round) {
    Entry entry;
    bool has_cookie = false;
    std::array<bool, 6> is_waiting{}, is_given{};
    for (long ms = 1; ms < 400; ++ms) {
      const std::size_t connection = roll(6);
      const auto number = static_cast<std::uint32_t>(connection);
      if (!is_waiting[connection]) {
        const Outcome outcome =
            after(entry, {input(has_cookie ? Sign::kCurrent : Sign::kAbsent, ms, number)});
        ASSERT_FALSE(outcome.is_miss);
        is_given[connection] = outcome.action != Action::kRelay;
      } else if (is_given[connection]) {
        has_cookie = true;
        give(entry, ms);
      }
      is_waiting[connection] = !is_waiting[connection];
    }
    EXPECT_TRUE(entry.has_returned);
  }
}

}  // namespace
}  // namespace mogura::challenge
