#include "challenge/token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/bytes.h"
#include "base/check.h"
#include "base/digest.h"

namespace mogura::challenge {
namespace {

constexpr std::string_view kVersion = "1.";
constexpr std::size_t kMacBytes = 12, kTagBytes = 6;
constexpr std::size_t kMacText = 16, kTagText = 8;  // in base64url
constexpr std::size_t kEpochDigits = 15;            // more would overflow times long before the number
constexpr std::string_view kTagKind = "plain";      // one for all kinds: the tag alone tells what is ours
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using Digest = std::array<std::uint8_t, 32>;

Context new_context() {
  Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  MOGURA_CHECK(context != nullptr);
  return context;
}

void digest(EVP_MD_CTX* context, const EVP_MD_CTX* start, const void* bytes, std::size_t size, Digest& out) {
  unsigned written = 0;
  MOGURA_CHECK(EVP_MD_CTX_copy_ex(context, start) == 1);
  MOGURA_CHECK(EVP_DigestUpdate(context, bytes, size) == 1);
  MOGURA_CHECK(EVP_DigestFinal_ex(context, out.data(), &written) == 1 && written == out.size());
}

// What is hashed: parts of any content, told apart by their lengths in front. Short ones need no allocation.
class Message {
 public:
  explicit Message(std::string_view purpose) { add(purpose); }
  Message& add(std::string_view part) {
    add(static_cast<std::uint64_t>(part.size()));
    append(part);
    return *this;
  }
  Message& add(std::uint64_t number) {
    std::array<char, 8> bytes;
    for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(number >> (56 - 8 * i));
    append({bytes.data(), bytes.size()});
    return *this;
  }
  Message& add(const Address& address) { return add(address.high()).add(address.low()); }
  [[nodiscard]] std::string_view view() const {
    return long_.empty() ? std::string_view(short_.data(), size_) : std::string_view(long_);
  }

 private:
  void append(std::string_view bytes) {
    if (long_.empty() && size_ + bytes.size() <= short_.size()) {
      std::copy(bytes.begin(), bytes.end(), short_.begin() + static_cast<std::ptrdiff_t>(size_));
      size_ += bytes.size();
      return;
    }
    if (long_.empty()) long_.assign(short_.data(), size_);
    long_ += bytes;
  }

  std::array<char, 512> short_;
  std::size_t size_ = 0;
  std::string long_;
};

// RFC 4648 §5 without padding. `bytes`: a multiple of three of them.
void append_base64url(const std::uint8_t* bytes, std::size_t size, std::string& out) {
  for (std::size_t i = 0; i + 2 < size; i += 3) {
    const unsigned group = (unsigned{bytes[i]} << 16) | (unsigned{bytes[i + 1]} << 8) | bytes[i + 2];
    for (const unsigned shift : {18u, 12u, 6u, 0u}) out += kAlphabet[(group >> shift) & 63];
  }
}

bool is_base64url(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

struct Parts {
  std::uint64_t epoch = 0;
  std::string_view mac, tag;
};

std::optional<std::uint64_t> parse_epoch(std::string_view digits) {
  if (digits.empty() || digits.size() > kEpochDigits) return std::nullopt;
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
  std::uint64_t epoch = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), epoch);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return epoch;
}

std::optional<Parts> take_apart(std::string_view value) {
  constexpr std::size_t kBehindEpoch = 1 + kMacText + 1 + kTagText;
  if (!value.starts_with(kVersion) || value.size() <= kVersion.size() + kBehindEpoch) return std::nullopt;
  const std::string_view rest = value.substr(kVersion.size());
  const std::size_t digits = rest.size() - kBehindEpoch;
  const auto epoch = parse_epoch(rest.substr(0, digits));
  Parts parts{epoch.value_or(0), rest.substr(digits + 1, kMacText), rest.substr(rest.size() - kTagText)};
  if (!epoch || rest[digits] != '.' || rest[digits + 1 + kMacText] != '.') return std::nullopt;
  if (!is_base64url(parts.mac) || !is_base64url(parts.tag)) return std::nullopt;
  return parts;
}

bool equals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void append_mac(const Secret& secret, CookieKind kind, const Address& client, std::string_view host,
                std::uint64_t epoch, std::string& out) {
  const Message message = Message("mogura-cookie-1").add(name_of(kind)).add(epoch).add(client).add(host);
  append_base64url(secret.hmac(message.view()).data(), kMacBytes, out);
}

void append_tag(const Secret& secret, std::uint64_t epoch, std::string_view mac, std::string& out) {
  const Message message = Message("mogura-tag-1").add(kTagKind).add(epoch).add(mac);
  append_base64url(secret.hmac(message.view()).data(), kTagBytes, out);
}

bool has_our_tag(const Secret& secret, const Parts& parts) {
  std::string tag;
  append_tag(secret, parts.epoch, parts.mac, tag);
  return equals(tag, parts.tag);
}

std::optional<std::uint8_t> nibble(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

}  // namespace

// The key, and the two hashes of HMAC with their blocks of key already taken in: half of the work of a short
// message.
class Secret::Keyed {
 public:
  explicit Keyed(const std::array<std::uint8_t, kBytes>& bytes)
      : bytes_(bytes), inner_(started(0x36)), outer_(started(0x5C)) {}
  ~Keyed() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }
  Keyed(const Keyed&) = delete;
  Keyed& operator=(const Keyed&) = delete;

