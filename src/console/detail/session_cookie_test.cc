#include "console/detail/session_cookie.h"

#include <gtest/gtest.h>

namespace mogura::console::detail {
namespace {

const std::string kId(kSessionIdLetters, 'a');

std::vector<std::string> ids_in(const std::string& field) {
  std::vector<std::string> ids;
  read_session_cookies(field, "mogura_session", ids);
  return ids;
}

TEST(SessionCookie, IsFoundAmongOthers) {
  const std::string pair = "mogura_session=" + kId;
  for (const std::string& field :
       {pair, "a=b; " + pair, pair + "; a=b", "a; ;=;" + pair + ";", "\t" + pair + " "})
    EXPECT_EQ(ids_in(field), std::vector<std::string>{kId}) << field;
}

TEST(SessionCookie, WhatIsNoIdIsPassedOver) {
  for (const std::string& field : std::initializer_list<std::string>{
           std::string(), "mogura_session=", "mogura_session=" + kId + "a", "mogura_session=" + kId.substr(1),
           "mogura_session=" + std::string(64, 'A'), "mogura_session=\"" + kId + "\"",
           "xmogura_session=" + kId, "Mogura_session=" + kId, "__Host-mogura_session=" + kId,
           "a=mogura_session=" + kId})
    EXPECT_TRUE(ids_in(field).empty()) << field;
}

TEST(SessionCookie, AtMostSomeAreLookedAt) {
  std::string field;
  for (std::size_t i = 0; i < kSessionCookies + 3; ++i) field += "mogura_session=" + kId + ";";
  EXPECT_EQ(ids_in(field).size(), kSessionCookies);
}

TEST(SessionCookie, FlagsAreAsDocumented) {
  EXPECT_EQ(set_session_cookie("ab", false), "mogura_session=ab; Path=/; HttpOnly; SameSite=Strict");
  EXPECT_EQ(set_session_cookie("ab", true),
            "__Host-mogura_session=ab; Path=/; HttpOnly; SameSite=Strict; Secure");
  EXPECT_EQ(set_session_cookie("", true),
            "__Host-mogura_session=; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=0");
}

}  // namespace
}  // namespace mogura::console::detail
