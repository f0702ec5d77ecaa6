#include "proxy/detail/access_control.h"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "account/htpasswd.h"
#include "proxy/detail/credentials.h"
#include "proxy/detail/special_address.h"
#include "proxy/detail/verified_cache.h"

namespace mogura::proxy::detail {
namespace {

using namespace account;

static_assert(VerifiedCache::kCredentialsBytes == kCredentialsBytes);

Result<std::string> read_password_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (!file) return fail(ErrorCode::kIo, path, std::strerror(errno));
  std::string text;
  std::array<char, 16'384> piece;
  // One byte beyond the limit is enough for the parser to see that there is more.
  while (text.size() <= kPasswordFileBytes) {
    const std::size_t size = std::fread(piece.data(), 1, piece.size(), file.get());
    if (size == 0) break;
    text.append(piece.data(), size);
  }
  if (std::ferror(file.get()) != 0) return fail(ErrorCode::kIo, path, std::strerror(errno));
  return text;
}

Result<Htpasswd> load(const std::string& path) {
  const Result<std::string> text = read_password_file(path);
  if (!text) return tl::unexpected(text.error());
  return Htpasswd::parse(*text, path);
}

// The system's, which cannot fail for so few bytes once the machine is up.
template <class Bytes>
Result<void> fill_randomly(Bytes& bytes) {
  if (getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size())) return {};
  return fail(ErrorCode::kIo, "random numbers", std::strerror(errno));
}

bool contains(const std::vector<Network>& networks, const Address& address) {
  return std::any_of(networks.begin(), networks.end(),
                     [&address](const Network& network) { return network.contains(address); });
}

}  // namespace

struct AccessControl::Impl {
  Impl(const Access& access, Htpasswd read, const VerifiedCache::Key& key, std::uint64_t stand_in_seed)
      : clients(access.clients),
        destinations(access.destinations),
        needs_credentials(!access.htpasswd.empty()),
        users(std::move(read)),
        seed(stand_in_seed),
        cache(key) {
    if (access.any_connect_port) ports.set();
    for (const std::uint16_t port : access.connect_ports) ports.set(port);
  }

  // Whose password to compare with: the user's, or of who is not there, somebody's.
  const PasswordEntry* entry_for(std::string_view user, bool& is_known) const {
    const PasswordEntry* const entry = users.find(user);
    is_known = entry != nullptr;
    return is_known ? entry : users.stand_in(user, seed);
  }
  std::optional<std::string> check(const Credentials& credentials, const PasswordEntry* entry,
                                   bool is_known) {
    const bool fits = entry != nullptr && is_password(*entry, credentials.password());
    if (!(fits && is_known)) return std::nullopt;
    return entry->user;
  }

  std::vector<Network> clients, destinations;
  std::bitset<65'536> ports;
  bool needs_credentials;
  Htpasswd users;
  std::uint64_t seed;
  VerifiedCache cache;
};

AccessControl::AccessControl(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AccessControl::~AccessControl() = default;

Result<std::unique_ptr<AccessControl>> AccessControl::make(const Access& access) {
  Htpasswd users;
  if (!access.htpasswd.empty()) {
    Result<Htpasswd> read = load(access.htpasswd);
    if (!read) return tl::unexpected(std::move(read.error()));
    users = std::move(*read);
  }
  VerifiedCache::Key key;
  std::array<std::uint8_t, sizeof(std::uint64_t)> seed;
  Result<void> filled = fill_randomly(key);
  if (filled) filled = fill_randomly(seed);
  if (!filled) return tl::unexpected(std::move(filled.error()));
  return std::unique_ptr<AccessControl>(
      new AccessControl(std::make_unique<Impl>(access, std::move(users), key, load_be64(seed.data()))));
}

bool AccessControl::admits_client(const Address& client) const {
  return contains(impl_->clients, client);
}

bool AccessControl::needs_credentials() const {
  return impl_->needs_credentials;
}

std::optional<std::string> AccessControl::check_fast(std::string_view value, bool& is_slow) const {
  is_slow = false;
  const std::optional<Credentials> credentials = parse_basic(value);
  if (!credentials) return std::nullopt;
  bool is_known = false;
  const PasswordEntry* const entry = impl_->entry_for(credentials->user(), is_known);
  if (entry == nullptr) return std::nullopt;
  if (!entry->is_slow()) return impl_->check(*credentials, entry, is_known);
  const std::optional<bool> remembered = impl_->cache.find(credentials->text);
  is_slow = !remembered.has_value();
  if (!remembered.value_or(false)) return std::nullopt;
  return entry->user;
}

std::optional<std::string> AccessControl::check_slow(std::string_view value) const {
  const std::optional<Credentials> credentials = parse_basic(value);
  if (!credentials) return std::nullopt;
  bool is_known = false;
  const PasswordEntry* const entry = impl_->entry_for(credentials->user(), is_known);
  std::optional<std::string> user = impl_->check(*credentials, entry, is_known);
  impl_->cache.remember(credentials->text, user.has_value());
  return user;
}

bool AccessControl::admits_connect_port(std::uint16_t port) const {
  return impl_->ports.test(port);
}

bool AccessControl::admits_destination(const Address& destination) const {
  return !is_inside(destination) || contains(impl_->destinations, destination);
}

}  // namespace mogura::proxy::detail
