#pragma once

// A Name of X.501 (RFC 5280 §4.1.2.4) as the string of RFC 4514: "CN=example.org,O=Example\, Inc.", most
// specific first, the parts of a multi-valued RDN joined by "+". The same text as `openssl x509 -nameopt
// RFC2253,utf8,-esc_msb,-esc_ctrl` gives: attribute types have OpenSSL's short names, or numbers and then
// their value as '#' and hexadecimal DER (RFC 4514 §2.4). Control characters stay as they are, but for NUL
// (RFC 4514 §2.4: "\00").

#include <string>

#include "base/bytes.h"

namespace mogura::protocol::detail {

// Of a name with more attributes, the last ones, which are the most specific, are given.
inline constexpr std::size_t kNameAttributes = 64;
// A name's text is cut here, at a whole character.
inline constexpr std::size_t kNameBytes = 4096;

// `rdn_sequence` is the contents of the outer SEQUENCE. What cannot be read ends the name there. Always valid
// UTF-8.
std::string distinguished_name(ByteView rdn_sequence);

// A string value of the DER type `tag` as UTF-8; false: not a type of string, or not a possible length. What
// is not a character becomes U+FFFD. TeletexString is read as ISO 8859-1, as everybody does.
bool to_utf8(std::uint8_t tag, ByteView value, std::string& text);

// "2.5.4.3" for the contents of an OBJECT IDENTIFIER; empty if they are not one.
std::string dotted_oid(ByteView oid);

}  // namespace mogura::protocol::detail
