#pragma once

// Certificates put together field by field (RFC 5280 §4). Any thread.

#include <chrono>
#include <string>

#include "base/time.h"
#include "certificate/detail/openssl.h"

namespace mogura::certificate::detail {

// ECDSA P-256.
KeyPtr make_key();
// Self-signed, CA:TRUE with no authorities below it. nullptr: `name` is no text for a common name.
X509Ptr make_root(const std::string& name, EVP_PKEY* key, std::chrono::days valid, Timestamp now);
// `name`: of certifiable_name(); `authority_key` belongs to `authority`, which is good at `now`.
X509Ptr make_leaf(const std::string& name, EVP_PKEY* key, X509* authority, EVP_PKEY* authority_key,
                  Timestamp now);

// Whole seconds; the epoch for what cannot be read.
Timestamp time_of(const ASN1_TIME* time);

}  // namespace mogura::certificate::detail
