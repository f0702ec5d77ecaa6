#pragma once

// Cookies that a program sends although nobody can have given them to it: data on its way out in a field that
// few look at. What speaks against that is learned first, for each site (registrable domain) and not for each
// host, as cookies with a Domain go from one to the other:
//
//   a response through us sets the name ──► that name is explained
//   a response through us is a page     ──► all are: its scripts may make them
//   a tunnel to the site, or TLS        ──► all are: what is in there is not seen
//
// What is left may still be a jar from before this program was started; docs/guides/challenges/passive.md.
// Single-threaded; time comes in as an argument; memory is bounded, the least used of a few neighbours makes
// room (see detail/bounded_table.h).

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "challenge/detail/bounded_table.h"
#include "challenge/passive_evidence.h"

namespace mogura::challenge {

// What is remembered of a site.
struct CookieSite {
  std::array<std::uint64_t, 8> names{};  // a Bloom filter of those that responses have set, two bits each
  std::uint32_t responses = 0;
  std::uint32_t first_contacts = 0;              // programs that came for the first time
  std::uint32_t first_contacts_with_cookie = 0;  // of them, with a cookie that nothing explains
  bool has_pages = false;                        // HTML or scripts
  bool is_elsewhere_too = false;                 // tunnels
  bool sets_cookies = false;

  void note_name(std::uint64_t name_hash);
  [[nodiscard]] bool may_have_set(std::uint64_t name_hash) const;
  // Nothing that was seen could have made a cookie by itself.
  [[nodiscard]] bool is_plain() const { return !has_pages && !is_elsewhere_too; }
};

// What is remembered of a program (client and User-Agent) at a host.
struct CookieUse {
  static constexpr std::size_t kNameBytes = 24;
  std::uint32_t requests = 0;
  std::uint32_t unexplained = 0;        // requests with a cookie that nothing explained then
  std::array<char, kNameBytes> name{};  // the last such, cut
  Timestamp first{};
  std::uint64_t site = 0;  // its key, once known

  [[nodiscard]] std::string name_text() const;
};

class CookieProvenance {
 public:
  static constexpr std::size_t kCookies = 64;              // of a request, that are looked at
  static constexpr std::uint32_t kLeastRequests = 8;       // of a program, and responses of its site
  static constexpr double kNearlyAll = 0.9;                // of the requests
  static constexpr std::uint32_t kLeastFirstContacts = 3;  // programs
  static constexpr Duration kLearning = std::chrono::hours(24);

  // `own`: beginnings of the names of our own cookies, which do not count.
  CookieProvenance(std::size_t sites, std::uint64_t seed, std::vector<std::string> own);

  // `host`: lower case, without port. O(bytes of `fields`). `set_cookies`: values of Set-Cookie.
  void note_response(std::string_view host, bool is_page, const std::vector<std::string_view>& set_cookies,
                     Timestamp now);
  // What goes on there out of sight: a CONNECT to it.
  void note_tunnel(std::string_view host, Timestamp now);
  // `cookie`: the value of the request's Cookie field, empty where it has none. `use` is always with the same
  // host.
  void note_request(std::string_view host, std::string_view cookie, Timestamp now, CookieUse& use);

  // "cookie-from-nowhere", "cookie-at-first-contact".
  void judge(const CookieUse& use, Timestamp now, std::vector<Evidence>& evidence) const;
  // Nothing was remembered of it, or no more.
  [[nodiscard]] const CookieSite* site(std::string_view host) const;

 private:
  [[nodiscard]] std::uint64_t key_of(std::string_view host) const;
  [[nodiscard]] std::uint64_t hash_of(std::string_view name) const;
  [[nodiscard]] bool is_own(std::string_view name) const;
  // The first name that nothing explains, or nothing.
  [[nodiscard]] std::string_view unexplained(const CookieSite& site, std::string_view cookie) const;

  detail::BoundedTable<CookieSite> sites_;
  std::uint64_t seed_;
  std::vector<std::string> own_;
};

}  // namespace mogura::challenge
