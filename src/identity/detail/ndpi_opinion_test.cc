#include "identity/detail/ndpi_opinion.h"

#include <gtest/gtest.h>

namespace mogura::identity::detail {
namespace {

TEST(NdpiOpinion, FollowsWhoeverSpeaksFirst) {
  if (!NdpiOpinion::is_available()) GTEST_SKIP() << "built without nDPI";
  NdpiOpinion opinion;
  const std::string_view greeting = "220 mail.example ESMTP Postfix\r\n";
  const std::string_view hello = "EHLO client.example\r\n";
  std::string name = opinion.ask(hello, greeting, true);
  if (name.empty()) name = opinion.ask(hello, greeting, false);
  EXPECT_TRUE(name.empty() || name.find("SMTP") != std::string::npos) << name;
}

TEST(NdpiOpinion, OneSideAloneIsEnough) {
  if (!NdpiOpinion::is_available()) GTEST_SKIP() << "built without nDPI";
  NdpiOpinion opinion;
  EXPECT_EQ(opinion.ask("", "", false), "");
  EXPECT_EQ(opinion.ask("SSH-2.0-OpenSSH_9.2\r\n", "", false),
            opinion.ask("SSH-2.0-OpenSSH_9.2\r\n", "", true));
}

}  // namespace
}  // namespace mogura::identity::detail
