#pragma once

// What texts in the configuration may be. Each rule answers what is wrong with a text, in words that follow
// "must be …"; empty: nothing. Any thread.

#include <string>
#include <string_view>

#include "base/address.h"

namespace mogura::proxy::detail {

// No control characters in any of them.
inline constexpr std::size_t kTextBytes = 4096;

struct TextRule {
  std::string_view type;   // as documents name it
  std::string_view range;  // what is demanded of it beyond that; may be empty
  std::string (*complaint)(std::string_view text);
};

extern const TextRule kFile;           // a path, or empty
extern const TextRule kOutput;         // the same, or "-"
extern const TextRule kPseudonym;      // a token of RFC 9110 §5.6.2, at most 64 bytes
extern const TextRule kRealm;          // what can stand between quotes, at most 128 bytes
extern const TextRule kCookieName;     // a token that no browser takes for one with a prefix
extern const TextRule kParent;         // HOST:PORT, or empty
extern const TextRule kStore;          // memory, or redis://[[USER]:PASSWORD@]HOST[:PORT][/DB]
extern const TextRule kMetricsPort;    // ADDR:PORT, or empty
extern const TextRule kInnerProtocol;  // a name of protocol::Inner but "none", "tls" and "unknown"

// The store without its password: redis://user:…@host/0.
inline constexpr std::string_view kHiddenPassword = "…";
std::string without_password(std::string_view store);

}  // namespace mogura::proxy::detail
