#include "logs/detail/fingerprints.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

namespace mogura::logs::detail {
namespace {

constexpr std::pair<std::string_view, std::string_view> kVersions[] = {
    {"TLSv13", "TLS 1.3"},  {"TLSv12", "TLS 1.2"},  {"TLSv11", "TLS 1.1"},  {"TLSv10", "TLS 1.0"},
    {"TLSv1.3", "TLS 1.3"}, {"TLSv1.2", "TLS 1.2"}, {"TLSv1.1", "TLS 1.1"}, {"TLSv1.0", "TLS 1.0"},
    {"TLS 1.3", "TLS 1.3"}, {"TLS 1.2", "TLS 1.2"}, {"TLS 1.1", "TLS 1.1"}, {"TLS 1.0", "TLS 1.0"},
    {"TLSv1", "TLS 1.0"},   {"SSLv3", "SSL 3.0"},   {"SSLv2", "SSL 2.0"},   {"SSL 3.0", "SSL 3.0"},
};

std::optional<std::uint16_t> parse_suite(std::string_view text) {
  const int base = text.starts_with("0x") ? 16 : 10;
  if (base == 16) text.remove_prefix(2);
  std::uint16_t suite = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), suite, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return suite;
}

// RFC 8701: both bytes the same, xA.
bool is_grease(std::uint16_t value) {
  return (value & 0x0F0F) == 0x0A0A && (value >> 8) == (value & 0xFF);
}

void append_hex(std::string& out, std::uint16_t value) {
  for (int shift = 12; shift >= 0; shift -= 4) out += "0123456789abcdef"[value >> shift & 0xF];
}

std::string_view part_of(std::string_view ja3_text, std::size_t index) {
  for (; index > 0; --index) {
    const std::size_t comma = ja3_text.find(',');
    if (comma == std::string_view::npos) return {};
    ja3_text.remove_prefix(comma + 1);
  }
  return ja3_text.substr(0, ja3_text.find(','));
}

}  // namespace

std::string_view tls_version_of(std::string_view name) {
  const auto* const found = std::find_if(std::begin(kVersions), std::end(kVersions),
                                         [name](const auto& version) { return version.first == name; });
  return found == std::end(kVersions) ? std::string_view{} : found->second;
}

std::string cipher_list_of(std::string_view numbers) {
  std::string list;
  while (!numbers.empty()) {
    const std::size_t size = std::min(numbers.find_first_of(",-"), numbers.size());
    const auto suite = parse_suite(numbers.substr(0, size));
    if (!suite) return {};
    numbers.remove_prefix(std::min(size + 1, numbers.size()));
    if (is_grease(*suite)) continue;
    if (!list.empty()) list += '-';
    append_hex(list, *suite);
  }
  return list;
}

std::string ja3_cipher_list(std::string_view ja3_text) {
  return cipher_list_of(part_of(ja3_text, 1));
}

bool ja3_has_alpn(std::string_view ja3_text) {
  std::string_view extensions = part_of(ja3_text, 2);
  while (!extensions.empty()) {
    const std::size_t size = std::min(extensions.find('-'), extensions.size());
    if (extensions.substr(0, size) == "16") return true;
    extensions.remove_prefix(std::min(size + 1, extensions.size()));
  }
  return false;
}

}  // namespace mogura::logs::detail
