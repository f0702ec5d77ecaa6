#include "console/detail/login_form.h"

#include <gtest/gtest.h>

namespace mogura::console::detail {
namespace {

TEST(LoginForm, ReadsUserAndPassword) {
  const auto form = parse_login_form(R"( {"password" : "p\u00e4\"ss", "user":"änna"} )");
  ASSERT_TRUE(form);
  EXPECT_FALSE(form->has_token);
  EXPECT_EQ(form->user, "änna");
  EXPECT_EQ(form->secret, "pä\"ss");
}

TEST(LoginForm, ReadsAToken) {
  const auto form = parse_login_form(R"({"token":"0123456789abcdef"})");
  ASSERT_TRUE(form);
  EXPECT_TRUE(form->has_token);
  EXPECT_EQ(form->secret, "0123456789abcdef");
}

TEST(LoginForm, RefusesAnythingElse) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "nothing"},
      {"{}", "no members"},
      {R"({"user":"a"})", "no password"},
      {R"({"password":"a"})", "no user"},
      {R"({"user":"a","password":"b","token":"c"})", "both"},
      {R"({"user":"a","password":"b","x":"c"})", "another member"},
      {R"({"user":"a","user":"a","password":"b"})", "one of them twice"},
      {R"({"user":"","password":"b"})", "no name"},
      {R"({"user":"a\u0000","password":"b"})", "NUL in the name"},
      {R"({"user":"a\n","password":"b"})", "line end in the name"},
      {R"({"user":"a","password":"\u0000"})", "NUL in the password"},
      {R"({"user":1,"password":"b"})", "a number"},
      {R"({"token":["a"]})", "a list"},
      {R"({"token":"a"} x)", "something behind"},
      {R"(["token"])", "a list for an object"},
      {"{\"token\":\"\xff\"}", "no UTF-8"},
      {"user=a&password=b", "a form"},
  };
  for (const auto& [body, why] : cases) EXPECT_FALSE(parse_login_form(body)) << why;
}

TEST(LoginForm, NamesHaveABound) {
  const auto body = [](std::size_t size) {
    return R"({"user":")" + std::string(size, 'a') + R"(","password":"b"})";
  };
  EXPECT_TRUE(parse_login_form(body(kLoginUserBytes)));
  EXPECT_FALSE(parse_login_form(body(kLoginUserBytes + 1)));
}

TEST(LoginForm, RefusesEveryBeginning) {
  const std::string body = R"({"user":"anna","password":"\u00e9x"})";
  for (std::size_t size = 0; size < body.size(); ++size)
    EXPECT_FALSE(parse_login_form(std::string(body.data(), size))) << size;
}

}  // namespace
}  // namespace mogura::console::detail
