#include "challenge/cookie_provenance.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/hash.h"
#include "challenge/detail/passive_weights.h"
#include "challenge/detail/passive_words.h"
#include "protocol/registrable_domain.h"

namespace mogura::challenge {
namespace {

constexpr std::size_t kBits = 64 * std::tuple_size_v<decltype(CookieSite::names)>;

void count(std::uint32_t& counter) {
  if (counter != std::numeric_limits<std::uint32_t>::max()) ++counter;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Of "name=value", with attributes or not; empty for one without a name.
std::string_view name_in(std::string_view pair) {
  pair = pair.substr(0, pair.find(';'));
  const std::size_t equals = pair.find('=');
  return equals == std::string_view::npos ? std::string_view() : trimmed(pair.substr(0, equals));
}

ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

void keep_name(std::string_view name, CookieUse& use) {
  use.name.fill('\0');
  std::copy_n(name.data(), std::min(name.size(), use.name.size()), use.name.data());
}

}  // namespace

void CookieSite::note_name(std::uint64_t name_hash) {
  sets_cookies = true;
  for (const std::uint64_t bit : {name_hash % kBits, (name_hash >> 32) % kBits}) {
    names[bit / 64] |= std::uint64_t{1} << bit % 64;
  }
}

bool CookieSite::may_have_set(std::uint64_t name_hash) const {
  const auto has = [&](std::uint64_t bit) { return (names[bit / 64] >> bit % 64 & 1u) != 0; };
  return has(name_hash % kBits) && has((name_hash >> 32) % kBits);
}

std::string CookieUse::name_text() const {
  return {name.data(), static_cast<std::size_t>(std::find(name.begin(), name.end(), '\0') - name.begin())};
}

CookieProvenance::CookieProvenance(std::size_t sites, std::uint64_t seed, std::vector<std::string> own)
    : sites_(sites), seed_(seed), own_(std::move(own)) {}

std::uint64_t CookieProvenance::key_of(std::string_view host) const {
  return hash_of(protocol::registrable_domain_of_host(std::string(host)));
}

std::uint64_t CookieProvenance::hash_of(std::string_view name) const {
  return hash_bytes(bytes_of(name), seed_);
}

bool CookieProvenance::is_own(std::string_view name) const {
  return std::any_of(own_.begin(), own_.end(),
                     [&](const std::string& beginning) { return name.starts_with(beginning); });
}

void CookieProvenance::note_response(std::string_view host, bool is_page,
                                     const std::vector<std::string_view>& set_cookies, Timestamp now) {
  CookieSite& site = sites_.at(key_of(host), now);
  count(site.responses);
  site.has_pages |= is_page;
  for (const std::string_view line : set_cookies) {
    const std::string_view name = name_in(line);
    if (!is_own(name)) site.note_name(hash_of(name));
  }
}

void CookieProvenance::note_tunnel(std::string_view host, Timestamp now) {
  sites_.at(key_of(host), now).is_elsewhere_too = true;
}

std::string_view CookieProvenance::unexplained(const CookieSite& site, std::string_view cookie) const {
  if (!site.is_plain()) return {};
  for (std::size_t looked_at = 0; !cookie.empty() && looked_at < kCookies; ++looked_at) {
    const std::size_t end = std::min(cookie.find(';'), cookie.size());
    const std::string_view name = name_in(cookie.substr(0, end));
    cookie.remove_prefix(std::min(end + 1, cookie.size()));
    if (!name.empty() && !is_own(name) && !site.may_have_set(hash_of(name))) return name;
  }
  return {};
}

void CookieProvenance::note_request(std::string_view host, std::string_view cookie, Timestamp now,
                                    CookieUse& use) {
  if (use.requests == 0) use.site = key_of(host);
  CookieSite& site = sites_.at(use.site, now);
  const std::string_view name = unexplained(site, cookie);
  if (use.requests == 0) {
    use.first = now;
    count(site.first_contacts);
    if (!name.empty()) count(site.first_contacts_with_cookie);
  }
  count(use.requests);
  if (name.empty()) return;
  count(use.unexplained);
  keep_name(name, use);
}

void CookieProvenance::judge(const CookieUse& use, Timestamp now, std::vector<Evidence>& evidence) const {
  if (use.unexplained == 0) return;
  const CookieSite* const site = sites_.find(use.site);
  if (site == nullptr || !site->is_plain()) return;
  // Learned in the meantime.
  if (site->may_have_set(hash_of(use.name_text())) || site->responses < kLeastRequests) return;
  const double ratio = static_cast<double>(use.unexplained) / use.requests;
  if (use.requests >= kLeastRequests && ratio >= kNearlyAll) {
    evidence.push_back({"cookie-from-nowhere",
                        detail::share(use.unexplained, use.requests, "requests") + " had a cookie (" +
                            use.name_text() + ") that none of " + std::to_string(site->responses) +
                            " responses of this site set, and none of them was a page",
                        now - use.first >= kLearning ? detail::weights::kCookieFromNowhere
                                                     : detail::weights::kCookieNewlyFromNowhere,
                        ratio, 0.0});
  }
  if (site->first_contacts >= kLeastFirstContacts &&
      site->first_contacts_with_cookie == site->first_contacts) {
    evidence.push_back({"cookie-at-first-contact",
                        "all " + std::to_string(site->first_contacts) +
                            " programs that came to this site brought such a cookie with their first request",
                        detail::weights::kCookieAtFirstContact,
                        static_cast<double>(site->first_contacts_with_cookie), 0.0});
  }
}

const CookieSite* CookieProvenance::site(std::string_view host) const {
  return sites_.find(key_of(host));
}

}  // namespace mogura::challenge
