// Authorities of any bytes: what comes out is bounded and normalised, so that reading it again changes
// nothing.

#include <cstdint>

#include "base/bytes.h"
#include "base/check.h"
#include "protocol/authority.h"

using namespace mogura::protocol;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = mogura::as_text({data, size});
  const Authority authority = parse_authority(text);
  MOGURA_CHECK(authority.host.size() <= kMaxHostBytes);
  for (const char c : authority.host) MOGURA_CHECK(c < 'A' || c > 'Z');
  const Authority target = parse_absolute_target(text);
  MOGURA_CHECK(target.host.size() <= kMaxHostBytes);
  MOGURA_CHECK(!target.host.empty() || target.port == 0);
  // Bracketed addresses are in their one form.
  if (authority.host.starts_with('[') && authority.host.ends_with(']')) {
    MOGURA_CHECK(parse_authority(authority.to_string()) == authority);
  }
  const std::size_t half = size / 2;
  const std::string client = forwarded_client(text.substr(0, half), text.substr(half));
  MOGURA_CHECK(client.empty() || forwarded_client(client, {}) == client);
  return 0;
}
