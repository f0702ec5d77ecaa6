#include <gtest/gtest.h>

#include "challenge/testing/playbook_test.h"

namespace mogura::challenge {
namespace {

using testing::Play;

class Known : public SuspectSource {
 public:
  explicit Known(const SuspectMemory::Analysis& analysis) {
    for (const std::string_view program : {testing::kChromium, testing::kOldExplorer}) {
      memory_.note(program, "www.site.test", false);
    }
    suspects_ = std::make_shared<const Suspects>(memory_.refresh(analysis, Timestamp{std::chrono::hours(1)}));
  }
  [[nodiscard]] std::shared_ptr<const Suspects> now() const override { return suspects_; }
  [[nodiscard]] std::uint64_t version() const override { return 1; }

 private:
  SuspectMemory memory_;
  std::shared_ptr<const Suspects> suspects_;
};

std::shared_ptr<const Known> known(const SuspectMemory::Analysis& analysis = {.has_population = true}) {
  return std::make_shared<const Known>(analysis);
}

constexpr const char* kAskedAsEver = R"(
    >> 0 c1 msie - bare
    << early
    >> 10 answer c1 200
    << set
    >> 5000 c1 msie - bare
    << miss 1
)";

TEST(GateAsked, WhatIsOrdinaryIsNotAsked) {
  Play play({}, nullptr, known());
  play.run(R"(
    >> 0 c1 msie - bare
    << unjudged ordinary
    >> 10 answer c1 200
    << neverset ordinary
    >> 20 c1 chromium jar page
    << unjudged ordinary
    >> 30 answer c1 200
    << neverset ordinary
  )");
}

TEST(GateAsked, WhatIsNewOrSuspiciousIs) {
  Play elsewhere({}, nullptr, known());
  elsewhere.run(std::string(">> host new.site.test\n<<\n") + kAskedAsEver);
  Play suspicious({}, nullptr, known({.has_population = true, .hosts = {"www.site.test"}}));
  suspicious.run(kAskedAsEver);
  Play odd({}, nullptr, known());
  odd.set_passive_score(0.3);
  odd.run(kAskedAsEver);
  Policy policy;
  policy.ask = Ask::kEveryone;
  Play everyone(policy, nullptr, known());
  everyone.run(kAskedAsEver);
}

TEST(GateAsked, WhatComesBackIsReadThoughNobodyIsAsked) {
  Play before;
  before.run(">> 0 c1 chromium jar page\n<< early\n>> 10 answer c1 200\n<< set\n");
  Play after({}, nullptr, known());
  after.put_into_jar("jar", before.jar("jar"));
  after.run(">> 5000 c1 chromium jar page\n<< returned verdict browser\n>> 5010 answer c1 200\n<< nothing\n");
}

}  // namespace
}  // namespace mogura::challenge
