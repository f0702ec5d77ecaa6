#include "finding/finding.h"

#include <algorithm>
#include <cmath>

#include "base/digest.h"

namespace mogura::finding {

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::kLow:
      return "low";
    case Severity::kMedium:
      return "medium";
    case Severity::kHigh:
      return "high";
  }
  return "low";
}

std::string_view name_of(Status status) {
  switch (status) {
    case Status::kNew:
      return "new";
    case Status::kSanctioned:
      return "sanctioned";
  }
  return "new";
}

Severity severity_of(double score) {
  if (score < kLookAt) return Severity::kLow;
  return score < 0.8 ? Severity::kMedium : Severity::kHigh;
}

std::string finding_id_of(std::string_view kind, std::string_view destination) {
  std::string text(kind);
  text += '\0';
  text += destination;
  const auto digest = sha256(as_bytes(text));
  return to_hex(ByteView(digest).first(8));
}

void settle(Finding& finding) {
  std::stable_sort(
      finding.evidence.begin(), finding.evidence.end(),
      [](const Evidence& a, const Evidence& b) { return std::abs(a.weight) > std::abs(b.weight); });
  double sum = 0;
  for (const Evidence& evidence : finding.evidence) sum += evidence.weight;
  finding.score = std::round(std::clamp(sum, 0.0, 1.0) * 100) / 100;
}

}  // namespace mogura::finding
