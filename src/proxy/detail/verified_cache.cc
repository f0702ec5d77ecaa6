#include "proxy/detail/verified_cache.h"

#include <openssl/crypto.h>
#include <string.h>

#include <algorithm>
#include <mutex>

#include "base/bytes.h"
#include "base/digest.h"

namespace mogura::proxy::detail {
namespace {

constexpr std::size_t kBlockBytes = 64;  // of SHA-256
constexpr std::size_t kWays = 4;
constexpr std::size_t kSets = VerifiedCache::kEntries / kWays;

using Mark = std::array<std::uint8_t, 32>;

struct Set {
  std::array<Mark, kWays> marks{};  // all zero: free, as no mark will ever be
  std::size_t next = 0;
};
using Sets = std::array<Set, kSets>;

std::size_t set_of(const Mark& mark) {
  return load_be16(mark.data()) % kSets;
}

bool holds(const Sets& sets, const Mark& mark) {
  const Set& set = sets[set_of(mark)];
  return std::any_of(set.marks.begin(), set.marks.end(), [&mark](const Mark& other) {
    return CRYPTO_memcmp(mark.data(), other.data(), mark.size()) == 0;
  });
}

// SHA-256 of the key, its bytes changed by `pad`, and the message.
Mark padded_digest(const VerifiedCache::Key& key, std::uint8_t pad, ByteView message) {
  std::array<std::uint8_t, kBlockBytes + VerifiedCache::kCredentialsBytes> buffer;
  std::fill_n(buffer.begin(), kBlockBytes, pad);
  for (std::size_t i = 0; i < key.size(); ++i) buffer[i] ^= key[i];
  const std::size_t size = std::min(message.size(), VerifiedCache::kCredentialsBytes);
  std::copy_n(message.begin(), size, buffer.begin() + kBlockBytes);
  const Mark digest = sha256(ByteView(buffer).first(kBlockBytes + size));
  explicit_bzero(buffer.data(), kBlockBytes + size);
  return digest;
}

}  // namespace

struct VerifiedCache::Impl {
  Key key;
  mutable std::mutex mutex;
  Sets right{}, wrong{};  // guarded by it
};

VerifiedCache::VerifiedCache(const Key& key) : impl_(std::make_unique<Impl>()) {
  impl_->key = key;
}

VerifiedCache::~VerifiedCache() {
  explicit_bzero(impl_->key.data(), impl_->key.size());
}

std::optional<bool> VerifiedCache::find(std::string_view credentials) const {
  if (credentials.size() > kCredentialsBytes) return std::nullopt;
  const Mark mark = hmac_sha256(impl_->key, credentials);
  const std::scoped_lock lock(impl_->mutex);
  if (holds(impl_->right, mark)) return true;
  if (holds(impl_->wrong, mark)) return false;
  return std::nullopt;
}

void VerifiedCache::remember(std::string_view credentials, bool are_right) {
  if (credentials.size() > kCredentialsBytes) return;
  const Mark mark = hmac_sha256(impl_->key, credentials);
  const std::scoped_lock lock(impl_->mutex);
  Sets& sets = are_right ? impl_->right : impl_->wrong;
  if (holds(sets, mark)) return;
  Set& set = sets[set_of(mark)];
  set.marks[set.next] = mark;
  set.next = (set.next + 1) % kWays;
}

std::array<std::uint8_t, 32> hmac_sha256(const VerifiedCache::Key& key, std::string_view message) {
  const Mark inner = padded_digest(key, 0x36, as_bytes(message));
  return padded_digest(key, 0x5C, inner);
}

}  // namespace mogura::proxy::detail
