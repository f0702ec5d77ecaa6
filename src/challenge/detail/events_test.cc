#include "challenge/detail/events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::challenge::detail {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

Exchange exchange_with(Sign sign, State from, State to) {
  Exchange exchange;
  exchange.has_outcome = true;
  exchange.input.sign = sign;
  exchange.outcome.from = from;
  exchange.outcome.entry.state = to;
  exchange.outcome.entry.misses = 2;
  exchange.outcome.entry.issued = 3;
  return exchange;
}

TEST(Events, NothingIsSaidWithoutTheStore) {
  EXPECT_FALSE(request_event(Exchange{}));
  EXPECT_FALSE(response_event(Exchange{}));
  EXPECT_FALSE(verdict_event(Exchange{}));
}

TEST(Events, SuspiciousIsSaidOfMissesOnly) {
  Exchange exchange = exchange_with(Sign::kAbsent, State::kSuspicious, State::kSuspicious);
  EXPECT_FALSE(request_event(exchange)) << "an early one";
  exchange.outcome.is_miss = true;
  exchange.outcome.entry.has_many_connections = true;
  const auto event = request_event(exchange);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->state, State::kSuspicious);
  EXPECT_EQ(event->misses, 2u);
  EXPECT_EQ(event->issued, 3u);
  EXPECT_EQ(event->reason, "none came back, on several connections");
}

TEST(Events, MissBeforeSuspicionIsNotSaid) {
  Exchange exchange = exchange_with(Sign::kAbsent, State::kSet, State::kResetValue);
  exchange.outcome.is_miss = true;
  EXPECT_FALSE(request_event(exchange));
}

TEST(Events, InconsistencyNamesWhatCameBack) {
  const struct {
    Sign sign;
    State from;
    std::string reason;  // empty: nothing is said
  } cases[] = {
      {Sign::kForeign, State::kSet, "issued to another client or host, or too long ago"},
      {Sign::kForeign, State::kInconsistency, "issued to another client or host, or too long ago"},
      {Sign::kForged, State::kInconsistency, "of our form, but not issued by this site"},
      {Sign::kGarbage, State::kSet, "not of our form"},
      {Sign::kGarbage, State::kInconsistency, ""},
      {Sign::kCurrent, State::kSet, ""},
  };
  for (const auto& each : cases) {
    const auto event = request_event(exchange_with(each.sign, each.from, State::kInconsistency));
    ASSERT_EQ(event.has_value(), !each.reason.empty()) << name_of(each.sign);
    if (event) {
      EXPECT_EQ(event->reason, each.reason);
    }
  }
}

TEST(Events, InsertionsAreSetAddvalueAndResetvalue) {
  const struct {
    Action action;
    Sign insertion;
    Sign sign;
    State state;
    const char* reason;
  } cases[] = {
      {Action::kIssue, Sign::kInserted, Sign::kAbsent, State::kSet, ""},
      {Action::kIssue, Sign::kAdded, Sign::kAbsent, State::kAddValue, ""},
      {Action::kReissue, Sign::kInserted, Sign::kPrevious, State::kResetValue, "of the epoch before"},
      {Action::kReissue, Sign::kAdded, Sign::kAbsent, State::kResetValue, "none came back"},
  };
  for (const auto& each : cases) {
    Exchange exchange = exchange_with(each.sign, State::kNone, State::kNone);
    exchange.outcome.action = each.action;
    exchange.insertion = each.insertion;
    exchange.inserted = true;
    const auto event = response_event(exchange);
    ASSERT_TRUE(event);
    EXPECT_EQ(event->state, each.state);
    EXPECT_EQ(event->reason, each.reason);
    EXPECT_EQ(event->issued, 4u) << "with this one";
  }
}

TEST(Events, NeversetNamesItsReason) {
  Exchange exchange;
  exchange.reason = Reason::kBareSubResource;
  const auto event = response_event(exchange);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->state, State::kNeverSet);
  EXPECT_EQ(event->reason, "bare-sub-resource");
  exchange.reason = Reason::kOff;
  EXPECT_FALSE(response_event(exchange));
}

TEST(Events, VerdictsHaveScoresAndFigures) {
  const struct {
    Verdict verdict;
    bool claims;
    double score;
  } cases[] = {{Verdict::kNoJar, true, 0.8},     {Verdict::kNoJar, false, 0.3},
               {Verdict::kTampering, true, 0.6}, {Verdict::kBrowser, true, 0},
               {Verdict::kCookieJar, false, 0},  {Verdict::kNaiveJar, false, 0}};
  for (const auto& each : cases) {
    Exchange exchange = exchange_with(Sign::kAbsent, State::kSet, State::kSuspicious);
    exchange.outcome.entry.verdict = each.verdict;
    exchange.outcome.verdict_changed = true;
    exchange.claims_browser = each.claims;
    const auto event = verdict_event(exchange);
    ASSERT_TRUE(event);
    EXPECT_EQ(event->verdict, each.verdict);
    EXPECT_DOUBLE_EQ(event->score, each.score) << name_of(each.verdict);
    EXPECT_FALSE(event->evidence.empty());
    if (each.verdict == Verdict::kNoJar) {
      EXPECT_THAT(event->evidence, Contains(HasSubstr("given 3 times")));
    }
  }
}

TEST(Events, VerdictThatStaysIsNotSaid) {
  Exchange exchange = exchange_with(Sign::kCurrent, State::kSet, State::kSet);
  exchange.outcome.entry.verdict = Verdict::kBrowser;
  EXPECT_FALSE(verdict_event(exchange));
}

TEST(Events, ExemptionNamesItsEntry) {
  Exemption exemption;
  exemption.list = "site.toml";
  exemption.line = 12;
  exemption.comment = "kiosks refuse cookies";
  Exchange exchange;
  exchange.exemption = &exemption;
  const auto event = verdict_event(exchange);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->verdict, Verdict::kExempt);
  EXPECT_THAT(event->evidence, Contains("site.toml, line 12: kiosks refuse cookies"));
}

}  // namespace
}  // namespace mogura::challenge::detail
