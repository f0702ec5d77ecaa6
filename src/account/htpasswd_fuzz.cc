// The password file's reader on any text: it refuses and names a line, without repeating what stands there;
// or every user of the file is found, with a hash of a known kind that was in it.

#include <cstdlib>
#include <string_view>

#include "account/htpasswd.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mogura;
  using namespace mogura::account;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Htpasswd> read = Htpasswd::parse(text, "users");
  if (!read) {
    if (!read.error().place.starts_with("users") || read.error().cause.empty()) std::abort();
    return 0;
  }
  for (const PasswordEntry& entry : read->entries()) {
    if (read->find(entry.user) != &entry || kind_of_hash(entry.hash) != entry.kind) std::abort();
    if (text.find(entry.user + ":" + entry.hash) == std::string_view::npos) std::abort();
    // Nobody finds a fitting password by chance. The slow kinds would say nothing about the reader.
    const bool is_quick = entry.kind == HashKind::kSha1 || entry.kind == HashKind::kApr1;
    if (is_quick && is_password(entry, text.substr(0, 600))) std::abort();
  }
  const PasswordEntry* const stand_in = read->stand_in("nobody at all", size);
  if ((stand_in == nullptr) != read->entries().empty()) std::abort();
  return 0;
}
