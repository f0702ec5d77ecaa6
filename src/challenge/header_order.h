#pragma once

// Which program family orders a request's fields like this, and whether that contradicts its User-Agent.
// Libraries write their fields in an order of their own, and who borrows a browser's User-Agent seldom
// borrows its order. The fingerprint's form: docs/formats/header-order.md; what was measured, and what it
// cannot tell: docs/guides/challenges/passive.md.
//
//   head ──► HeaderOrder "1g1t-HPWUAELC" ──► families_of() ──► judge_order(…, claimed_family(User-Agent))
//
// Pure functions and values, nothing is allocated before text is asked for. Any thread.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/strict_head.h"

namespace mogura::challenge {

// How a request reached us; programs order their fields differently on each way.
enum class Wire : std::uint8_t {
  kPlain,    // HTTP/1 on a connection that anybody can read
  kTls,      // HTTP/1 inside TLS
  kHttp2,    // names are in small letters, and no field is about the connection
  kConnect,  // a CONNECT, whatever comes in the tunnel
};
Wire wire_of(const protocol::RequestHead& head, bool is_encrypted, bool is_http2);

class HeaderOrder {
 public:
  // Letters beyond are not kept (is_cut); a run of the same letter is one.
  static constexpr std::size_t kMaxLetters = 48;

  HeaderOrder() = default;
  // O(bytes of the head's names).
  static HeaderOrder of(const protocol::RequestHead& head);
  // Of field names with white space between, as tests and tables have them.
  static HeaderOrder of_names(std::string_view names, std::string_view method = "GET", unsigned minor = 1);

  [[nodiscard]] std::string_view letters() const { return {letters_.data(), size_}; }
  [[nodiscard]] bool has(char letter) const { return letters().find(letter) != std::string_view::npos; }
  [[nodiscard]] bool is_cut() const { return is_cut_; }
  // Every name begins with a small letter; of at least one field.
  [[nodiscard]] bool is_lower_case() const { return case_ == 'l'; }
  // "1g1t-HPWUAELC", docs/formats/header-order.md.
  [[nodiscard]] std::string text() const;
  // "Host, Proxy-Connection, …": the fields that have a letter of their own.
  [[nodiscard]] std::string names() const;
  bool operator==(const HeaderOrder&) const = default;

 private:
  void add(std::string_view name, protocol::FieldId id);

  std::array<char, kMaxLetters> letters_{};
  std::uint8_t size_ = 0;
  char method_ = 'x', minor_ = '1', case_ = '-';
  bool is_cut_ = false;
};

enum class Family : std::uint8_t {
  kChromium,  // Chrome, Edge, Opera, Brave, Electron, …
  kFirefox,
  kWinInet,  // Internet Explorer, old Edge, programs with the system's library
  kWinHttp,  // services of Windows
  kLibcurl,  // curl, git, …
  kWget,
  kRequests,    // Python
  kUrllib,      // Python
  kUrllib3,     // Python
  kHttpClient,  // Python's http.client
  kJavaHttpClient,
  kJavaUrlConnection,
  kNode,
  kNodeFetch,
  kGo,
  kLynx,
  kApt,
  kLwp,      // Perl
  kSafari,   // recognised in User-Agents; its order was not measured, so it is never judged
  kUnknown,  // any other program
};
inline constexpr std::size_t kFamilies = 18;  // those with an order: kChromium to kLwp
// "Chromium", "libcurl", …: for sentences.
std::string_view name_of(Family family);
// Which family a User-Agent says that it is.
Family claimed_family(std::string_view user_agent);
// "Chrome/…" or "Firefox/…": the number behind; 0 where there is none.
unsigned claimed_version(std::string_view user_agent);

// A set of families, one bit each.
class FamilySet {
 public:
  void add(Family family) { bits_ |= 1u << static_cast<unsigned>(family); }
  [[nodiscard]] bool has(Family family) const { return (bits_ >> static_cast<unsigned>(family) & 1u) != 0; }
  [[nodiscard]] bool is_empty() const { return bits_ == 0; }
  // "libcurl or Wget"; empty for none.
  [[nodiscard]] std::string text() const;
  bool operator==(const FamilySet&) const = default;

 private:
  std::uint32_t bits_ = 0;
};
// All whose requests come like this. `is_relayed`: see judge_order().
FamilySet families_of(const HeaderOrder& order, Wire wire, bool is_relayed = false);
bool fits(const HeaderOrder& order, Wire wire, Family family, bool is_relayed = false);

enum class OrderVerdict : std::uint8_t {
  kNothing,  // no claim that could be judged, or a proxy in between (Via, Forwarded, X-Forwarded-…)
  kFits,     // as the claimed program sends it
  kUnknown,  // not so, nor as any other program that is known here: an add-on, a new version, a disguise
  kAnotherFamily,  // not so, but as `looks_like` do
  kLowerCase,      // in order, but with names in small letters, which that browser does not do in HTTP/1
  kNoFetchData,    // in order, but inside TLS without Sec-Fetch-…, which that browser always sends there
};
struct OrderJudgement {
  OrderVerdict verdict = OrderVerdict::kNothing;
  Family claimed = Family::kUnknown;
  FamilySet looks_like{};  // with kAnotherFamily

  [[nodiscard]] bool contradicts() const {
    return verdict != OrderVerdict::kNothing && verdict != OrderVerdict::kFits;
  }
  bool operator==(const OrderJudgement&) const = default;
};
// `is_relayed`: a gateway has passed it on (ICAP), which takes out the fields that are for one hop only (RFC
// 9110 §7.6.1), and may write Host anew, in another place (Squid): neither is missed, nor looked at.
OrderJudgement judge_order(const HeaderOrder& order, Wire wire, std::string_view user_agent,
                           bool is_relayed = false);
// One plain sentence without a full stop; empty where nothing contradicts.
std::string explain(const OrderJudgement& judgement, const HeaderOrder& order);

}  // namespace mogura::challenge
