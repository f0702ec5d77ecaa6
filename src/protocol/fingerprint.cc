#include "protocol/fingerprint.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/digest.h"
#include "base/hash.h"

namespace mogura::protocol {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::uint16_t kServerName = 0;
constexpr std::uint16_t kAlpn = 16;
// What JA4 writes for a list that is empty, rather than a digest of nothing.
constexpr std::string_view kNothing = "000000000000";

// Writes up to five digits at `out`, where there is room for five, and answers where they end. All five are
// made, then copied from the first that counts: no branch that a mix of sizes would mispredict.
char* write_decimal(std::uint16_t number, char* out) {
  std::array<char, 10> digits{};
  unsigned rest = number;
  for (std::size_t i = 5; i-- > 0; rest /= 10) digits[i] = static_cast<char>('0' + rest % 10);
  const unsigned leading = 4u - (number > 9) - (number > 99) - (number > 999) - (number > 9999);
  std::copy_n(digits.begin() + leading, 5, out);
  return out + (5 - leading);
}

char* write_hex(std::uint16_t number, char* out) {
  for (int shift = 12; shift >= 0; shift -= 4) *out++ = kHexDigits[number >> shift & 15];
  return out;
}

// Builds a text of numbers in memory that is measured before: no number looks at the capacity again.
class TextWriter {
 public:
  // Room for so many numbers with a separator each, and a little more.
  explicit TextWriter(std::size_t numbers) : text_(6 * numbers + kSlack, '\0'), end_(text_.data()) {}

  void put(char c) { *end_++ = c; }
  void put(std::string_view text) { end_ = std::copy(text.begin(), text.end(), end_); }
  void put_decimal(std::uint16_t number) { end_ = write_decimal(number, end_); }
  void put_hex(std::uint16_t number) { end_ = write_hex(number, end_); }
  // The numbers without GREASE, `separator` between them.
  template <class List>
  void put_decimals(const List& numbers, char separator) {
    put_list(numbers, separator, write_decimal);
  }
  void put_hexes(const std::vector<std::uint16_t>& numbers, char separator) {
    put_list(numbers, separator, write_hex);
  }
  [[nodiscard]] std::string_view view() const { return {text_.data(), size()}; }
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(end_ - text_.data()); }
  std::string take() {
    text_.resize(size());
    return std::move(text_);
  }

 private:
  static constexpr std::size_t kSlack = 24;

  template <class List, class Write>
  void put_list(const List& numbers, char separator, Write&& write) {
    char* out = end_;  // a local, for characters written may alias the member
    for (const std::uint16_t number : numbers) {
      if (is_grease(number)) continue;
      out = write(number, out);
      *out++ = separator;
    }
    end_ = out == end_ ? out : out - 1;
  }

  std::string text_;
  char* end_;
};

void put_count(std::size_t count, TextWriter& text) {
  count = std::min<std::size_t>(count, 99);
  text.put(static_cast<char>('0' + count / 10));
  text.put(static_cast<char>('0' + count % 10));
}

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// First and last character of the first protocol, in hexadecimal if either is not alphanumeric.
std::array<char, 2> ja4_alpn(const ClientHello& hello) {
  if (hello.alpn.empty() || hello.alpn.front().empty()) return {'0', '0'};
  const char first = hello.alpn.front().front();
  const char last = hello.alpn.front().back();
  if (is_alphanumeric(first) && is_alphanumeric(last)) return {first, last};
  return {kHexDigits[static_cast<std::uint8_t>(first) >> 4],
          kHexDigits[static_cast<std::uint8_t>(last) & 15]};
}

std::string_view ja4_version(std::uint16_t version) {
  switch (version) {
    case 0x0304:
      return "13";
    case 0x0303:
      return "12";
    case 0x0302:
      return "11";
    case 0x0301:
      return "10";
    case 0x0300:
      return "s3";
    case 0x0200:
    case 0x0002:
      return "s2";
    default:
      return "00";
  }
}

