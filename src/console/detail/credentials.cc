#include "console/detail/credentials.h"

#include <openssl/crypto.h>
#include <string.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/digest.h"
#include "console/detail/session_table.h"
#include "console/detail/small_file.h"

namespace mogura::console::detail {
namespace {

bool is_quick(const account::PasswordEntry& entry) {
  return entry.kind == account::HashKind::kApr1 || entry.kind == account::HashKind::kSha1;
}

bool is_token_letter(char c) {
  return c > ' ' && c <= '~';
}

// Wiped when it goes.
struct Wiped {
  std::string text{};
  ~Wiped() { explicit_bzero(text.data(), text.size()); }
};

}  // namespace

Result<std::shared_ptr<const Credentials>> Credentials::load(const Options& options) {
  auto loaded = std::make_shared<Credentials>();
  fill_random(reinterpret_cast<std::uint8_t*>(&loaded->seed_), sizeof loaded->seed_);
  if (!options.token_file.empty()) {
    if (auto done = loaded->load_token(options.token_file); !done)
      return tl::unexpected(std::move(done.error()));
  }
  if (!options.htpasswd.empty()) {
    if (auto done = loaded->load_people(options.htpasswd); !done)
      return tl::unexpected(std::move(done.error()));
  }
  return loaded;
}

Result<void> Credentials::load_people(const std::string& path) {
  Result<SmallFile> file = read_small_file(path, account::kPasswordFileBytes);
  if (!file) return tl::unexpected(std::move(file.error()));
  Result<account::Htpasswd> people = account::Htpasswd::parse(file->text, path);
  if (!people) return tl::unexpected(std::move(people.error()));
  const auto& entries = people->entries();
  if (entries.empty()) return fail(ErrorCode::kFormat, path, "names nobody who could log in");
  const auto quick = std::find_if(entries.begin(), entries.end(), is_quick);
  if (quick != entries.end()) {
    return fail(ErrorCode::kFormat, path + " line " + std::to_string(quick->line),
                "is hashed with " + std::string(quick->kind == account::HashKind::kApr1 ? "MD5" : "SHA-1") +
                    ", which is tried too quickly; the console takes bcrypt (htpasswd -B) or SHA-crypt");
  }
  if (has_token() && people->find(kTokenUser) != nullptr)
    return fail(ErrorCode::kFormat, path, "has a user \"token\", as whom the token logs in");
  people_ = std::move(*people);
  return {};
}

Result<void> Credentials::load_token(const std::string& path) {
  Result<SmallFile> file = read_small_file(path, kTokenMost + 2);
  if (!file) return tl::unexpected(std::move(file.error()));
  const Wiped token{std::move(file->text)};
  std::string_view text = token.text;
  if ((file->mode & 077U) != 0) {
    return fail(ErrorCode::kUsage, path,
                "the token's file is open to others; take a new token if they may have read it, then: chmod "
                "600 " +
                    path);
  }
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (!std::all_of(text.begin(), text.end(), is_token_letter))
    return fail(ErrorCode::kFormat, path, "must be one line of letters, digits and signs without spaces");
  if (text.size() < kTokenLeast || text.size() > kTokenMost)
    return fail(ErrorCode::kFormat, path, "must be a token of 16 to 1,024 characters");
  token_ = sha256(as_bytes(text));
  return {};
}

bool Credentials::are_right(const LoginForm& form) const {
  if (form.has_token) {
    const Stamp asked = sha256(as_bytes(form.secret));
    return token_ && CRYPTO_memcmp(asked.data(), token_->data(), asked.size()) == 0;
  }
  const account::PasswordEntry* const entry = people_.find(form.user);
  const account::PasswordEntry* const tried = entry != nullptr ? entry : people_.stand_in(form.user, seed_);
  const bool fits = tried != nullptr && account::is_password(*tried, form.secret);
  return fits && entry != nullptr;
}

std::optional<Credentials::Stamp> Credentials::stamp_of(std::string_view user) const {
  if (user == kTokenUser && token_) return token_;
  const account::PasswordEntry* const entry = people_.find(user);
  if (entry == nullptr) return std::nullopt;
  return sha256(as_bytes(entry->hash));
}

}  // namespace mogura::console::detail
