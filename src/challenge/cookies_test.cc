#include "challenge/cookies.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>

#include "challenge/testing/slow_cookies_test.h"

namespace mogura::challenge {
namespace {

constexpr std::chrono::seconds kDay{86'400};

Secret counting_secret() {
  std::array<std::uint8_t, Secret::kBytes> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
  return Secret(bytes);
}

class CookiesTest : public ::testing::Test {
 protected:
  std::string strip(std::string_view cookie) const {
    std::string out;
    cookies_.strip(cookie, out);
    return out;
  }
  // N stands for our name, X and Y for those of two decoys, V for a value of our form, O for one that this
  // site issued.
  std::string filled(const std::string& pattern) const {
    std::string text;
    for (const char c : pattern) {
      if (c == 'N')
        text += cookies_.name();
      else if (c == 'X')
        text += cookies_.name(CookieKind::kHostPrefix);
      else if (c == 'Y')
        text += cookies_.name(CookieKind::kPath);
      else if (c == 'V')
        text += "1.20779.AAAAAAAAAAAAAAAA.BBBBBBBB";
      else if (c == 'O')
        text += own_;
      else
        text += c;
    }
    return text;
  }

  Tokens tokens_{counting_secret(), kDay};
  Cookies cookies_{tokens_, counting_secret(), kDefaultCookieName, kDay};
  std::string own_ = tokens_.issue(Address::v4(9), "h.test", Timestamp{kDay});
};

TEST_F(CookiesTest, NameIsThatOfTheDocument) {
  EXPECT_EQ(cookies_.name(), "ProxySessionID-9948");
  EXPECT_EQ(cookies_.set_cookie_line("1.2.3"),
            "Set-Cookie: ProxySessionID-9948=1.2.3; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax\r\n");
}

TEST_F(CookiesTest, EveryKindHasAttributesAndANameOfItsOwn) {
  const struct {
    CookieKind kind;
    const char* attributes;
  } cases[] = {
      {CookieKind::kSecure, "; Path=/; Max-Age=86400; HttpOnly; Secure; SameSite=Lax"},
      {CookieKind::kHostPrefix, "; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax"},
      {CookieKind::kNoneWithoutSecure, "; Path=/; Max-Age=86400; HttpOnly; SameSite=None"},
      {CookieKind::kPartitioned, "; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax; Partitioned"},
      {CookieKind::kPath, "; Path=/.mogura/nowhere/; Max-Age=86400; HttpOnly; SameSite=Lax"},
      {CookieKind::kConflict,
       "; Path=/; Max-Age=86400; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax"},
  };
  std::set<std::string> names{cookies_.name()};
  for (const auto& each : cases) {
    const std::string& name = cookies_.name(each.kind);
    EXPECT_TRUE(names.insert(name).second) << name_of(each.kind);
    EXPECT_EQ(cookies_.set_cookie_line("1.2.3", each.kind),
              "Set-Cookie: " + name + "=1.2.3" + each.attributes + "\r\n");
    EXPECT_EQ(name.starts_with("__Host-"),
              each.kind == CookieKind::kSecure || each.kind == CookieKind::kHostPrefix);
  }
}

TEST_F(CookiesTest, NamesDifferWhateverTheSecret) {
  for (unsigned i = 0; i < 2000; ++i) {
    std::array<std::uint8_t, Secret::kBytes> bytes{};
    bytes[0] = static_cast<std::uint8_t>(i);
    bytes[1] = static_cast<std::uint8_t>(i >> 8);
    const Cookies cookies(tokens_, Secret(bytes), kDefaultCookieName, kDay);
    std::set<std::string> names;
    for (std::size_t kind = 0; kind < kCookieKinds; ++kind) {
      EXPECT_TRUE(names.insert(cookies.name(static_cast<CookieKind>(kind))).second) << i;
    }
  }
}

TEST_F(CookiesTest, NameChangesWithSecretAndAttributes) {
  const Secret other(std::array<std::uint8_t, Secret::kBytes>{});
  EXPECT_NE(Cookies(tokens_, other, kDefaultCookieName, kDay).name(), cookies_.name());
  EXPECT_NE(Cookies(tokens_, counting_secret(), kDefaultCookieName, 2 * kDay).name(), cookies_.name());
}

TEST_F(CookiesTest, StripsOursAndNothingElse) {
  const struct {
    const char* cookie;
    const char* left;
    const char* why;
  } cases[] = {
      {"N=V", "", "alone"},
      {"a=1; N=V", "a=1", "last"},
      {"N=V; a=1", "a=1", "first"},
      {"a=1; N=V; b=2", "a=1; b=2", "in the middle"},
      {"a=1;N=V;b=2", "a=1;b=2", "no white space"},
      {"a=1;\t N=V;  b=2", "a=1;  b=2", "odd white space: that of what stays, stays"},
      {"N=V; N=V; a=1; N=O", "a=1", "several"},
      {"N=V;", "", "what is left is no cookie"},
      {"N=V; ;", "", "nor this"},
      {"a=1; N=V;", "a=1;", "an empty pair behind"},
      {";N=V;a=1", ";a=1", "an empty pair in front"},
      {" N = V ; a=1", "a=1", "white space around name and value"},
      {"N=\"V\"; a=1", "a=1", "in quotation marks"},
      {"N=\"V; a=1", "N=\"V; a=1", "half in quotation marks: not of our form"},
      {"N=x; a=1", "N=x; a=1", "not of our form: may be the origin's"},
      {"N=; a=1", "N=; a=1", "empty"},
      {"N; a=1", "N; a=1", "without a value"},
      {"xN=V", "xN=V", "another name"},
      {"Nx=V", "Nx=V", "another name"},
      {"a=1; X=V; N=V; Y=V; b=2", "a=1; b=2", "decoys"},
      {"X=O; a=1; Y=x", "a=1; Y=x", "a decoy, and what is none"},
      {"__Host-ProxySessionID-abcd=O; a=1", "a=1", "a former decoy"},
      {"__Host-__Host-ProxySessionID-abcd=O", "__Host-__Host-ProxySessionID-abcd=O", "no name of ours"},
      {"proxysessionid-9948=V", "proxysessionid-9948=V", "names have case"},
      {"ProxySessionID=O; a=1", "a=1", "the plain name, issued here"},
      {"ProxySessionID-abcd=O; a=1", "a=1", "a former name, issued here"},
      {"ProxySessionID=V", "ProxySessionID=V", "the plain name, of another site"},
      {"ProxySessionID-abcd=V", "ProxySessionID-abcd=V", "of the next proxy, which has its own secret"},
      {"ProxySessionID-abcd=O; ProxySessionID-ABCD=O", "ProxySessionID-ABCD=O", "no digits of ours"},
      {"ProxySessionID-abcde=O", "ProxySessionID-abcde=O", "too many digits"},
      {"a=N=V; b=1", "a=N=V; b=1", "inside another's value"},
      {"a=1; ; b=2", "a=1; ; b=2", "nothing of ours: nothing is changed"},
      {"", "", "empty"},
  };
  for (const auto& each : cases) {
    const std::string cookie = filled(each.cookie), left = filled(each.left);
    EXPECT_EQ(strip(cookie), left) << each.why;
    EXPECT_EQ(cookies_.find(cookie).has_ours, cookie != left) << each.why;
    testing::SlowStrip slow(tokens_, std::string(kDefaultCookieName), cookies_);
    EXPECT_EQ(slow(cookie), left) << each.why;
  }
}

TEST_F(CookiesTest, StripAppends) {
  std::string out = "Cookie: ";
  cookies_.strip(filled("N=V; a=1"), out);
  EXPECT_EQ(out, "Cookie: a=1");
}

TEST_F(CookiesTest, EveryTruncationIsSafe) {
  const std::string whole = filled("a=1; N=\"V\"; ProxySessionID=O; N=x");
  testing::SlowStrip slow(tokens_, std::string(kDefaultCookieName), cookies_);
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const std::unique_ptr<char[]> exact(new char[size]);
    std::copy_n(whole.begin(), size, exact.get());
    EXPECT_EQ(strip({exact.get(), size}), slow(whole.substr(0, size)));
  }
}

TEST_F(CookiesTest, FindGivesTheFirstOfEach) {
  const std::string cookie = filled("N=odd; N=\"V\"; N=O; N=other; ProxySessionID=O");
  const Cookies::Found found = cookies_.find(cookie);
  EXPECT_TRUE(found.has_ours);
  EXPECT_EQ(found.value(CookieKind::kPlain), filled("V"));
  EXPECT_TRUE(found.has_other_value);
  EXPECT_EQ(found.other_value, "odd");
}

TEST_F(CookiesTest, FindGivesNoValueOfOtherNames) {
  const std::string cookie = filled("ProxySessionID=O");
  EXPECT_TRUE(cookies_.find(cookie).has_ours);
  EXPECT_EQ(cookies_.find(cookie).value(CookieKind::kPlain), "");
}

TEST_F(CookiesTest, LooksAtABoundedNumberOfOtherNames) {
  for (const unsigned count : {Cookies::kOtherNames - 1, Cookies::kOtherNames, Cookies::kOtherNames + 1}) {
    std::string cookie;
    for (unsigned i = 0; i < count; ++i) cookie += filled("ProxySessionID-0000=O; ");
    cookie += "a=1";
    const std::string left = count > Cookies::kOtherNames ? filled("ProxySessionID-0000=O; a=1") : "a=1";
    EXPECT_EQ(strip(cookie), left) << count;
  }
}

TEST_F(CookiesTest, KnowsWhenTheOriginTakesOurName) {
  const struct {
    const char* set_cookie;
    bool is_taken;
  } cases[] = {{"N=1; Path=/", true}, {" N =1", true}, {"N=", true}, {"a=N; Path=/", false},
               {"a=1; N=2", false},   {"N", false},    {"", false},  {"ProxySessionID=1", false}};
  for (const auto& each : cases) {
    EXPECT_EQ(cookies_.is_taken_by(filled(each.set_cookie)), each.is_taken) << each.set_cookie;
  }
}

}  // namespace
}  // namespace mogura::challenge
