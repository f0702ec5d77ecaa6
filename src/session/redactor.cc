#include "session/redactor.h"

#include <algorithm>

#include "base/digest.h"

namespace mogura::session {
namespace {

constexpr std::string_view kForwarded = "mogura-forwarded-1";
constexpr std::size_t kAddressBytes = 16;

std::array<std::uint8_t, kAddressBytes> bytes_of(const Address& address) {
  std::array<std::uint8_t, kAddressBytes> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(address.high() >> (56 - 8 * i));
    bytes[8 + i] = static_cast<std::uint8_t>(address.low() >> (56 - 8 * i));
  }
  return bytes;
}

// Not left out by the compiler, as writing to what is not read again may be.
template <class Bytes>
void wipe(Bytes& bytes) {
  volatile auto* at = bytes.data();
  for (std::size_t i = 0; i < bytes.size(); ++i) at[i] = 0;
}

}  // namespace

Redactor::Redactor(const std::array<std::uint8_t, kKeyBytes>& key) {
  inner_.fill(0x36);
  outer_.fill(0x5C);
  for (std::size_t i = 0; i < key.size(); ++i) {
    inner_[i] ^= key[i];
    outer_[i] ^= key[i];
  }
}

Redactor::~Redactor() {
  wipe(inner_);
  wipe(outer_);
}

Address Redactor::hash(ByteView message) const {
  std::string text(as_text(inner_));
  text += as_text(message);
  const auto first = sha256(as_bytes(text));
  std::array<std::uint8_t, sizeof(Block) + sizeof(first)> last;
  std::copy(first.begin(), first.end(), std::copy(outer_.begin(), outer_.end(), last.begin()));
  const auto mac = sha256(last);
  wipe(text);
  wipe(last);
  std::array<std::uint8_t, kAddressBytes> bytes;
  for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(kPrefix >> (40 - 8 * i));
  std::copy_n(mac.begin(), bytes.size() - 6, bytes.begin() + 6);
  return Address::from_bytes(bytes);
}

Address Redactor::pseudonym_of(const Address& client) const {
  const bool stays = is_pseudonym(client) || client == Address{};
  return stays ? client : hash(bytes_of(client));
}

// The two kinds of messages cannot be the same: one has 16 bytes, the other more.
std::string Redactor::pseudonym_of(std::string_view forwarded) const {
  if (forwarded.empty()) return {};
  if (const auto address = Address::parse(forwarded)) return pseudonym_of(*address).to_string();
  return hash(as_bytes(std::string(kForwarded).append(forwarded))).to_string();
}

void Redactor::redact(Session& session) const {
  session.client.address = pseudonym_of(session.client.address);
  if (!session.client_forwarded.empty()) session.client_forwarded = pseudonym_of(session.client_forwarded);
}

}  // namespace mogura::session
