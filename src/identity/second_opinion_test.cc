#include "identity/second_opinion.h"

#include <gtest/gtest.h>

#include <string>

namespace mogura::identity {
namespace {

class ASecondOpinion : public testing::Test {
 protected:
  void SetUp() override {
    if (!SecondOpinion::is_available()) GTEST_SKIP() << "built without nDPI";
  }
};

TEST_F(ASecondOpinion, KnowsWhatEverybodyKnows) {
  SecondOpinion opinion;
  const std::string ssh = "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n";
  EXPECT_EQ(opinion.ask({ssh, ssh}), "SSH");
}

TEST_F(ASecondOpinion, IsTheSameTheSecondTime) {
  SecondOpinion opinion;
  const FirstBytes bytes{"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
                         "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"};
  const std::string first = opinion.ask(bytes);
  EXPECT_EQ(first.substr(0, 4), "HTTP");
  EXPECT_EQ(opinion.ask(bytes), first);
}

TEST_F(ASecondOpinion, HasNoneAboutNothingAndNoise) {
  SecondOpinion opinion;
  EXPECT_EQ(opinion.ask({}), "");
  EXPECT_EQ(opinion.ask({std::string(40, '\x5A'), std::string(40, '\x5A')}), "");
}

TEST_F(ASecondOpinion, TakesAnyLength) {
  SecondOpinion opinion;
  for (std::size_t size = 0; size < 3000; size += 97) {
    (void)opinion.ask({std::string(size, 'a'), std::string(3000 - size, '\x16')});
  }
}

TEST(SecondOpinion, CanBeMovedAndIsEmptyWhereThereIsNoNdpi) {
  SecondOpinion first;
  SecondOpinion second = std::move(first);
  first = std::move(second);
  if (!SecondOpinion::is_available()) {
    EXPECT_EQ(first.ask({"SSH-2.0-x\r\n", "SSH-2.0-y\r\n"}), "");
  }
}

}  // namespace
}  // namespace mogura::identity
