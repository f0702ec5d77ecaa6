#include "certificate/fault.h"

#include <openssl/err.h>
#include <openssl/tls1.h>
#include <openssl/x509_vfy.h>

#include "certificate/detail/leaf.h"
#include "certificate/detail/openssl.h"

namespace mogura::certificate {
namespace {

using detail::OcspBasicPtr;
using detail::OcspIdPtr;
using detail::OcspResponsePtr;

// Clocks differ.
constexpr std::chrono::minutes kSkew{5};
// A response without nextUpdate is always as new as it gets (RFC 6960 §4.2.2.1); one this old is not
// believed.
constexpr std::chrono::hours kOldest{24 * 14};

// Whether the single response is about the certificate, whichever digest its identifier was made with.
bool is_about(const OCSP_SINGLERESP* single, const X509* certificate, const X509* issuer) {
  const OCSP_CERTID* const id = OCSP_SINGLERESP_get0_id(single);
  ASN1_OBJECT* digest = nullptr;
  if (OCSP_id_get0_info(nullptr, &digest, nullptr, nullptr, const_cast<OCSP_CERTID*>(id)) != 1) return false;
  const EVP_MD* const kind = EVP_get_digestbyobj(digest);
  if (kind == nullptr) return false;
  const OcspIdPtr wanted(OCSP_cert_to_id(kind, certificate, issuer));
  return wanted != nullptr && OCSP_id_cmp(wanted.get(), id) == 0;
}

Staple verdict_of(OCSP_SINGLERESP* single, Timestamp now) {
  int reason = 0;
  ASN1_GENERALIZEDTIME *revoked = nullptr, *from = nullptr, *until = nullptr;
  const int status = OCSP_single_get0_status(single, &reason, &revoked, &from, &until);
  if (from == nullptr || now + kSkew < detail::time_of(from)) return Staple::kUnusable;
  const Timestamp end = until != nullptr ? detail::time_of(until) : detail::time_of(from) + kOldest;
  if (now - kSkew > end) return Staple::kUnusable;
  if (status == V_OCSP_CERTSTATUS_REVOKED) return Staple::kRevoked;
  return status == V_OCSP_CERTSTATUS_GOOD ? Staple::kUsable : Staple::kUnusable;
}

}  // namespace

std::string_view name_of(Fault fault) {
  switch (fault) {
    case Fault::kNone:
      return "none";
    case Fault::kExpired:
      return "expired";
    case Fault::kNotYetValid:
      return "not-yet-valid";
    case Fault::kWrongHost:
      return "wrong-host";
    case Fault::kSelfSigned:
      return "self-signed";
    case Fault::kUnknownIssuer:
      return "unknown-issuer";
    case Fault::kWeak:
      return "weak";
    case Fault::kRevoked:
      return "revoked";
    case Fault::kNoStaple:
      return "no-staple";
    case Fault::kPurpose:
      return "purpose";
    case Fault::kInvalid:
      return "invalid";
  }
  return "invalid";
}

std::string_view sentence_of(Fault fault) {
  switch (fault) {
    case Fault::kNone:
      return "is good";
    case Fault::kExpired:
      return "has expired";
    case Fault::kNotYetValid:
      return "is not good yet";
    case Fault::kWrongHost:
      return "is for another name";
    case Fault::kSelfSigned:
      return "is signed by nobody but itself, or under a root that is not known here";
    case Fault::kUnknownIssuer:
      return "is signed by somebody who is not known here";
    case Fault::kWeak:
      return "has a key or a signature that is too weak";
    case Fault::kRevoked:
      return "has been revoked";
    case Fault::kNoStaple:
      return "demands proof that it is not revoked, and the server sent none";
    case Fault::kPurpose:
      return "is not meant for servers, or signed with one that may not sign";
    case Fault::kInvalid:
      return "is not valid";
  }
  return "is not valid";
}

Fault fault_of(long verify_result) {
  switch (verify_result) {
    case X509_V_OK:
      return Fault::kNone;
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return Fault::kExpired;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return Fault::kNotYetValid;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return Fault::kWrongHost;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return Fault::kSelfSigned;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_UNTRUSTED:
      return Fault::kUnknownIssuer;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
      return Fault::kWeak;
    case X509_V_ERR_CERT_REVOKED:
      return Fault::kRevoked;
    case X509_V_ERR_INVALID_PURPOSE:
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
      return Fault::kPurpose;
    default:
      return Fault::kInvalid;
  }
}

Staple judge_staple(ByteView der, x509_st* certificate, x509_st* issuer, stack_st_X509* chain,
                    x509_store_st* store, Timestamp now) {
  const unsigned char* bytes = der.data();
  const OcspResponsePtr response(d2i_OCSP_RESPONSE(nullptr, &bytes, static_cast<long>(der.size())));
  ERR_clear_error();
  if (response == nullptr || issuer == nullptr ||
      OCSP_response_status(response.get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
    return Staple::kUnusable;
  }
  const OcspBasicPtr basic(OCSP_response_get1_basic(response.get()));
  const bool is_signed = basic != nullptr && OCSP_basic_verify(basic.get(), chain, store, 0) == 1;
  ERR_clear_error();
  if (!is_signed) return Staple::kUnusable;
  for (int i = 0; i < OCSP_resp_count(basic.get()); ++i) {
    OCSP_SINGLERESP* const single = OCSP_resp_get0(basic.get(), i);
    if (is_about(single, certificate, issuer)) return verdict_of(single, now);
  }
  return Staple::kUnusable;
}

bool demands_staple(const x509_st* certificate) {
  auto* const features =
      static_cast<TLS_FEATURE*>(X509_get_ext_d2i(certificate, NID_tlsfeature, nullptr, nullptr));
  if (features == nullptr) return false;
  bool demands = false;
  for (int i = 0; i < sk_ASN1_INTEGER_num(features); ++i) {
    if (ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, i)) == TLSEXT_TYPE_status_request) demands = true;
  }
  TLS_FEATURE_free(features);
  return demands;
}

}  // namespace mogura::certificate
