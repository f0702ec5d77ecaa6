#pragma once

// What monitors say about TLS hellos, in our words. Any thread.

#include <string>
#include <string_view>

namespace mogura::logs::detail {

// "TLSv13", "TLSv1.2", "TLS 1.3", "TLSv1", "SSLv3" become "TLS 1.3", …; empty for what is no version.
std::string_view tls_version_of(std::string_view name);

// The cipher list as sessions have it, "1301-1302-c02b" without GREASE, of numbers in decimal, or in
// hexadecimal with 0x in front, with commas or hyphens between them. Empty where one of them is no number:
// half a list would be taken for another list.
std::string cipher_list_of(std::string_view numbers);

// Of JA3's text, "771,4865-4866,0-23-16,…": the second part, as above; and whether extension 16 (ALPN, RFC
// 7301) is in the third.
std::string ja3_cipher_list(std::string_view ja3_text);
bool ja3_has_alpn(std::string_view ja3_text);

}  // namespace mogura::logs::detail
