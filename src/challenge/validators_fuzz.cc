// If-None-Match fields: nothing of ours is left, and of everything else nothing is lost.

#include <cstdlib>

#include "challenge/validators.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mogura;
  using namespace mogura::challenge;
  static const Secret secret{std::array<std::uint8_t, Secret::kBytes>{7}};
  static const Tokens tokens{secret, std::chrono::hours(24)};
  static const Validators validators{tokens};
  static const std::string ours =
      "W/\"" + tokens.issue(Address::v4(9), "h", Timestamp{}, CookieKind::kValidator) + "\"";
  // '@' stands for one of ours.
  std::string field;
  for (std::size_t i = 0; i < size && field.size() < 16'384; ++i) {
    if (data[i] == '@') {
      field += ours;
    } else {
      field += static_cast<char>(data[i]);
    }
  }
  const Validators::Found found = validators.find(field);
  std::string kept;
  validators.strip(field, kept);
  if (!found.has_ours && kept != field) std::abort();
  if (found.has_ours && kept.size() >= field.size()) std::abort();
  return 0;
}
