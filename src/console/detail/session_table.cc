#include "console/detail/session_table.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/random.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/digest.h"

namespace mogura::console::detail {

void fill_random(std::uint8_t* bytes, std::size_t size) {
  MOGURA_CHECK(getrandom(bytes, size, 0) == static_cast<ssize_t>(size));
}

SessionTable::SessionTable(const SessionLimits& limits) : limits_(limits) {
  fill_random(csrf_key_.data(), csrf_key_.size());
}

SessionTable::Key SessionTable::key_of(std::string_view id) {
  return sha256(as_bytes(id));
}

bool SessionTable::is_over(const Session& session, Moment now) const {
  return now - session.used >= limits_.idle || now - session.begun >= limits_.longest;
}

// What has ended goes; then, where there still is no room, what was not used for longest.
void SessionTable::make_room(std::string_view user, Moment now) {
  std::size_t of_user = 0;
  auto oldest = sessions_.end();
  auto oldest_of_user = sessions_.end();
  for (auto each = sessions_.begin(); each != sessions_.end();) {
    if (is_over(each->second, now)) {
      each = sessions_.erase(each);
      continue;
    }
    if (oldest == sessions_.end() || each->second.used < oldest->second.used) oldest = each;
    if (each->second.user == user) {
      ++of_user;
      if (oldest_of_user == sessions_.end() || each->second.used < oldest_of_user->second.used)
        oldest_of_user = each;
    }
    ++each;
  }
  if (of_user >= limits_.most_of_user) {
    sessions_.erase(oldest_of_user);
  } else if (sessions_.size() >= limits_.most) {
    sessions_.erase(oldest);
  }
}

std::string SessionTable::begin(std::string_view user, const Stamp& stamp, Moment now) {
  std::array<std::uint8_t, 32> random{};
  fill_random(random.data(), random.size());
  std::string id = to_hex(random);
  make_room(user, now);
  const Key key = key_of(id);
  sessions_[key] = {key, std::string(user), stamp, now, now};
  return id;
}

const SessionTable::Session* SessionTable::use(std::string_view id, Moment now) {
  const auto found = sessions_.find(key_of(id));
  if (found == sessions_.end()) return nullptr;
  if (is_over(found->second, now)) {
    sessions_.erase(found);
    return nullptr;
  }
  found->second.used = now;
  return &found->second;
}

const SessionTable::Session* SessionTable::find(const Key& key, Moment now) const {
  const auto found = sessions_.find(key);
  return found == sessions_.end() || is_over(found->second, now) ? nullptr : &found->second;
}

std::string SessionTable::csrf_token(std::string_view id) const {
  std::array<std::uint8_t, 32> code{};
  unsigned size = 0;
  const ByteView bytes = as_bytes(id);
  MOGURA_CHECK(HMAC(EVP_sha256(), csrf_key_.data(), static_cast<int>(csrf_key_.size()), bytes.data(),
                    bytes.size(), code.data(), &size) != nullptr);
  return to_hex(code);
}

bool SessionTable::is_csrf_token(std::string_view id, std::string_view token) const {
  const std::string right = csrf_token(id);
  return token.size() == right.size() && CRYPTO_memcmp(token.data(), right.data(), right.size()) == 0;
}

}  // namespace mogura::console::detail
