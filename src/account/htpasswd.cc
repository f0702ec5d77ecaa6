#include "account/htpasswd.h"

#include <crypt.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <memory>

#include "base/digest.h"
#include "base/hash.h"

namespace mogura::account {
namespace {

constexpr unsigned kMostBcryptCost = 17;  // as of htpasswd; some eight seconds
constexpr unsigned long kMostRounds = 10'000'000;
constexpr std::size_t kUserBytes = 255;
constexpr std::string_view kApr1 = "$apr1$";
constexpr std::string_view kSha1 = "{SHA}";

bool is_crypt_letter(char c) {
  return c == '.' || c == '/' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool are_crypt_letters(std::string_view text, std::size_t count) {
  return text.size() == count && std::all_of(text.begin(), text.end(), is_crypt_letter);
}

bool is_bcrypt(std::string_view hash) {
  if (hash.size() < 7 || !hash.starts_with("$2") || std::string_view("aby").find(hash[2]) == hash.npos ||
      hash[3] != '$' || hash[6] != '$') {
    return false;
  }
  unsigned cost = 0;
  const auto [end, error] = std::from_chars(hash.data() + 4, hash.data() + 6, cost);
  return error == std::errc() && end == hash.data() + 6 && cost >= 4 && cost <= kMostBcryptCost &&
         are_crypt_letters(hash.substr(7), 53);
}

// "rounds=5000$", if it is there, is taken off; false: too many, or no number.
bool take_rounds(std::string_view& rest) {
  constexpr std::string_view kRounds = "rounds=";
  if (!rest.starts_with(kRounds)) return true;
  rest.remove_prefix(kRounds.size());
  unsigned long rounds = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), rounds);
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  if (error != std::errc() || rounds < 1000 || rounds > kMostRounds || !rest.starts_with('$')) return false;
  rest.remove_prefix(1);
  return true;
}

// SALT$HASH
bool is_salted(std::string_view rest, std::size_t most_salt, std::size_t hash_size) {
  const std::size_t dollar = rest.find('$');
  if (dollar == std::string_view::npos || dollar > most_salt) return false;
  return are_crypt_letters(rest.substr(0, dollar), dollar) &&
         are_crypt_letters(rest.substr(dollar + 1), hash_size);
}

bool is_sha_crypt(std::string_view hash) {
  const bool is_512 = hash.starts_with("$6$");
  if (!is_512 && !hash.starts_with("$5$")) return false;
  hash.remove_prefix(3);
  return take_rounds(hash) && is_salted(hash, 16, is_512 ? 86 : 43);
}

bool is_sha1(std::string_view hash) {
  // 20 bytes in base64.
  return hash.size() == kSha1.size() + 28 && hash.starts_with(kSha1) && hash.ends_with('=');
}

bool are_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool is_crypt_password(const std::string& hash, std::string_view password) {
  const auto state = std::make_unique<crypt_data>();
  std::string terminated(password);
  const char* const computed = crypt_r(terminated.c_str(), hash.c_str(), state.get());
  const bool is_right = computed != nullptr && are_equal(computed, hash);
  explicit_bzero(terminated.data(), terminated.size());
  explicit_bzero(state.get(), sizeof(crypt_data));
  return is_right;
}

// Six bits a character, the low ones first.
void append_crypt_base64(std::string& text, std::uint32_t bits, std::size_t count) {
  constexpr std::string_view kLetters = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  for (; count > 0; --count, bits >>= 6) text += kLetters[bits & 63];
}

std::string text_of(const std::array<std::uint8_t, 16>& digest) {
  return {digest.begin(), digest.end()};
}

// The first digest: password, magic, salt, and parts chosen by the bits of the password's length.
std::string apr1_begin(const std::string& password, const std::string& salt) {
  const std::string inner = text_of(md5(as_bytes(password + salt + password)));
  std::string message = password + std::string(kApr1) + salt;
  for (std::size_t left = password.size(); left > 0; left -= std::min<std::size_t>(left, 16)) {
    message += inner.substr(0, std::min<std::size_t>(left, 16));
  }
  for (std::size_t bits = password.size(); bits != 0; bits >>= 1) {
    message += (bits & 1) != 0 || password.empty() ? '\0' : password.front();
  }
  return text_of(md5(as_bytes(message)));
}

tl::unexpected<Error> refuse(const std::string& name, std::size_t line, std::string cause) {
  return fail(ErrorCode::kFormat, name + " line " + std::to_string(line), std::move(cause));
}

bool is_user(std::string_view user) {
  return !user.empty() && user.size() <= kUserBytes && std::none_of(user.begin(), user.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
}

// Up to the next line end, which is taken off too.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

std::optional<HashKind> kind_of_hash(std::string_view hash) {
  if (is_bcrypt(hash)) return HashKind::kBcrypt;
  if (is_sha_crypt(hash)) return HashKind::kShaCrypt;
  if (hash.starts_with(kApr1) && is_salted(hash.substr(kApr1.size()), 8, 22)) return HashKind::kApr1;
  if (is_sha1(hash)) return HashKind::kSha1;
  return std::nullopt;
}

std::string apr1(std::string_view password_view, std::string_view salt_view) {
  const std::string password(password_view);
  const std::string salt(salt_view);
  std::string digest = apr1_begin(password, salt);
  for (unsigned round = 0; round < 1000; ++round) {
    std::string message = (round & 1) != 0 ? password : digest;
    if (round % 3 != 0) message += salt;
    if (round % 7 != 0) message += password;
    message += (round & 1) != 0 ? digest : password;
    digest = text_of(md5(as_bytes(message)));
  }
  const auto byte = [&digest](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<std::uint8_t>(digest[i]));
  };
  std::string text;
  for (std::size_t i = 0; i < 5; ++i) {
    append_crypt_base64(text, byte(i) << 16 | byte(i + 6) << 8 | byte(i == 4 ? 5 : i + 12), 4);
  }
  append_crypt_base64(text, byte(11), 2);
  return text;
}

bool is_password(const PasswordEntry& entry, std::string_view password) {
  if (password.size() > kPasswordBytes || password.find('\0') != std::string_view::npos) return false;
  switch (entry.kind) {
    case HashKind::kBcrypt:
    case HashKind::kShaCrypt:
      return is_crypt_password(entry.hash, password);
    case HashKind::kApr1: {
      const std::size_t salt_end = entry.hash.rfind('$');
      const std::string salt = entry.hash.substr(kApr1.size(), salt_end - kApr1.size());
      return are_equal(apr1(password, salt), std::string_view(entry.hash).substr(salt_end + 1));
    }
    case HashKind::kSha1:
      return are_equal(to_base64(sha1(as_bytes(password))),
                       std::string_view(entry.hash).substr(kSha1.size()));
  }
  return false;
}

Result<Htpasswd> Htpasswd::parse(std::string_view text, const std::string& name) {
  if (text.size() > kPasswordFileBytes) return fail(ErrorCode::kLimit, name, "is larger than 16 MiB");
  Htpasswd read;
  std::unordered_map<std::string, std::size_t> lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = take_line(text);
    if (line.empty() || line.front() == '#') continue;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return refuse(name, number, "must be USER:HASH");
    const std::string_view user = line.substr(0, colon);
    if (!is_user(user))
      return refuse(name, number, "the user's name is empty, long or has control characters");
    // Apache, too, leaves alone what stands behind another colon.
    const std::string_view hash = line.substr(colon + 1, line.find(':', colon + 1) - colon - 1);
    const auto kind = kind_of_hash(hash);
    if (!kind) {
      return refuse(name, number,
                    "the password is not hashed by bcrypt, SHA-256 or SHA-512 crypt, APR1 or {SHA}, or would "
                    "take minutes to check (htpasswd -B makes good ones)");
    }
    const auto [place, is_new] = lines.emplace(user, number);
    if (!is_new) {
      return refuse(name, number, "this user stands on line " + std::to_string(place->second) + " already");
    }
    if (lines.size() > kPasswordUsers) return fail(ErrorCode::kLimit, name, "has more than 100000 users");
    read.entries_.push_back({std::string(user), std::string(hash), *kind, number});
  }
  for (std::size_t i = 0; i < read.entries_.size(); ++i) read.by_user_.emplace(read.entries_[i].user, i);
  return read;
}

const PasswordEntry* Htpasswd::find(std::string_view user) const {
  const auto found = by_user_.find(user);
  return found == by_user_.end() ? nullptr : &entries_[found->second];
}

const PasswordEntry* Htpasswd::stand_in(std::string_view user, std::uint64_t seed) const {
  return entries_.empty() ? nullptr : &entries_[hash_bytes(as_bytes(user), seed) % entries_.size()];
}

}  // namespace mogura::account
