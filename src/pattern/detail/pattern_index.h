#pragma once

// Which patterns a session is worth comparing with, so that a session that can match nothing costs next to
// nothing. A pattern that cannot do without some exact text (JA4, cipher list, server name, destination,
// User-Agent) is found by that text alone; the others by kind and inner protocol. Immutable; any thread.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "pattern/pattern.h"
#include "session/session.h"

namespace mogura::pattern::detail {

class PatternIndex {
 public:
  explicit PatternIndex(const std::vector<Pattern>& patterns);

  // Replaces `candidates`, in no order. Every pattern that matches the session is among them, once.
  void find(const session::Session& session, std::vector<std::uint32_t>& candidates) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return hash_bytes(as_bytes(text)); }
  };
  using Table = std::unordered_map<std::string, std::vector<std::uint32_t>, Hash, std::equal_to<>>;
  // Tables by text, the most telling first.
  enum class By : std::uint8_t { kJa4, kCipherSuites, kSni, kDestination, kUserAgent };
  static constexpr std::size_t kTables = 5;
  static constexpr std::size_t kInners = static_cast<std::size_t>(protocol::Inner::kUnknown) + 1;

  static std::string_view text_of(const session::Session& session, By by);
  bool add_by_text(std::uint32_t number, const std::vector<const Condition*>& required);
  void add_by_kind(std::uint32_t number, const std::vector<const Condition*>& required);

  std::array<Table, kTables> by_text_;
  std::array<std::array<std::vector<std::uint32_t>, kInners>, session::kKinds> by_kind_;
};

}  // namespace mogura::pattern::detail
