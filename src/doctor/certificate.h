#pragma once

// The console's certificate and key: whether they belong together, and until when it is good. Any thread.

#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "doctor/remark.h"

namespace mogura::doctor {

struct CertificateFacts {
  Timestamp not_before, not_after;
  bool fits_key = true;
};
// PEM texts; an empty key is not compared. Errors: kFormat.
Result<CertificateFacts> parse_certificate(const std::string& certificate, const std::string& key);
Remark judge_certificate(const std::string& file, const Result<CertificateFacts>& facts, Timestamp now);

}  // namespace mogura::doctor