std::vector<std::uint16_t> sorted_without_grease(const std::vector<std::uint16_t>& numbers) {
  std::vector<std::uint16_t> sorted;
  sorted.reserve(numbers.size());
  std::remove_copy_if(numbers.begin(), numbers.end(), std::back_inserter(sorted), is_grease);
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

void append_digest(std::string_view list, std::string& text) {
  text += '_';
  if (list.empty()) {
    text += kNothing;
    return;
  }
  text += to_hex(ByteView(sha256(as_bytes(list))).first(6));
}

std::string md5_hex(std::string_view text) {
  return to_hex(md5(as_bytes(text)));
}

// Sixteen-bit numbers, four at a time, into two hashes that start differently. Lists follow their sizes.
class KeyHash {
 public:
  explicit KeyHash(std::uint64_t seed)
      : key_{hash_mix(seed, 0x243F6A8885A308D3), hash_mix(seed, 0x13198A2E03707344)} {}
  void add(std::uint64_t word) {
    key_.high = hash_mix(key_.high, word);
    key_.low = hash_mix(key_.low, word);
  }
  template <class List>
  void add_list(const List& numbers) {
    const std::size_t count = numbers.size();
    std::size_t i = 0;
    for (; i + 4 <= count; i += 4) {
      add(alike(numbers[i]) << 48 | alike(numbers[i + 1]) << 32 | alike(numbers[i + 2]) << 16 |
          alike(numbers[i + 3]));
    }
    std::uint64_t rest = count;
    for (; i < count; ++i) rest = rest << 16 | alike(numbers[i]);
    add(rest);
  }
  [[nodiscard]] const FingerprintKey& key() const { return key_; }

  // GREASE is one number, whatever it is.
  static std::uint64_t alike(std::uint16_t number) { return is_grease(number) ? 0x0A0A : number; }

 private:
  FingerprintKey key_;
};

// The same for any order of the numbers.
FingerprintKey hash_of_set(const std::vector<std::uint16_t>& numbers, std::uint64_t seed) {
  FingerprintKey sum;
  for (const std::uint16_t number : numbers) {
    sum.high += hash_mix(KeyHash::alike(number) ^ seed, 0xA4093822299F31D0);
    sum.low += hash_mix(KeyHash::alike(number) + seed, 0x082EFA98EC4E6C89);
  }
  return sum;
}

}  // namespace

std::string cipher_list_of(const ClientHello& hello) {
  TextWriter text(hello.cipher_suites.size());
  text.put_hexes(hello.cipher_suites, '-');
  return text.take();
}

std::string ja3_text(const ClientHello& hello) {
  TextWriter text(hello.cipher_suites.size() + hello.extensions.size() + hello.groups.size() +
                  hello.point_formats.size());
  text.put_decimal(hello.legacy_version);
  text.put(',');
  text.put_decimals(hello.cipher_suites, '-');
  text.put(',');
  text.put_decimals(hello.extensions, '-');
  text.put(',');
  text.put_decimals(hello.groups, '-');
  text.put(',');
  text.put_decimals(hello.point_formats, '-');
  return text.take();
}

std::string ja3(const ClientHello& hello) {
  return md5_hex(ja3_text(hello));
}

// Servers do not send GREASE, and JA3S does not look for it.
std::string ja3s_text(const ServerHello& hello) {
  TextWriter text(hello.extensions.size());
  text.put_decimal(hello.legacy_version);
  text.put(',');
  text.put_decimal(hello.cipher_suite);
  char separator = ',';
  for (const std::uint16_t extension : hello.extensions) {
    text.put(separator);
    text.put_decimal(extension);
    separator = '-';
  }
  if (hello.extensions.empty()) text.put(separator);
  return text.take();
}

std::string ja3s(const ServerHello& hello) {
  return md5_hex(ja3s_text(hello));
}

Ja4 ja4(const ClientHello& hello) {
  const std::vector<std::uint16_t> suites = sorted_without_grease(hello.cipher_suites);
  std::vector<std::uint16_t> extensions = sorted_without_grease(hello.extensions);
  const auto& algorithms = hello.signature_algorithms;
  TextWriter raw(suites.size() + extensions.size() + algorithms.size());
  raw.put('t');
  raw.put(ja4_version(offered_version(hello)));
  raw.put(hello.has_server_name ? 'd' : 'i');
  put_count(suites.size(), raw);
  put_count(extensions.size(), raw);
  for (const char c : ja4_alpn(hello)) raw.put(c);
  std::string hashed(raw.view());

  raw.put('_');
  const std::size_t suites_at = raw.size();
  raw.put_hexes(suites, ',');
  append_digest(raw.view().substr(suites_at), hashed);

  // Both say where the client goes rather than what it is.
  std::erase_if(extensions, [](std::uint16_t type) { return type == kServerName || type == kAlpn; });
  raw.put('_');
  const std::size_t extensions_at = raw.size();
  raw.put_hexes(extensions, ',');
  if (!std::all_of(algorithms.begin(), algorithms.end(), is_grease)) {
    raw.put('_');
    raw.put_hexes(algorithms, ',');
  }
  append_digest(raw.view().substr(extensions_at), hashed);
  return {std::move(hashed), raw.take()};
}

std::uint16_t offered_version(const ClientHello& hello) {
  std::uint16_t highest = 0;
  for (const std::uint16_t version : hello.supported_versions) {
    if (!is_grease(version)) highest = std::max(highest, version);
  }
  return highest != 0 ? highest : hello.legacy_version;
}

