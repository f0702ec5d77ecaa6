#include <algorithm>

#include "protocol/detail/der.h"
#include "protocol/detail/distinguished_name.h"
#include "protocol/tls.h"

namespace mogura::protocol {
namespace {

constexpr std::uint8_t kExplicitVersion = 0xA0;

}  // namespace

CertificateNames parse_certificate(ByteView body) {
  ByteReader message(body);
  message.u24();  // length of the list
  const std::size_t length = message.u24();
  return parse_certificate_der(message.take(std::min(length, message.remaining())));
}

// Certificate  ::=  SEQUENCE  {  TBSCertificate, … }
// TBSCertificate  ::=  SEQUENCE  {  version [0]?, serialNumber, signature, issuer, validity, subject, … }
CertificateNames parse_certificate_der(ByteView der) {
  CertificateNames names;
  detail::DerReader file(der);
  detail::DerElement certificate;
  detail::DerElement body;
  if (!file.next_even_cut(detail::kDerSequence, certificate)) return names;
  detail::DerReader outer(certificate.contents);
  if (!outer.next_even_cut(detail::kDerSequence, body)) return names;

  detail::DerReader fields(body.contents);
  detail::DerElement field;
  if (fields.peek() == kExplicitVersion) fields.next(field);
  if (!fields.next(detail::kDerInteger, field)) return names;   // serialNumber
  if (!fields.next(detail::kDerSequence, field)) return names;  // signature
  if (!fields.next(detail::kDerSequence, field)) return names;  // issuer
  names.issuer = detail::distinguished_name(field.contents);
  if (!fields.next(detail::kDerSequence, field)) return names;  // validity
  if (!fields.next(detail::kDerSequence, field)) return names;  // subject
  names.subject = detail::distinguished_name(field.contents);
  return names;
}

}  // namespace mogura::protocol
