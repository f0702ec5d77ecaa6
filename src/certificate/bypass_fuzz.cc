// The bypass list's reader on any text: it refuses and adds nothing, or gives entries that are within their
// limits; and what covering() says is what trying one entry after the other says.
//
// Input: a host, a line end, and the list's text.

#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "certificate/bypass.h"

namespace {

using namespace mogura;  // NOLINT(google-build-using-namespace)

void must(bool condition) {
  if (!condition) std::abort();
}

bool fits(const certificate::Bypass& entry, std::string_view host, Timestamp now) {
  if (entry.expires && now > *entry.expires) return false;
  if (!entry.host.empty()) return host == entry.host;
  if (!host.ends_with(entry.suffix)) return false;
  return host.size() == entry.suffix.size() || host[host.size() - entry.suffix.size() - 1] == '.';
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view host = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  const Timestamp now = Timestamp(std::chrono::seconds(1'790'000'000));
  certificate::BypassList list;
  const auto added = list.add(rest, "x.toml");
  must(added || list.entries().empty());
  const certificate::Bypass* expected = nullptr;
  for (const certificate::Bypass& entry : list.entries()) {
    must(!entry.comment.empty() && entry.comment.size() <= certificate::kBypassTextBytes);
    must(entry.host.empty() != entry.suffix.empty() && entry.line != 0);
    if (expected == nullptr && fits(entry, host, now)) expected = &entry;
  }
  const bool has_brackets = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (!has_brackets) must(list.covering(host, now) == expected);
  return 0;
}