std::string tls_version_name(std::uint16_t version) {
  switch (version) {
    case 0x0304:
      return "TLS 1.3";
    case 0x0303:
      return "TLS 1.2";
    case 0x0302:
      return "TLS 1.1";
    case 0x0301:
      return "TLS 1.0";
    case 0x0300:
      return "SSL 3.0";
    case 0x0200:
    case 0x0002:
      return "SSL 2.0";
    default:
      break;
  }
  TextWriter name(1);
  name.put("0x");
  name.put_hex(version);
  return name.take();
}

FingerprintKey fingerprint_key(const ClientHello& hello) {
  KeyHash hash(0);
  hash.add(std::uint64_t{hello.legacy_version} << 1 | (hello.has_server_name ? 1 : 0));
  hash.add_list(hello.cipher_suites);
  hash.add_list(hello.extensions);
  hash.add_list(hello.groups);
  hash.add_list(hello.point_formats);
  hash.add_list(hello.signature_algorithms);
  hash.add_list(hello.supported_versions);
  for (const std::string& name : hello.alpn) hash.add(hash_bytes(as_bytes(name)));
  return hash.key();
}

Fingerprints FingerprintCache::of(const ClientHello& hello) {
  KeyHash order(seed_);
  order.add_list(hello.cipher_suites);
  KeyHash set = order;

  order.add(hello.legacy_version);
  order.add_list(hello.extensions);
  order.add_list(hello.groups);
  order.add_list(hello.point_formats);

  const FingerprintKey extensions = hash_of_set(hello.extensions, seed_);
  const std::array<char, 2> alpn = ja4_alpn(hello);
  set.add(std::uint64_t{offered_version(hello)} << 17 |
          std::uint64_t{static_cast<std::uint8_t>(alpn[0])} << 9 |
          std::uint64_t{static_cast<std::uint8_t>(alpn[1])} << 1 | (hello.has_server_name ? 1 : 0));
  set.add_list(hello.signature_algorithms);
  set.add(extensions.high);
  set.add(extensions.low);

  const SetSlot& of_set = set_slot(set.key(), hello);
  const Ja3Slot& of_order = ja3_slot(order.key(), hello);
  return {of_set.cipher_list, {of_order.ja3.data(), of_order.ja3.size()}, of_set.ja4.hashed, of_set.ja4.raw};
}

std::string_view FingerprintCache::ja3s_of(const ServerHello& hello) {
  KeyHash hash(seed_);
  hash.add(std::uint64_t{hello.legacy_version} << 16 | hello.cipher_suite);
  // Unlike the client's, a server's hello has no GREASE: every number counts as it is.
  for (const std::uint16_t extension : hello.extensions) hash.add(extension);
  Ja3Slot& slot = find(server_slots_, hash.key());
  if (slot.key != hash.key()) {
    const std::string text = ja3s(hello);
    std::copy_n(text.begin(), slot.ja3.size(), slot.ja3.begin());
    slot.key = hash.key();
  }
  return {slot.ja3.data(), slot.ja3.size()};
}

// The slot with this key, or the one to be used for it.
template <class Slot>
Slot& FingerprintCache::find(std::vector<Slot>& slots, const FingerprintKey& key) const {
  const std::size_t first = hash_mix(key.low ^ seed_, key.high) % kSlots;
  Slot& one = slots[first];
  Slot& other = slots[first ^ 1];
  if (one.key == key || one.key == FingerprintKey{}) return one;
  if (other.key == key || other.key == FingerprintKey{}) return other;
  return one;
}

const FingerprintCache::Ja3Slot& FingerprintCache::ja3_slot(const FingerprintKey& key,
                                                            const ClientHello& hello) {
  Ja3Slot& slot = find(ja3_slots_, key);
  if (slot.key == key) return slot;
  ++computed_[0];
  const std::string text = mogura::protocol::ja3(hello);
  std::copy_n(text.begin(), slot.ja3.size(), slot.ja3.begin());
  slot.key = key;
  return slot;
}

const FingerprintCache::SetSlot& FingerprintCache::set_slot(const FingerprintKey& key,
                                                            const ClientHello& hello) {
  SetSlot& slot = find(set_slots_, key);
  if (slot.key == key) return slot;
  ++computed_[1];
  SetSlot computed{key, cipher_list_of(hello), mogura::protocol::ja4(hello)};
  const bool is_kept = computed.cipher_list.size() <= kKeptBytes && computed.ja4.raw.size() <= kKeptBytes;
  SetSlot& place = is_kept ? slot : unkept_;
  place = std::move(computed);
  return place;
}

}  // namespace mogura::protocol
