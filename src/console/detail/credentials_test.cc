#include "console/detail/credentials.h"

#include <gtest/gtest.h>

#include "console/testing/files_test.h"

namespace mogura::console::detail {
namespace {

using namespace testing;

constexpr const char* kToken = "0123456789abcdef";

LoginForm form_of(std::string user, std::string password) {
  LoginForm form;
  form.user = std::move(user);
  form.secret = std::move(password);
  return form;
}

LoginForm token_form(std::string token) {
  LoginForm form;
  form.has_token = true;
  form.secret = std::move(token);
  return form;
}

TEST(Credentials, WithoutFilesNobodyCanLogIn) {
  const auto nobody = Credentials::load({});
  ASSERT_TRUE(nobody);
  EXPECT_FALSE((*nobody)->has_users());
  EXPECT_FALSE((*nobody)->has_token());
  EXPECT_FALSE((*nobody)->are_right(form_of("anna", "")));
  EXPECT_FALSE((*nobody)->are_right(token_form("")));
}

TEST(Credentials, UsersLogInWithTheirPassword) {
  const Folder folder;
  const auto loaded = Credentials::load({.htpasswd = folder.write("p", std::string(kAnna) + kBert)});
  ASSERT_TRUE(loaded);
  const Credentials& people = **loaded;
  EXPECT_TRUE(people.has_users());
  EXPECT_TRUE(people.are_right(form_of("anna", "correct horse")));
  EXPECT_TRUE(people.are_right(form_of("bert", "tr0ub4dor")));
  EXPECT_FALSE(people.are_right(form_of("anna", "tr0ub4dor")));
  EXPECT_FALSE(people.are_right(form_of("anna", "")));
  EXPECT_FALSE(people.are_right(token_form("correct horse")));
}

TEST(Credentials, WhoIsNotThereIsRefusedWhateverTheStandInsPasswordIs) {
  const Folder folder;
  const auto loaded = Credentials::load({.htpasswd = folder.write("p", kAnna)});
  ASSERT_TRUE(loaded);
  EXPECT_FALSE((*loaded)->are_right(form_of("carl", "correct horse")));
}

TEST(Credentials, WhoHasTheTokenLogsInWithIt) {
  const Folder folder;
  const auto loaded = Credentials::load({.token_file = folder.write("t", std::string(kToken) + "\n")});
  ASSERT_TRUE(loaded);
  EXPECT_TRUE((*loaded)->has_token());
  EXPECT_TRUE((*loaded)->are_right(token_form(kToken)));
  EXPECT_FALSE((*loaded)->are_right(token_form(std::string(kToken) + "\n")));
  EXPECT_FALSE((*loaded)->are_right(token_form("")));
  EXPECT_FALSE((*loaded)->are_right(form_of("token", kToken)));
}

TEST(Credentials, StampsChangeWithThePassword) {
  const Folder folder;
  Options options{.htpasswd = folder.write("p", std::string(kAnna) + kBert)};
  const auto before = *Credentials::load(options);
  (void)folder.write("p", kAnnaLater);
  const auto after = *Credentials::load(options);
  EXPECT_NE(before->stamp_of("anna"), after->stamp_of("anna"));
  EXPECT_TRUE(before->stamp_of("bert"));
  EXPECT_FALSE(after->stamp_of("bert"));
  EXPECT_FALSE(before->stamp_of("token"));
}

struct Refused {
  std::string text;
  unsigned mode;
  ErrorCode code;
  const char* words;
  const char* why;
};

TEST(Credentials, RefusesBadTokenFiles) {
  const Refused cases[] = {
      {"0123456789abcde\n", 0600, ErrorCode::kFormat, "16", "one letter too few"},
      {"", 0600, ErrorCode::kFormat, "16", "empty"},
      {std::string(1025, 'a'), 0600, ErrorCode::kFormat, "1,024", "too long"},
      {std::string(2000, 'a'), 0600, ErrorCode::kLimit, "larger", "much too long"},
      {"0123456789 abcdef\n", 0600, ErrorCode::kFormat, "spaces", "a space"},
      {"0123456789abcdef\n0123456789abcdef\n", 0600, ErrorCode::kFormat, "one line", "two tokens"},
      {std::string(kToken) + "\n", 0640, ErrorCode::kUsage, "chmod 600", "a group may read it"},
      {std::string(kToken) + "\n", 0604, ErrorCode::kUsage, "chmod 600", "everybody may read it"},
  };
  const Folder folder;
  for (const Refused& each : cases) {
    const auto loaded = Credentials::load({.token_file = folder.write("t", each.text, each.mode)});
    ASSERT_FALSE(loaded) << each.why;
    EXPECT_EQ(loaded.error().code, each.code) << each.why;
    EXPECT_NE(loaded.error().message().find(each.words), std::string::npos) << loaded.error().message();
    EXPECT_EQ(loaded.error().message().find("0123456789"), std::string::npos) << "the token is not told";
  }
}

TEST(Credentials, RefusesBadPasswordFiles) {
  const Refused cases[] = {
      {"", 0600, ErrorCode::kFormat, "names nobody", "empty"},
      {"# nobody\n", 0600, ErrorCode::kFormat, "names nobody", "a comment alone"},
      {std::string(kAnna) + kApr1, 0600, ErrorCode::kFormat, "line 2: is hashed with MD5", "apr1"},
      {std::string(kSha1) + kAnna, 0600, ErrorCode::kFormat, "line 1: is hashed with SHA-1", "{SHA}"},
      {"anna:secret\n", 0600, ErrorCode::kFormat, "line 1", "plain text"},
  };
  const Folder folder;
  for (const Refused& each : cases) {
    const auto loaded = Credentials::load({.htpasswd = folder.write("p", each.text, each.mode)});
    ASSERT_FALSE(loaded) << each.why;
    EXPECT_EQ(loaded.error().code, each.code) << each.why;
    EXPECT_NE(loaded.error().message().find(each.words), std::string::npos) << loaded.error().message();
  }
  EXPECT_EQ(Credentials::load({.htpasswd = folder.path("none")}).error().code, ErrorCode::kIo);
}

TEST(Credentials, NobodyIsCalledTokenBesideAToken) {
  const Folder folder;
  const std::string named = "token" + std::string(kAnna).substr(4);
  Options options{.htpasswd = folder.write("p", named)};
  EXPECT_TRUE(Credentials::load(options));
  options.token_file = folder.write("t", kToken);
  EXPECT_FALSE(Credentials::load(options));
}

}  // namespace
}  // namespace mogura::console::detail
