#include "protocol/tls.h"

#include <algorithm>

namespace mogura::protocol {
namespace {

// IANA, "TLS ExtensionType Values".
constexpr std::uint16_t kServerName = 0;
constexpr std::uint16_t kSupportedGroups = 10;
constexpr std::uint16_t kEcPointFormats = 11;
constexpr std::uint16_t kSignatureAlgorithms = 13;
constexpr std::uint16_t kAlpn = 16;
constexpr std::uint16_t kSupportedVersions = 43;
constexpr std::uint16_t kEncryptedClientHello = 0xFE0D;

// SHA-256 of "HelloRetryRequest" (RFC 8446 §4.1.3).
constexpr std::array<std::uint8_t, 32> kHelloRetryRandom = {
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
    0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C};

// As much of the next `count` bytes as there is.
ByteView take_available(ByteReader& reader, std::size_t count) {
  return reader.take(std::min(count, reader.remaining()));
}

// False if an odd byte is left over.
bool read_numbers(ByteView bytes, std::vector<std::uint16_t>& numbers) {
  const std::size_t count = bytes.size() / 2;
  numbers.resize(count);
  for (std::size_t i = 0; i < count; ++i) numbers[i] = load_be16(bytes.data() + 2 * i);
  return bytes.size() % 2 == 0;
}

// A list with its length in front, and nothing behind it. One that was filled before stays: the first counts.
bool read_list16(ByteView data, std::vector<std::uint16_t>& list) {
  ByteReader reader(data);
  const ByteView items = reader.vector16();
  return (!list.empty() || read_numbers(items, list)) && reader.ok() && reader.empty();
}

bool read_versions(ByteView data, std::vector<std::uint16_t>& versions) {
  ByteReader reader(data);
  const ByteView items = reader.vector8();
  return (!versions.empty() || read_numbers(items, versions)) && reader.ok() && reader.empty();
}

bool read_point_formats(ByteView data, std::vector<std::uint8_t>& formats) {
  ByteReader reader(data);
  const ByteView items = reader.vector8();
  if (formats.empty()) formats.assign(items.begin(), items.end());
  return reader.ok() && reader.empty();
}

// RFC 7301 §3.1.
bool read_alpn(ByteView data, std::vector<std::string>& protocols) {
  const bool is_first = protocols.empty();
  ByteReader reader(data);
  ByteReader names(reader.vector16());
  while (!names.empty()) {
    const ByteView name = names.vector8();
    if (names.ok() && is_first) protocols.emplace_back(as_text(name));
  }
  return names.ok() && reader.ok() && reader.empty();
}

// RFC 6066 §3. An extension without contents is what servers send, and some clients: it is not malformed.
bool read_server_name(ByteView data, ClientHello& hello) {
  hello.has_server_name = true;
  if (data.empty()) return true;
  ByteReader reader(data);
  ByteReader names(reader.vector16());
  while (!names.empty()) {
    const std::uint8_t name_type = names.u8();
    const ByteView name = names.vector16();
    if (name_type == 0 && hello.server_name.empty()) hello.server_name = as_text(name);
  }
  return names.ok() && reader.ok() && reader.empty();
}

bool read_client_extension(std::uint16_t type, ByteView data, ClientHello& hello) {
  hello.extensions.push_back(type);
  switch (type) {
    case kServerName:
      return read_server_name(data, hello);
    case kSupportedGroups:
      return read_list16(data, hello.groups);
    case kEcPointFormats:
      return read_point_formats(data, hello.point_formats);
    case kSignatureAlgorithms:
      return read_list16(data, hello.signature_algorithms);
    case kAlpn:
      return read_alpn(data, hello.alpn);
    case kSupportedVersions:
      return read_versions(data, hello.supported_versions);
    case kEncryptedClientHello:
      hello.has_ech_outer = hello.has_ech_outer || (!data.empty() && data.front() == 0);
      return !data.empty();
    default:
      return true;
  }
}

bool read_server_extension(std::uint16_t type, ByteView data, ServerHello& hello) {
  hello.extensions.push_back(type);
  if (type == kSupportedVersions) {
    ByteReader reader(data);
    const std::uint16_t version = reader.u16();
    if (hello.selected_version == 0) hello.selected_version = version;
    return reader.ok() && reader.empty();
  }
  if (type == kAlpn) {
    ByteReader reader(data);
    ByteReader names(reader.vector16());
    const ByteView name = names.vector8();
    if (hello.alpn.empty()) hello.alpn = as_text(name);
    return names.ok() && names.empty() && reader.ok() && reader.empty();
  }
  return true;
}

// Calls on_extension(type, data) for each extension in the rest of a message; `data` is shorter than declared
// where the message ends inside it. Answers whether all lengths agreed and on_extension was content each
// time. No extensions at all is well-formed (RFC 5246 §7.4.1.2).
template <class OnExtension>
bool read_extensions(ByteReader& message, OnExtension&& on_extension) {
  if (message.empty()) return true;
  const std::size_t declared = message.u16();
  bool is_whole = message.ok() && declared == message.remaining();
  ByteReader block(take_available(message, declared));
  while (block.remaining() >= 4) {
    const std::uint16_t type = block.u16();
    const std::size_t length = block.u16();
    const ByteView data = take_available(block, length);
    is_whole = on_extension(type, data) && data.size() == length && is_whole;
  }
  return is_whole && block.empty();
}

}  // namespace

void ClientHello::clear() {
  record_version = 0;
  legacy_version = 0;
  random = {};
  cipher_suites.clear();
  extensions.clear();
  groups.clear();
  point_formats.clear();
  signature_algorithms.clear();
  supported_versions.clear();
  alpn.clear();
  server_name.clear();
  has_server_name = false;
  has_ech_outer = false;
  is_complete = false;
}

void ServerHello::clear() {
  legacy_version = 0;
  selected_version = 0;
  cipher_suite = 0;
  extensions.clear();
  alpn.clear();
  is_hello_retry_request = false;
  is_complete = false;
}

bool parse_client_hello(ByteView body, ClientHello& hello) {
  const std::uint16_t record_version = hello.record_version;
  hello.clear();
  hello.record_version = record_version;

  ByteReader message(body);
  hello.legacy_version = message.u16();
  const ByteView random = message.take(hello.random.size());
  std::copy(random.begin(), random.end(), hello.random.begin());
  message.vector8();  // session id
  const std::size_t declared = message.u16();
  const ByteView suites = take_available(message, declared);
  const bool has_all_suites = read_numbers(suites, hello.cipher_suites) && suites.size() == declared;
  message.vector8();  // compression methods
  if (!message.ok()) return false;

  const bool has_all_extensions = read_extensions(
      message, [&](std::uint16_t type, ByteView data) { return read_client_extension(type, data, hello); });
  hello.is_complete = has_all_suites && has_all_extensions;
  return hello.is_complete;
}

bool parse_server_hello(ByteView body, ServerHello& hello) {
  hello.clear();
  ByteReader message(body);
  hello.legacy_version = message.u16();
  const ByteView random = message.take(kHelloRetryRandom.size());
  hello.is_hello_retry_request =
      std::equal(random.begin(), random.end(), kHelloRetryRandom.begin(), kHelloRetryRandom.end());
  message.vector8();  // session id
  hello.cipher_suite = message.u16();
  message.u8();  // compression method
  if (!message.ok()) return false;

  hello.is_complete = read_extensions(
      message, [&](std::uint16_t type, ByteView data) { return read_server_extension(type, data, hello); });
  return hello.is_complete;
}

}  // namespace mogura::protocol
