// Certificates for any names, through a small cache: a name is refused, or normal and stays so; what is given
// is for that name and no other, signed by the authority; the cache keeps its bound and its counts agree.
//
// Input: names, each ended by a line end.

#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "certificate/authority.h"
#include "certificate/detail/openssl.h"
#include "certificate/leaf_cache.h"

namespace {

using namespace mogura;  // NOLINT(google-build-using-namespace)

constexpr std::size_t kEntries = 4;
constexpr std::size_t kNames = 24;

void must(bool condition) {
  if (!condition) std::abort();
}

void check(const std::string& name, x509_st* certificate) {
  const bool is_address = X509_check_ip_asc(certificate, name.c_str(), 0) == 1;
  must(is_address || X509_check_host(certificate, name.data(), name.size(), 0, nullptr) == 1);
  must(X509_check_host(certificate, "other.invalid", 0, 0, nullptr) != 1 || name == "other.invalid");
  must(X509_check_ca(certificate) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Timestamp now = Timestamp(std::chrono::seconds(1'790'000'000));
  static const certificate::Authority authority =
      *certificate::Authority::make("Fuzz CA", std::chrono::days(3650), now);
  certificate::LeafCache cache(kEntries);
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  for (std::size_t i = 0; i < kNames && !rest.empty(); ++i) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view host = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto name = certificate::certifiable_name(host);
    if (!name) {
      must(!cache.find_or_issue(authority, std::string(host), now));
      continue;
    }
    must(certificate::certifiable_name(*name) == *name && name->size() <= 253);
    const auto first = cache.find_or_issue(authority, *name, now);
    must(first.has_value());
    check(*name, *first);
    must(*cache.find_or_issue(authority, *name, now) == *first);
  }
  const auto& counters = cache.counters();
  must(cache.size() <= kEntries && counters.made - counters.evicted == cache.size());
  return 0;
}
