#include "population/detail/signs.h"

#include "base/text.h"
#include "protocol/registrable_domain.h"

namespace mogura::population::detail {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The value of an attribute from its first byte to the separator, without the escapes of RFC 4514 §2.4.
std::string unescaped_value(std::string_view text) {
  std::string value;
  for (std::size_t i = 0; i < text.size() && text[i] != ',' && text[i] != '+'; ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      value += text[i];
      continue;
    }
    ++i;
    const int high = hex_digit(text[i]);
    const int low = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
    if (high >= 0 && low >= 0) {
      value += static_cast<char>(high << 4 | low);
      ++i;
    } else {
      value += text[i];
    }
  }
  return value;
}

bool fits_exactly(const std::string& name, std::string_view host) {
  const std::string_view pattern = name;
  if (!pattern.starts_with("*.")) return pattern == host;
  const std::size_t dot = host.find('.');
  return dot != std::string_view::npos && pattern.substr(2) == host.substr(dot + 1);
}

bool are_one_domain(const std::string& a, const std::string& b) {
  return a == b || protocol::registrable_domain_of_host(a) == protocol::registrable_domain_of_host(b);
}

bool is_host_name(const std::string& host) {
  return !host.empty() && !protocol::is_address(host);
}

// Whether the SNI is that of the destination, byte by byte: nearly always, and then nothing needs looking up.
bool is_plain_fit(const session::Session& session) {
  const std::string& sni = session.sni;
  return session.destination.size() > sni.size() && session.destination.starts_with(sni) &&
         session.destination[sni.size()] == ':';
}

void look_at_hello(const session::Session& session, SessionSigns& seen) {
  seen.signs.add(session.alpn.empty() ? Sign::kNoAlpn : Sign::kAlpn);
  if (session.ech_outer || is_plain_fit(session)) return;
  const std::string target = protocol::host_of(session.destination);
  if (!is_host_name(target)) return;
  if (session.sni.empty()) return seen.signs.add(Sign::kNoSni);
  const std::string sni = protocol::host_of(session.sni);
  if (is_host_name(sni) && !are_one_domain(sni, target)) seen.signs.add(Sign::kSniMisfit);
}

void look_at_certificate(const session::Session& session, SessionSigns& seen) {
  std::string name = common_name_of(session.cert_subject);
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  const std::string target = protocol::host_of(session.destination);
  const std::string sni = protocol::host_of(session.sni);
  if (fits_exactly(name, sni) || fits_exactly(name, target)) return;
  if (!is_host_name(target) && !is_host_name(sni)) return;  // nothing to compare a name with
  const std::string base = name.starts_with("*.") ? name.substr(2) : name;
  if (are_one_domain(base, target) || (!sni.empty() && are_one_domain(base, sni))) return;
  seen.signs.add(Sign::kCertificateMisfit);
  if (session.cert_subject == session.cert_issuer) seen.signs.add(Sign::kSelfSigned);
  seen.certificate_name = std::move(name);
}

}  // namespace

std::string common_name_of(std::string_view subject) {
  for (std::size_t at = 0; at < subject.size();) {
    if (subject.size() - at >= 3 && equals_ignoring_case(subject.substr(at, 3), "cn=")) {
      return unescaped_value(subject.substr(at + 3));
    }
    for (; at < subject.size() && subject[at] != ',' && subject[at] != '+'; ++at) {
      if (subject[at] == '\\') ++at;
    }
    ++at;
    while (at < subject.size() && subject[at] == ' ') ++at;
  }
  return {};
}

SessionSigns signs_of(const session::Session& session) {
  SessionSigns seen;
  if (!session.methods.empty()) seen.signs.add(Sign::kRequest);
  if (!session.cipher_suites.empty()) look_at_hello(session, seen);
  if (!session.cert_subject.empty()) look_at_certificate(session, seen);
  return seen;
}

}  // namespace mogura::population::detail
