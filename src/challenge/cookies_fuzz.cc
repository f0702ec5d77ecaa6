// Our cookies are taken out exactly, and nothing else changes: compared with a second, slow implementation.
// N, X, Y, V, O and P in the input stand for our name, those of two decoys, a value of our form, one issued
// here, and the plain name.

#include <string>

#include "base/check.h"
#include "challenge/cookies.h"
#include "challenge/testing/slow_cookies_test.h"

namespace {

using mogura::Address;
using mogura::Timestamp;
using namespace mogura::challenge;

struct Setup {
  Secret secret{[] {
    std::array<std::uint8_t, Secret::kBytes> bytes;
    bytes.fill(3);
    return bytes;
  }()};
  Tokens tokens{secret, std::chrono::seconds(86'400)};
  Cookies cookies{tokens, secret, kDefaultCookieName, std::chrono::seconds(86'400)};
  std::string own = tokens.issue(Address::v4(9), "h.test", Timestamp{});
};

std::string filled(const Setup& setup, const std::uint8_t* data, std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    const char c = static_cast<char>(data[i]);
    if (c == 'N')
      text += setup.cookies.name();
    else if (c == 'X')
      text += setup.cookies.name(CookieKind::kHostPrefix);
    else if (c == 'Y')
      text += setup.cookies.name(CookieKind::kPath);
    else if (c == 'V')
      text += "1.20779.AAAAAAAAAAAAAAAA.BBBBBBBB";
    else if (c == 'O')
      text += setup.own;
    else if (c == 'P')
      text += kDefaultCookieName;
    else
      text += c;
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Setup setup;
  const std::string cookie = filled(setup, data, size);
  mogura::challenge::testing::SlowStrip slow(setup.tokens, std::string(kDefaultCookieName), setup.cookies);
  const std::string expected = slow(cookie);
  std::string stripped = "before";
  setup.cookies.strip(cookie, stripped);
  MOGURA_CHECK(stripped == "before" + expected);
  const Cookies::Found found = setup.cookies.find(cookie);
  MOGURA_CHECK(found.has_ours == (expected != cookie));
  for (const std::string_view value : found.values)
    MOGURA_CHECK(value.empty() || Tokens::is_well_formed(value));
  MOGURA_CHECK(!found.has_other_value || !Tokens::is_well_formed(found.other_value));
  (void)setup.tokens.read(cookie, Address::v4(1), "h", Timestamp{});
  (void)setup.cookies.is_taken_by(cookie);
  return 0;
}
