#include "doctor/environment.h"

#include <gtest/gtest.h>

namespace mogura::doctor {
namespace {

using Words = std::vector<std::string>;

TEST(Environment, LastAssignmentHolds) {
  EXPECT_EQ(assigned_in("# A=0\nA=1\nB=2\n A = \"3 'x y'\" \n", "A"), "3 'x y'");
  EXPECT_EQ(assigned_in("A=1", "A"), "1");
  EXPECT_EQ(assigned_in("A=", "A"), "");
  EXPECT_EQ(assigned_in("AB=1\n#A=1\n", "A"), "");
  EXPECT_EQ(assigned_in("A=\"", "A"), "\"");
}

TEST(Environment, QuotesHoldWordsTogether) {
  EXPECT_EQ(words_of("--bpf 'tcp port 3128'  --x\t\"\""), (Words{"--bpf", "tcp port 3128", "--x", ""}));
  EXPECT_EQ(words_of(""), Words{});
  EXPECT_EQ(words_of("  \n"), Words{});
  EXPECT_EQ(words_of("a'b c"), Words{"ab c"});
}

TEST(Environment, FindsValuesOfOptions) {
  const Words words{"--listen", "a:1", "--key=k", "--listen=b:2", "--listener=c", "--certificate"};
  EXPECT_EQ(value_of(words, "--listen"), "b:2");
  EXPECT_EQ(value_of(words, "--key"), "k");
  EXPECT_FALSE(value_of(words, "--certificate"));
  EXPECT_FALSE(value_of(words, "--htpasswd"));
}

}  // namespace
}  // namespace mogura::doctor