  [[nodiscard]] const std::array<std::uint8_t, kBytes>& bytes() const { return bytes_; }
  [[nodiscard]] Digest hmac(std::string_view message) const {
    thread_local const Context context = new_context();
    Digest out;
    digest(context.get(), inner_.get(), message.data(), message.size(), out);
    digest(context.get(), outer_.get(), out.data(), out.size(), out);
    return out;
  }

 private:
  [[nodiscard]] Context started(std::uint8_t pad) const {
    constexpr std::size_t kBlock = 64;
    std::array<std::uint8_t, kBlock> block;
    block.fill(pad);
    for (std::size_t i = 0; i < kBytes; ++i) block[i] ^= bytes_[i];
    Context context = new_context();
    EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    MOGURA_CHECK(algorithm != nullptr);
    MOGURA_CHECK(EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1);
    MOGURA_CHECK(EVP_DigestUpdate(context.get(), block.data(), block.size()) == 1);
    EVP_MD_free(algorithm);  // the context keeps it
    OPENSSL_cleanse(block.data(), block.size());
    return context;
  }

  std::array<std::uint8_t, kBytes> bytes_;
  Context inner_, outer_;
};

Secret::Secret(const std::array<std::uint8_t, kBytes>& bytes) : keyed_(std::make_shared<Keyed>(bytes)) {}

Result<Secret> Secret::parse(std::string_view text, const std::string& name) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  std::array<std::uint8_t, kBytes> bytes;
  bool is_good = text.size() == 2 * kBytes;
  for (std::size_t i = 0; is_good && i < kBytes; ++i) {
    const auto high = nibble(text[2 * i]), low = nibble(text[2 * i + 1]);
    is_good = high && low;
    if (is_good) bytes[i] = static_cast<std::uint8_t>((*high << 4) | *low);
  }
  if (!is_good) {
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return fail(ErrorCode::kFormat, name, "is not 64 hexadecimal digits and a line end");
  }
  Secret secret(bytes);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return secret;
}

std::string Secret::to_hex() const {
  const auto& bytes = keyed_->bytes();
  return mogura::to_hex(ByteView(bytes.data(), bytes.size()));
}

std::array<std::uint8_t, 32> Secret::hmac(std::string_view message) const {
  return keyed_->hmac(message);
}

Tokens::Tokens(const Secret& secret, std::chrono::seconds epoch)
    : secret_(secret), epoch_(std::max(epoch, std::chrono::seconds(60))) {}

std::uint64_t Tokens::epoch_at(Timestamp now) const {
  const auto since = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
  return since.count() < 0 ? 0 : static_cast<std::uint64_t>(since / epoch_);
}

std::string Tokens::issue(const Address& client, std::string_view host, Timestamp now,
                          CookieKind kind) const {
  return issue(client, host, epoch_at(now), kind);
}

std::string Tokens::issue(const Address& client, std::string_view host, std::uint64_t epoch,
                          CookieKind kind) const {
  std::string value(kVersion);
  value.reserve(kVersion.size() + kEpochDigits + kMacText + kTagText + 2);
  value += std::to_string(epoch);
  value += '.';
  const std::size_t mac = value.size();
  append_mac(secret_, kind, client, host, epoch, value);
  const std::string tag_of = value.substr(mac);
  value += '.';
  append_tag(secret_, epoch, tag_of, value);
  return value;
}

Sign Tokens::read(std::string_view value, const Address& client, std::string_view host, Timestamp now,
                  CookieKind kind) const {
  const auto parts = take_apart(value);
  if (!parts) return Sign::kGarbage;
  if (!has_our_tag(secret_, *parts)) return Sign::kForged;
  std::string mac;
  append_mac(secret_, kind, client, host, parts->epoch, mac);
  const std::uint64_t current = epoch_at(now);
  if (!equals(mac, parts->mac) || parts->epoch + 1 < current || parts->epoch > current + 1) {
    return Sign::kForeign;
  }
  return parts->epoch < current ? Sign::kPrevious : Sign::kCurrent;
}

bool Tokens::is_well_formed(std::string_view value) {
  return take_apart(value).has_value();
}

bool Tokens::is_ours(std::string_view value) const {
  const auto parts = take_apart(value);
  return parts && has_our_tag(secret_, *parts);
}

StateKey Tokens::key_of(const Address& client, std::string_view user_agent, std::string_view host,
                        std::string_view user) const {
  Message message = Message("mogura-key-1").add(client).add(user_agent).add(host);
  if (!user.empty()) message.add(user);
  const Digest hash = secret_.hmac(message.view());
  StateKey key;
  std::copy_n(hash.begin(), key.bytes.size(), key.bytes.begin());
  return key;
}

}  // namespace mogura::challenge
