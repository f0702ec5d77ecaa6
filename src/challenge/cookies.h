#pragma once

// Our cookies in Cookie and Set-Cookie fields (RFC 6265): their names, the lines that give them, and how they
// are taken out again so that all other bytes stay what they were. Any thread.

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "challenge/decoys.h"
#include "challenge/token.h"

namespace mogura::challenge {

// Default name of paper 2, §5. What is used has four hexadecimal digits behind it, made from the secret and
// the attributes: a site's cookie is not another site's, and a change of attributes cannot leave two cookies
// of one name that overwrite each other for ever.
inline constexpr std::string_view kDefaultCookieName = "ProxySessionID";

class Cookies {
 public:
  // At most so many values of other names that may be ours are looked at in one field; each costs a hash.
  static constexpr unsigned kOtherNames = 16;

  // `name`: a token of RFC 9110, at most 64 bytes. `lifetime`: Max-Age.
  Cookies(const Tokens& tokens, const Secret& secret, std::string_view name, std::chrono::seconds lifetime);

  // "ProxySessionID-3f9c"; some kinds have "__Host-" in front.
  [[nodiscard]] const std::string& name(CookieKind kind = CookieKind::kPlain) const {
    return names_[static_cast<std::size_t>(kind)];
  }
  // A whole field line with CRLF. The good ones have only attributes that browsers, curl, wget and requests
  // were seen to honour (docs/formats/challenge.md).
  [[nodiscard]] std::string set_cookie_line(std::string_view value,
                                            CookieKind kind = CookieKind::kPlain) const;

  // What one Cookie field's value holds of ours: under the current names all that is of our form; under the
  // plain name, or with other digits (of another configuration or policy), what this site issued. Names are
  // compared with their case; a value may stand in quotation marks.
  struct Found {
    bool has_ours = false;         // something is to be taken out
    bool has_other_value = false;  // the good one's name, but not of our form: the origin's own, or garbage
    // Of the first of ours under each current name, bare; into `cookie`.
    std::array<std::string_view, kCookieKinds> values{};
    std::string_view other_value{};  // of the first has_other_value

    [[nodiscard]] std::string_view value(CookieKind kind) const {
      return values[static_cast<std::size_t>(kind)];
    }
  };
  [[nodiscard]] Found find(std::string_view cookie) const;
  // The value without ours, appended to `out`; all other bytes and their order as they were. A separator, a
  // semicolon with the white space behind it, goes with the cookie that it led, and the first that is left
  // has none. Nothing appended: the field is to be dropped.
  void strip(std::string_view cookie, std::string& out) const;
  // A Set-Cookie value of the origin's that sets a name of ours.
  [[nodiscard]] bool is_taken_by(std::string_view set_cookie) const;

 private:
  class Pairs;
  // Which of ours is called so.
  [[nodiscard]] std::optional<CookieKind> kind_of(std::string_view name) const;
  [[nodiscard]] bool is_ours(std::string_view name, std::string_view value, unsigned& checks_left) const;
  [[nodiscard]] bool is_other_name(std::string_view name) const;

  const Tokens& tokens_;  // outlives this
  std::string base_;
  std::array<std::string, kCookieKinds> names_, attributes_;
};

}  // namespace mogura::challenge
