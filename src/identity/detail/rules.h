#pragma once

// A catalogue as the matcher wants it: products, their rules, and the conditions that rules are made of. Many
// rules have one condition; combinations have several, which must all hold. Equal conditions are one.
//
//   condition 0..n  <--  rule (all of its conditions)  -->  product
//
// Filled by the reader (catalogue_reader.h), then only read.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "identity/identity.h"

namespace mogura::identity::detail {

// What a condition looks at; also the kind of a rule with this one condition.
enum class Source : std::uint8_t {
  kDomain,       // destination, sni, certificate: that name or one below it
  kUserAgent,    // a token of it
  kInner,        // inner-protocol
  kBytes,        // first bytes, at an offset or anywhere
  kString,       // first bytes, banner or string, anywhere
  kCertificate,  // subject or issuer
  kJa3,
  kJa4,
  kPort,
  kNdpi,
  kWhois,
  kPath,  // request targets, where they are in clear
  kShape,
  kAbsent,
  kKind,
  kUpgrade,
  kAlpn,
  kCombination,  // of rules only
};
inline constexpr std::size_t kSources = 18;
// The key of the catalogue's text for it: "domain", "user_agent", …
std::string_view name_of(Source source);
// What a rule of this kind is worth if the catalogue does not say: docs/formats/catalogue.md.
double default_weight(Source source);
// True for what supports a name but never gives one by itself.
bool is_weak(Source source);

enum class Side : std::uint8_t { kUp, kDown, kEither };

struct Condition {
  bool operator==(const Condition&) const = default;
  Source source = Source::kDomain;
  std::string text;  // lower case where case does not matter; bytes where bytes are meant
  // kUserAgent: "^" and "$" in the catalogue
  bool at_begin = false;
  bool at_end = false;
  // kBytes
  Side side = Side::kEither;
  std::optional<std::uint32_t> offset;  // none: anywhere
};

using ConditionId = std::uint32_t;

struct Rule {
  std::vector<ConditionId> conditions;
  std::uint32_t product = 0;
  Source kind = Source::kDomain;
  double weight = 0;
  bool is_weak = false;
  bool is_proof = false;       // what was sent is the thing itself, whatever anybody claims
  bool is_user_agent = false;  // nothing but User-Agent conditions
};

struct Product {
  std::string name;  // "{version}" in it is filled in where one is found
  std::string vendor, note;
  Class cls = Class::kUnknown;
  // 0: a product; 1: a program or library that products are made with; 2: a protocol; 3: a mere shape. Of two
  // names that fit, the one of the lower level says more.
  unsigned level = 0;
  std::vector<std::string> version_after;
};

}  // namespace mogura::identity::detail
