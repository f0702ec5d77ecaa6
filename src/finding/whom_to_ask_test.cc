#include "finding/whom_to_ask.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::finding {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Finding found(const std::string& destination) {
  Finding finding;
  finding.destination = destination;
  finding.user_agents = {"Program/1"};
  return finding;
}

TEST(WhomToAsk, ServicesWithoutTheirPorts) {
  const auto analysis =
      whom_to_ask(std::vector{found("Rare.test:8080"), found("10.0.0.9:80"), found("[2001:db8::1]:443"),
                              found("[2001:db8::2]"), found("only.asked.test")},
                  true);
  EXPECT_TRUE(analysis.has_population);
  EXPECT_THAT(analysis.hosts,
              ElementsAre("rare.test", "10.0.0.9", "[2001:db8::1]", "[2001:db8::2]", "only.asked.test"));
  EXPECT_THAT(analysis.programs, IsEmpty()) << "others may use the same User-Agent";
}

TEST(WhomToAsk, AProgramWithPlacesOfItsOwn) {
  Finding finding = found("a.test:80");
  finding.destinations = {"a.test:80", "b.test:80"};
  const auto analysis = whom_to_ask(std::vector{finding}, true);
  EXPECT_THAT(analysis.hosts, ElementsAre("a.test", "a.test", "b.test"));
  EXPECT_THAT(analysis.programs, ElementsAre("Program/1"));
}

// One client's wrong answer at a place where everybody goes does not have everybody asked.
TEST(WhomToAsk, NotWhatIsOfAnswersAlone) {
  Finding finding = found("www.example.test:80");
  finding.is_of_answers = true;
  EXPECT_THAT(whom_to_ask(std::vector{finding}, true).hosts, IsEmpty());
}

TEST(WhomToAsk, NotWhatIsSanctioned) {
  Finding finding = found("a.test:80");
  finding.status = Status::kSanctioned;
  EXPECT_THAT(whom_to_ask(std::vector{finding}, false).hosts, IsEmpty());
}

}  // namespace
}  // namespace mogura::finding
