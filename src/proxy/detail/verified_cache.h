#pragma once

// What was found out about credentials, so that a slow hash is computed once and not for each request. They
// are kept as HMAC-SHA256 under a key that is random and this process's alone: neither a copy of its memory
// nor timing says what they were. Bounded: of a full set, the one that came first goes; right and wrong ones
// have sets of their own, so that guessing pushes nobody out. Any thread.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace mogura::proxy::detail {

class VerifiedCache {
 public:
  static constexpr std::size_t kEntries = 1024;  // right ones, and as many wrong ones
  // Longer credentials are not remembered.
  static constexpr std::size_t kCredentialsBytes = 1024;
  using Key = std::array<std::uint8_t, 32>;

  explicit VerifiedCache(const Key& key);
  ~VerifiedCache();

  // Whether they were right; nothing: not known.
  [[nodiscard]] std::optional<bool> find(std::string_view credentials) const;
  void remember(std::string_view credentials, bool are_right);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// RFC 2104, of at most VerifiedCache::kCredentialsBytes.
std::array<std::uint8_t, 32> hmac_sha256(const VerifiedCache::Key& key, std::string_view message);

}  // namespace mogura::proxy::detail
